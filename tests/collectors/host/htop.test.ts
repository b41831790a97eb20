// Past the door of collectors/host: one screen, where a recording has many.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { htop } from '../../../collectors/host/index.ts';
import { parseHtopScreen } from '../../../collectors/host/htop-screen.ts';
import { openScreen } from '../../../collectors/host/htop-frames.ts';

// Both recorded from htop 3.2.2 in tmux, of two processes that were started for it.
const stream = readFileSync(new URL('./fixtures/htop-stream.txt', import.meta.url), 'utf8');
const screens = readFileSync(new URL('./fixtures/htop-screens.txt', import.meta.url), 'utf8');

describe('htop screens kept as text', () => {
  const batch = parseAll(htop, screens);

  it('one reading per screen, timed by the uptime meter', () => {
    expect(htop.sniff(screens)).toBe(0.95);
    expect(batch.clock).toBe('relative');
    expect(batch.rejected).toEqual([]);
    expect(batch.readings.filter((reading) => reading.entity.kind === 'host').map((reading) => [reading.at, reading.values])).toEqual([
      [
        0,
        {
          'host.cores': 2,
          'host.cpu': 1,
          'host.cpuMaxCore': 1,
          'host.memUsed': 1_017_118_720,
          'host.memTotal': 25_232_932_864,
          'host.swapUsed': 0,
          'host.load1': 2.71,
        },
      ],
      [
        2,
        {
          'host.cores': 2,
          'host.cpu': 1,
          'host.cpuMaxCore': 1,
          'host.memUsed': 305_135_616,
          'host.memTotal': 25_232_932_864,
          'host.swapUsed': 0,
          'host.load1': 2.65,
        },
      ],
    ]);
  });

  it('processes in cores; the sleeping one is followed since it is an engine', () => {
    const processes = batch.readings.filter((reading) => reading.entity.kind === 'process');
    expect(processes.map((reading) => [reading.entity.id, reading.at, reading.values['process.cpu']])).toEqual([
      ['?/24025', 0, 0.975],
      ['?/24026', 0, 0],
      ['?/24025', 2, 0.98],
      ['?/24026', 2, 0],
    ]);
    expect(batch.facts.filter((fact) => fact.name === 'engine' || fact.name === 'trainer').map((fact) => fact.value)).toEqual(['script', 'vllm']);
  });

  it('colour codes change nothing', () => {
    const coloured = screens.replaceAll('Mem[', '\u001b[36mMem\u001b[39m\u001b[1m[\u001b[0m').replaceAll('100.0%', '\u001b[32m100.0%\u001b(B\u001b[m');
    expect(parseAll(htop, coloured).readings).toEqual(batch.readings);
  });

  it('a list cut anywhere gives values of the whole', () => {
    for (let cut = 0; cut < screens.length; cut += 1) {
      for (const reading of parseAll(htop, screens.slice(0, cut)).readings) {
        const whole = batch.readings.find((each) => each.entity.id === reading.entity.id && each.at === reading.at);
        expect([cut, reading.values]).toEqual([cut, whole?.values]);
      }
    }
  });
});

describe('the stream that htop wrote to a terminal', () => {
  const batch = parseAll(htop, stream);
  const hosts = batch.readings.filter((reading) => reading.entity.kind === 'host');

  it('is interpreted: each refresh is a screen, the first of which has no CPU yet and is left out', () => {
    expect(htop.sniff(stream)).toBe(0.95);
    expect(hosts.map((reading) => [reading.at, reading.values['host.cpu'], reading.values['host.memUsed']])).toEqual([
      [0, 0.995, 1_021_313_024],
      [1, 1, 1_029_701_632],
      [2, 1, 1_022_361_600],
      [3, 1, 1_017_118_720],
      [4, 1, 1_017_118_720],
      [5, 0.99, 204_472_320],
    ]);
  });

  it('shows the same processes as the screens', () => {
    const busy = batch.readings.filter((reading) => reading.entity.id === '?/24025');
    const percent = busy.map((reading) => ((reading.values['process.cpu'] ?? Number.NaN) * 100).toFixed(1));
    expect(percent).toEqual(['99.0', '91.1', '99.5', '95.1', '97.5', '96.5']); // tmux's own capture at 00:40:26 shows 97.5
    expect(batch.facts).toContainEqual({ entity: { kind: 'process', id: '?/24026' }, name: 'command', value: 'vllm serve tiny --port 8000 --a' });
  });

  it('fed in pieces cut anywhere, inside an escape code too, it gives the same', () => {
    for (const size of [1, 3, 11, 500]) {
      const session = htop.open({});
      const readings = [];
      for (let at = 0; at < stream.length; at += size) readings.push(...session.feed(stream.slice(at, at + size)).readings);
      readings.push(...session.end().readings);
      expect(readings).toEqual(batch.readings);
    }
  });
});

describe('parts of a screen', () => {
  const HEADER = '  PID USER       PRI  NI  VIRT   RES   SHR S  CPU%▽MEM%   TIME+  Command';

  it('many cores stand side by side; more than a day of uptime counts', () => {
    const screen = parseHtopScreen([
      '    0[||   25.0%]   2[     0.0%]',
      '    1[|||| 100.0%]   3[  offline]',
      '  Mem[||||||  200G/503G]   Uptime: 12 days, 01:00:01',
      HEADER,
    ]);
    expect(screen?.uptime).toBe(1_040_401);
    expect(screen?.values).toMatchObject({ 'host.cores': 3, 'host.cpuMaxCore': 1, 'host.memUsed': 214_748_364_800 });
    expect(screen?.values['host.cpu']).toBeCloseTo(0.41667, 4);
  });

  it("the tree's branches are no part of a command; the I/O tab is passed over", () => {
    expect(parseHtopScreen([HEADER, '   41 u  20   0  1000  2048   0 R 150.0  0.1  1:02.03 │  ├─ python train.py'])?.rows).toEqual([
      { pid: 41, user: 'u', cpu: 1.5, rss: 2_097_152, threads: null, command: 'python train.py' },
    ]);
    expect(
      parseHtopScreen(['  PID USER       IO   DISK R/W▽ DISK READ  DISK WRITE  SWPD%   IOD% Command', '41 u B4 0.00 B/s 0.00 B/s 0.00 B/s 0.0 0.0 x'])?.rows,
    ).toEqual([]);
  });

  it('no column names, no screen', () => {
    expect(parseHtopScreen(['    0[||   25.0%]'])).toBeNull();
  });

  it('the emulator writes at once', () => {
    const screen = openScreen(20, 2);
    screen.write('one\u001b[2;3Htwo\u001b[1;1HO');
    expect(screen.lines()).toEqual(['One', '  two']);
  });
});
