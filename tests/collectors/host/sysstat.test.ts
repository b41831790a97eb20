import { describe, expect, it } from 'vitest';
import { type Collector, parseAll } from '../../../collectors/collector/index.ts';
import { free, iostat, mpstat, vmstat } from '../../../collectors/host/index.ts';

const VMSTAT = [
  'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu----- -----timestamp-----',
  ' r  b   swpd   free  inact active   si   so    bi    bo   in   cs us sy id wa st                 CET',
  ' 2  0      0 2794716 295968 312724    0    0     1     3   29   57 50 20 20 10  0 2026-01-16 20:33:13',
  ' 0  4      0 2794716 295968 312744    0    0  2048     8   41   84 30 10 40 15  5 2026-01-16 20:33:18',
  '',
].join('\n');

const IOSTAT = [
  'Linux 6.1.0 (n1) \t01/30/2026 \t_x86_64_\t(4 CPU)',
  '',
  '01/30/2026 09:14:00 PM',
  'avg-cpu:  %user   %nice %system %iowait  %steal   %idle',
  '           9.00    0.00    1.00    0.00    0.00   90.00',
  '',
  'Device            r/s     rkB/s   w/s     wkB/s  %util',
  'sda              9.00      9.00  9.00      9.00   9.00',
  '',
  '01/30/2026 09:14:05 PM',
  'avg-cpu:  %user   %nice %system %iowait  %steal   %idle',
  '          10.00    0.00    5.25   20.00    2.00   62.75',
  '',
  'Device            r/s     rkB/s   w/s     wkB/s  %util',
  'nvme0n1          1.00    100.00  1.00     10.00  40.00',
  'sda              1.00     28.00  1.00      6.00  95.50',
  'dm-0             1.00    100.00  1.00     10.00  99.00',
  '',
  '',
].join('\n');

const MPSTAT = [
  'Linux 6.1.0 (n1) \t01/11/2026 \t_x86_64_\t(2 CPU)',
  '',
  '11:59:58 PM  CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle',
  '11:59:59 PM  all   30.00    0.00   10.00   10.00    0.00    0.00    1.00    0.00    0.00   49.00',
  '11:59:59 PM    0   60.00    0.00   20.00    0.00    0.00    0.00    0.00    0.00    0.00   20.00',
  '11:59:59 PM    1    0.00    0.00    0.00   20.00    0.00    0.00    2.00    0.00    0.00   78.00',
  '',
  '11:59:58 PM  CPU    intr/s',
  '11:59:59 PM  all     55.50',
  '',
  '11:59:59 PM  CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle',
  '12:00:01 AM  all    5.00    0.00    0.00    0.00    0.00    0.00    0.00    0.00    0.00   95.00',
  '',
  'Average:     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle',
  'Average:     all    7.00    0.00    0.00    0.00    0.00    0.00    0.00    0.00    0.00   93.00',
  '',
].join('\n');

const FREE = [
  '              total        used        free      shared  buff/cache   available',
  'Mem:        4000000     1000000     1000000       11832     2000000     2500000',
  'Swap:       2000000      500000     1500000',
  '',
].join('\n');

describe('vmstat', () => {
  it('the first row is a mean since boot: only its blocked processes are kept, and it is said so', () => {
    const batch = parseAll(vmstat, VMSTAT, { tz: '+01:00' });
    expect(batch.clock).toBe('utc');
    expect(batch.zoneless).toBe(true);
    expect(batch.readings.map((reading) => reading.values)).toEqual([
      { 'host.procsBlocked': 0 },
      { 'host.procsBlocked': 4, 'host.cpu': 0.45, 'host.iowait': 0.15, 'host.steal': 0.05, 'host.diskReadRate': 2_097_152, 'host.diskWriteRate': 8192 },
    ]);
    expect(batch.readings[1]?.at).toBe(1_768_591_998); // 19:33:18 UTC
    expect(batch.events).toHaveLength(1);
  });

  it('a zone that has one meaning is taken from the header', () => {
    const batch = parseAll(vmstat, VMSTAT.replace('CET', 'UTC'), { tz: '+01:00' });
    expect(batch.readings[1]?.at).toBe(1_768_595_598);
    expect(batch.zoneless).toBe(false);
  });

  it('without -t the rows are counted', () => {
    const plain = VMSTAT.split('\n')
      .map((line) => line.replace(/ {17}CET| -{5}timestamp-{5}| 2026-01-16 .*/, ''))
      .join('\n');
    expect(parseAll(vmstat, plain).clock).toBe('ordinal');
    expect(parseAll(vmstat, plain).readings.map((reading) => reading.at)).toEqual([0, 1]);
  });
});

describe('iostat', () => {
  it('the report since boot is left out; whole disks are summed, the busiest one tells how busy', () => {
    const batch = parseAll(iostat, IOSTAT);
    expect(batch.rejected).toEqual([]);
    expect(batch.readings).toEqual([
      {
        entity: { kind: 'host', id: '?' },
        at: 1_769_807_645,
        values: {
          'host.cpu': 0.1725,
          'host.iowait': 0.2,
          'host.steal': 0.02,
          'host.diskReadRate': 131_072,
          'host.diskWriteRate': 16_384,
          'host.diskBusy': 0.955,
        },
      },
    ]);
  });

  it('without a time the reports are counted', () => {
    const plain = IOSTAT.replaceAll(/^01\/30.*\n/gm, '');
    expect(parseAll(iostat, plain).readings.map((reading) => reading.at)).toEqual([0]);
    expect(parseAll(iostat, plain).clock).toBe('ordinal');
  });
});

describe('mpstat', () => {
  it('reads CPU and the busiest core, passes over interrupts and averages, and goes through midnight', () => {
    const batch = parseAll(mpstat, MPSTAT);
    expect(batch.rejected).toEqual([]);
    expect(batch.readings.map((reading) => [reading.at, reading.values])).toEqual([
      [0, { 'host.cpu': 0.41, 'host.iowait': 0.1, 'host.steal': 0.01, 'host.cores': 2, 'host.cpuMaxCore': 0.8 }],
      [2, { 'host.cpu': 0.05, 'host.iowait': 0, 'host.steal': 0 }],
    ]);
  });

  it('a report without an interval is a mean since boot', () => {
    const once = parseAll(mpstat, MPSTAT.slice(0, MPSTAT.indexOf('11:59:58 PM  CPU    intr')).replaceAll(':59 PM', ':58 PM'));
    expect(once.readings).toEqual([]);
    expect(once.events).toHaveLength(1);
  });
});

describe('free', () => {
  it('KiB by default; used is total minus available', () => {
    expect(parseAll(free, FREE).readings).toEqual([
      { entity: { kind: 'host', id: '?' }, at: 0, values: { 'host.memTotal': 4_096_000_000, 'host.memUsed': 1_536_000_000, 'host.swapUsed': 512_000_000 } },
    ]);
  });

  it('free -m cannot be told from KiB: refused, not a thousandth', () => {
    const batch = parseAll(free, FREE.replaceAll('000 ', ' '));
    expect(batch.readings).toEqual([]);
    expect(batch.rejected[0]?.reason).toContain('unit cannot be told');
  });

  it('every call of free -s is a reading', () => {
    expect(parseAll(free, FREE + '\n' + FREE).readings.map((reading) => reading.at)).toEqual([0, 1]);
  });
});

describe('all of them', () => {
  const cases: readonly [Collector, string][] = [
    [vmstat, VMSTAT],
    [iostat, IOSTAT],
    [mpstat, MPSTAT],
    [free, FREE],
  ];

  it.each(cases.map(([collector, text]) => ({ id: collector.id, collector, text })))('$id knows its own format and no other', ({ collector, text }) => {
    for (const [other] of cases) expect(other.sniff(text) > 0.5).toBe(other === collector);
  });

  it.each(cases.map(([collector, text]) => ({ id: collector.id, collector, text })))(
    '$id cut anywhere: what is left are values of the whole',
    ({ collector, text }) => {
      const whole = parseAll(collector, text).readings;
      for (let cut = 0; cut < text.length; cut += 1) {
        for (const reading of parseAll(collector, text.slice(0, cut)).readings) {
          const same = whole.find((each) => each.at === reading.at);
          for (const [id, value] of Object.entries(reading.values))
            expect([cut, id, value]).toEqual([cut, id, same?.values[id as keyof typeof reading.values]]);
        }
      }
    },
  );

  it.each(cases.map(([collector]) => ({ id: collector.id, collector })))('$id refuses a binary without a reading', ({ collector }) => {
    const batch = parseAll(collector, '\u0000\u0001\u0002PK\u0003\n\u0004garbage 12 13\n');
    expect(batch.readings).toEqual([]);
  });
});
