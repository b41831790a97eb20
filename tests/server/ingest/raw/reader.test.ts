// Past the door of server/ingest/raw: streams are cut at every place without a connection.
import { describe, expect, it } from 'vitest';
import { rawReader, Refusal, scopeOf } from '../../../../server/ingest/index.ts';
import { aJob } from '../../../support/jobs.ts';

const DMON = [
  '# gpu     pwr  gtemp  mtemp     sm    mem    enc    dec    jpg    ofa   mclk   pclk',
  '# Idx       W      C      C      %      %      %      %      %      %    MHz    MHz',
  '    0     310     61     58     97     64      0      0      0      0   1215   1410',
  '',
].join('\n');
const row = (watts: number) => `    0     ${watts}     61     58     97     64      0      0      0      0   1215   1410\n`;
const scope = scopeOf({ sender: '10.0.0.3', node: 'n1', key: null, job: null });
const reader = (about = scope) => rawReader(about, { node: about.node, uuids: about.uuids }, undefined);

describe('a stream of dmon', () => {
  it('is recognised by its first lines, and its rows are stamped when they arrive', () => {
    const raw = reader();
    const pieces = [raw.feed(DMON, 1000), raw.feed(row(320), 1001), raw.feed(row(330), 1002), raw.end(1003)];
    expect(raw.collectors).toEqual(['nvidia-smi-dmon']);
    const power = pieces
      .flatMap((piece) => piece.tables)
      .flatMap((table) => Array.from(table.t, (at, index) => [table.entity.id, at, table.columns.get('gpu.power')?.[index]]));
    expect(power.map(([id, , watts]) => [id, watts])).toEqual([
      ['n1#0', 310],
      ['n1#0', 320],
      ['n1#0', 330],
    ]);
    const times = power.map(([, at]) => Number(at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const at of times) expect(at).toBeGreaterThan(997);
    for (const at of times) expect(at).toBeLessThanOrEqual(1003);
  });

  it('is the same wherever the network cuts it', () => {
    const whole = DMON + row(320) + row(330);
    const values = (size: number) => {
      const raw = reader();
      const pieces = [];
      for (let at = 0; at < whole.length; at += size) pieces.push(raw.feed(whole.slice(at, at + size), 1000 + at / 100));
      pieces.push(raw.end(1100));
      return pieces.flatMap((piece) => piece.tables).flatMap((table) => [...(table.columns.get('gpu.power') ?? [])]);
    };
    for (const size of [1, 7, 64, 1000]) expect(values(size)).toEqual([310, 320, 330]);
  });

  it('without UUIDs belongs to its node; with them to the GPUs they name', () => {
    const raw = reader(scopeOf({ sender: 'x', node: 'n1', uuids: 'GPU-a,GPU-b', key: null, job: null }));
    const pieces = [raw.feed(DMON, 1000), raw.end(1000)];
    expect(pieces.flatMap((piece) => piece.tables)[0]?.entity).toEqual({ kind: 'gpu', id: 'GPU-a', node: 'n1' });
  });
});

describe('what no collector knows', () => {
  const refusal = (feed: (raw: ReturnType<typeof reader>) => void) => {
    try {
      feed(reader());
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, ...error.reply };
      throw error;
    }
    throw new Error('it was taken');
  };

  it('is refused after 64 KiB, not read for ever', () => {
    const line = 'the quick brown fox jumps over the lazy dog\n';
    const said = refusal((raw) => {
      for (let bytes = 0; bytes < 128 * 1024; bytes += line.length) raw.feed(line, 1000);
    });
    expect(said).toMatchObject({ status: 415, where: 'body, first 64 KiB' });
    expect(said.error).toContain('no collector knows this format; it starts with "the quick brown fox');
  });

  it('is refused at its end when it is shorter', () => {
    expect(
      refusal((raw) => {
        raw.feed('hello\n', 1000);
        raw.end(1000);
      }),
    ).toMatchObject({ status: 415, where: 'body' });
  });

  it('is called what it is: binary, or nothing', () => {
    expect(
      refusal((raw) => {
        raw.feed('\u007fELF\u0002\u0001\u0000\u0000', 1000);
        raw.end(1000);
      }).error,
    ).toContain('not text');
    expect(refusal((raw) => raw.end(1000)).error).toContain('no text');
  });

  it('may be a zone that is not there: the query is told, not the log', () => {
    expect(() => rawReader(scope, { tz: 'Mars/Olympus' }, undefined)).toThrow('there is no time zone “Mars/Olympus”');
  });

  it('may be a collector that is not there', () => {
    expect(() => rawReader(scope, {}, 'nvidia-smo')).toThrow('there is no collector “nvidia-smo”');
  });
});

describe('the scope of a stream', () => {
  const job = aJob('1', {
    start: 0,
    nodes: ['n1', 'n2'],
    gpus: [
      { uuid: 'GPU-a', node: 'n1' },
      { uuid: 'GPU-b', node: 'n2' },
      { uuid: 'GPU-c', node: 'n2' },
    ],
    gpuCount: 3,
  });

  it('is the sender’s address where nobody names a node, and the job’s only node where it has one', () => {
    expect(scope.node).toBe('n1');
    expect(scopeOf({ sender: '10.0.0.3', key: null, job: null }).node).toBe('10.0.0.3');
    expect(scopeOf({ sender: '10.0.0.3', key: 'c/1', job: { ...job, nodes: ['n5'] } }).node).toBe('n5');
  });

  it('numbers the job’s GPUs on this node from 0, as its tools do', () => {
    expect(scopeOf({ sender: 'x', node: 'n2', key: 'c/1', job }).uuids).toEqual({ 0: 'GPU-b', 1: 'GPU-c' });
    expect(scopeOf({ sender: 'x', node: 'n2', uuids: ' GPU-x , GPU-y ', key: 'c/1', job }).uuids).toEqual({ 0: 'GPU-x', 1: 'GPU-y' });
  });
});
