import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { procRecord, recordMeta } from '../../../collectors/host/index.ts';
import { AFTER, asRecord, BEFORE } from '../proc/fixture.ts';

const process = (cpu: number, thread: number) => ({
  '/proc/41/stat': `41 (python) S 7 41 41 0 -1 0 1 0 3 0 ${cpu} 0 0 0 20 0 12 0 700 1000000 25 1\n`,
  '/proc/41/task/42/stat': `42 (python) S 7 41 41 0 -1 0 1 0 3 0 ${thread} 0 0 0 20 0 12 0 700 1000000 25 1\n`,
  '/proc/41/cmdline': 'python\0-m\0vllm.entrypoints.openai.api_server\0--api-key\0abc\0\n',
});
const DF = '==> df <==\nFilesystem 1024-blocks Used Available Capacity Mounted on\n/dev/mapper/vg-scratch 1000 250 750 25% /scratch\n';
const RECORD = [
  '# headroom-record proc 1',
  '# headroom-node n1',
  '# headroom-scratch /scratch/job.1',
  '# headroom-time 1700000000',
  asRecord({ ...BEFORE, ...process(100, 50) }) + DF + '# headroom-end',
  '# headroom-time 1700000010',
  asRecord({ ...AFTER, ...process(1100, 1000) }) + DF + '# headroom-end',
  '',
].join('\n');

describe('recorded /proc files', () => {
  const batch = parseAll(procRecord, RECORD);
  const hosts = batch.readings.filter((reading) => reading.entity.kind === 'host');
  const processes = batch.readings.filter((reading) => reading.entity.kind === 'process');

  it('are known by their first lines, as the output of tail is', () => {
    expect(procRecord.sniff(RECORD)).toBe(1);
    expect(procRecord.sniff('==> /proc/stat <==\ncpu 1 2\n')).toBe(0.9);
    expect(procRecord.sniff('cpu 1 2\n')).toBe(0);
  });

  it('become one host reading per sample, on UTC, of the node that recorded them', () => {
    expect(batch.clock).toBe('utc');
    expect(batch.rejected).toEqual([]);
    expect(hosts.map((reading) => [reading.entity.id, reading.at])).toEqual([
      ['n1', 1_700_000_000],
      ['n1', 1_700_000_010],
    ]);
    expect(hosts[1]?.values['host.cpu']).toBe(0.4);
    expect(hosts[1]?.values['host.scratchUsed']).toBe(256_000);
    expect(hosts[1]?.values['host.cpuMaxThread']).toBe(0.95);
  });

  it('show processes with CPU in cores, and no secret of the command line', () => {
    expect(processes.map((reading) => [reading.entity.id, reading.values['process.cpu'], reading.values['process.maxThread']])).toEqual([
      ['n1/41', undefined, undefined],
      ['n1/41', 1, 0.95],
    ]);
    const facts = batch.facts.filter((fact) => fact.entity.kind === 'process').map((fact) => `${fact.name}=${fact.value}`);
    expect(facts).toEqual(['command=python -m vllm.entrypoints.openai.api_server --api-key ***', 'parent=7', 'engine=vllm']);
  });

  it('whole-second stamps do not shake the intervals: uptime tells the time between', () => {
    const shaky = RECORD.replace('# headroom-time 1700000010', '# headroom-time 1700000011');
    expect(parseAll(procRecord, shaky).readings.filter((reading) => reading.entity.kind === 'host')[1]?.at).toBe(1_700_000_010);
  });

  it('a clock that was set is followed', () => {
    const jumped = RECORD.replace('# headroom-time 1700000010', '# headroom-time 1700003600');
    expect(parseAll(procRecord, jumped).readings.filter((reading) => reading.entity.kind === 'host')[1]?.at).toBe(1_700_003_600);
  });

  it('without stamps the seconds since the first sample are told by uptime, and a repeated file begins a sample', () => {
    const plain = parseAll(procRecord, asRecord(BEFORE) + asRecord(AFTER) + '\n# headroom-end\n');
    expect(plain.clock).toBe('relative');
    expect(plain.readings.map((reading) => [reading.entity.id, reading.at])).toEqual([
      ['?', 0],
      ['?', 10],
    ]);
  });

  it('a node that the caller names wins', () => {
    expect(parseAll(procRecord, RECORD, { node: 'other' }).readings.find((reading) => reading.entity.kind === 'host')?.entity).toEqual({
      kind: 'host',
      id: 'other',
      node: 'other',
    });
  });

  it('cut anywhere, every value that is left is a value of the whole', () => {
    for (let cut = 0; cut < RECORD.length; cut += 3) {
      for (const reading of parseAll(procRecord, RECORD.slice(0, cut)).readings) {
        const whole = batch.readings.find((each) => each.entity.id === reading.entity.id && each.at === reading.at);
        expect(whole, `cut at ${cut}`).toBeDefined();
        for (const [id, value] of Object.entries(reading.values)) expect([cut, id, value]).toEqual([cut, id, whole?.values[id as keyof typeof reading.values]]);
      }
    }
  });

  it('fed in pieces of any size it gives the same', () => {
    for (const size of [1, 7, 64, 1000]) {
      const session = procRecord.open({});
      const readings = [];
      for (let at = 0; at < RECORD.length; at += size) readings.push(...session.feed(RECORD.slice(at, at + size)).readings);
      readings.push(...session.end().readings);
      expect(readings).toEqual(batch.readings);
    }
  });

  it('a line outside any file is refused with its number', () => {
    expect(parseAll(procRecord, 'hello\n# headroom-time soon\n').rejected).toEqual([
      { line: 1, reason: 'expected "==> FILE <==" or "# headroom-…"', text: 'hello' },
      { line: 2, reason: 'expected seconds since 1970 after "# headroom-time"', text: '# headroom-time soon' },
    ]);
  });
});

describe('meta.txt of a recording', () => {
  const META =
    'recorder=1\nnode=n1\nstart=1700000000\ninterval=5\ntz=+0100\nkernel=6.1.0\njob=77\ngpus=nvidia-smi\ncuda_visible=0,1\nend=1700000100\nsamples=21\n';

  it('tells facts of the node, and no readings', () => {
    expect(recordMeta.sniff(META)).toBe(1);
    expect(recordMeta.sniff('node=n1\n')).toBe(0);
    const batch = parseAll(recordMeta, META);
    expect(batch.facts.map((fact) => [fact.entity.id, fact.name, fact.value])).toEqual([
      ['n1', 'hostname', 'n1'],
      ['n1', 'kernel', '6.1.0'],
    ]);
    expect([batch.readings, batch.rejected]).toEqual([[], []]);
  });

  it("a line that is none of the recorder's is refused", () => {
    expect(parseAll(recordMeta, 'recorder=1\nhello\n').rejected).toEqual([{ line: 2, reason: 'expected a line such as "node=NAME"', text: 'hello' }]);
  });
});
