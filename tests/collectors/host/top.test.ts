import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../collectors/collector/index.ts';
import { top } from '../../../collectors/host/index.ts';

const SUMMARY = [
  'Tasks: 501 total,   5 running, 493 sleep,   3 d-sleep,   0 stopped,   0 zombie',
  '%Cpu(s): 33.5 us, 50.9 sy,  0.0 ni, 10.6 id,  5.0 wa,  0.0 hi,  0.0 si,  1.5 st',
  'MiB Mem :   4000.0 total,   1000.0 free,   1500.0 used,   1500.0 buff/cache',
  'MiB Swap:   1000.0 total,    750.0 free,    250.0 used.   2400.0 avail Mem',
  '',
];
const HEADER = '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND';
const screen = (time: string, load: string, rows: readonly string[]) =>
  [`top - ${time} up 4 days,  5:45,  1 user,  load average: ${load}, 418.36, 522.87`, ...SUMMARY, HEADER, ...rows, '', ''].join('\n');

const ROWS_1 = [
  '  85642 ana       20   0   36.5g   7.6g 245376 S  1566   4.0   1063:21 python -m vllm.entrypoints.openai.api_server --api-key abc',
  '      2 root      20   0       0      0      0 S   0.0   0.0   0:00.01 kthreadd',
];
const TEXT =
  screen('23:59:58', '313.33', ROWS_1) +
  screen('00:00:03', '312.00', [
    '  85642 ana       20   0   36.5g   7.5g 245376 S   0.0   4.0   1063:21 python -m vllm.entrypoints.openai.api_server --api-key abc',
  ]);

describe('top -b', () => {
  const batch = parseAll(top, TEXT);

  it('a time of day makes seconds from the first screen, through midnight', () => {
    expect(top.sniff(TEXT)).toBe(0.95);
    expect(batch.clock).toBe('relative');
    expect(batch.rejected).toEqual([]);
    expect(batch.readings.filter((reading) => reading.entity.kind === 'host').map((reading) => reading.at)).toEqual([0, 5]);
  });

  it('the summary is SI: busy is neither idle nor waiting, used memory is what is not available', () => {
    expect(batch.readings.find((reading) => reading.entity.kind === 'host')?.values).toEqual({
      'host.cpu': 0.844,
      'host.iowait': 0.05,
      'host.steal': 0.015,
      'host.procsBlocked': 3,
      'host.load1': 313.33,
      'host.memTotal': 4_194_304_000,
      'host.memUsed': 1_677_721_600,
      'host.swapUsed': 262_144_000,
    });
  });

  it('a process is followed once it used CPU: it does not vanish when it sleeps; one that never did is left out', () => {
    expect(batch.readings.filter((reading) => reading.entity.kind === 'process')).toEqual([
      { entity: { kind: 'process', id: '?/85642' }, at: 0, values: { 'process.cpu': 15.66, 'process.rss': 8_160_437_862 } },
      { entity: { kind: 'process', id: '?/85642' }, at: 5, values: { 'process.cpu': 0, 'process.rss': 8_053_063_680 } },
    ]);
    expect(batch.facts.map((fact) => `${fact.name}=${fact.value}`)).toEqual([
      'command=python -m vllm.entrypoints.openai.api_server --api-key ***',
      'user=ana',
      'engine=vllm',
    ]);
  });

  it('a size that did not fit its column is unknown', () => {
    const cut = TEXT.replace('MiB Mem :   4000.0 total', 'KiB Mem : 19650371+total');
    const { values } = parseAll(top, cut).readings.find((reading) => reading.entity.kind === 'host') ?? { values: {} };
    expect(values).not.toHaveProperty(['host.memTotal']);
    expect(values).not.toHaveProperty(['host.memUsed']);
  });

  it('older procps: k suffixes, %us, no available memory', () => {
    const old = [
      'top - 10:00:00 up 1 day,  1:00,  1 user,  load average: 1.00, 1.00, 1.00',
      'Tasks:  10 total',
      'Cpu(s): 50.0%us, 25.0%sy,  0.0%ni, 20.0%id,  5.0%wa,  0.0%hi,  0.0%si,  0.0%st',
      'Mem:   1000000k total,   600000k used,   400000k free,    10000k buffers',
      'Swap:        0k total,        0k used,        0k free,   100000k cached',
      '',
      HEADER,
      '',
    ].join('\n');
    expect(parseAll(top, old).readings[0]?.values).toEqual({
      'host.cpu': 0.75,
      'host.iowait': 0.05,
      'host.steal': 0,
      'host.load1': 1,
      'host.memTotal': 1_024_000_000,
      'host.memUsed': 614_400_000,
      'host.swapUsed': 0,
    });
  });

  it('one line per core, also two abreast, gives the busiest core', () => {
    const cores = TEXT.replace(
      /%Cpu\(s\).*/,
      '%Cpu0  :  5.0 us,  5.0 sy,  0.0 ni, 90.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st  %Cpu1  :100.0 us,  0.0 sy,  0.0 ni,  0.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st',
    );
    expect(parseAll(top, cores).readings.find((reading) => reading.entity.kind === 'host')?.values).toMatchObject({ 'host.cores': 2, 'host.cpuMaxCore': 1 });
  });

  it('with -H the rows are threads: the hottest counts, and none becomes a process', () => {
    const threads = screen('10:00:00', '1.00', [
      '     41 ana       20   0   36.5g   7.6g 245376 R  90.0   4.0   1:21 python',
      '     42 ana       20   0   36.5g   7.6g 245376 R  99.9   4.0   1:21 pt_data',
      '     43 ana       20   0   36.5g   7.6g 245376 S  89.9   4.0   1:21 pt_data',
    ]).replace('Tasks:', 'Threads:');
    const readings = parseAll(top, threads).readings;
    expect(readings).toHaveLength(1);
    expect(readings[0]?.values).toMatchObject({ 'host.cpuMaxThread': 0.9990000000000001, 'host.hotThreads': 2 });
  });

  it('further columns behind COMMAND do not become part of it', () => {
    const wide = TEXT.replaceAll(HEADER, `${HEADER}                 PPID   UID`).replaceAll('--api-key abc', '--api-key abc          17  1000');
    expect(parseAll(top, wide).facts[0]?.value).toBe('python -m vllm.entrypoints.openai.api_server --api-key ***');
  });

  it('a row that ends before its columns do is refused with its line', () => {
    const ragged = TEXT.replace(
      '  85642 ana       20   0   36.5g   7.6g 245376 S  1566   4.0   1063:21 python -m vllm.entrypoints.openai.api_server --api-key abc',
      '  85642 ana       20   0',
    );
    expect(parseAll(top, ragged).rejected).toEqual([
      { line: 8, reason: 'expected a process with PID USER PR NI VIRT RES SHR S %CPU %MEM TIME+ COMMAND', text: '  85642 ana       20   0' },
    ]);
  });

  it('a clock that goes back is refused, not folded into the past', () => {
    const back = parseAll(top, screen('10:00:05', '1.00', []) + screen('09:59:05', '1.00', []));
    expect(back.readings.map((reading) => reading.at)).toEqual([0]);
    expect(back.rejected[0]?.reason).toContain('clock went back');
  });

  it('cut anywhere, what is left are values of the whole', () => {
    for (let end = 0; end < TEXT.length; end += 1) {
      for (const reading of parseAll(top, TEXT.slice(0, end)).readings) {
        const whole = batch.readings.find((each) => each.entity.id === reading.entity.id && each.at === reading.at);
        for (const [id, value] of Object.entries(reading.values)) expect([end, id, value]).toEqual([end, id, whole?.values[id as keyof typeof reading.values]]);
      }
    }
  });
});
