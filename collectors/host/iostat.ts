import { type Collector, hostOf, type ParseContext, type Session, UNNAMED } from '../collector/index.ts';
import { americanStamp, lineSession, maxOf, output, type Output, parseDecimal, put, splitBlanks, sumOf, timeReader, type Values } from '../text/index.ts';
import { isWholeDisk } from '../proc/index.ts';
import { wholeLines } from './whole-lines.ts';

/** Columns that say how much was read or written, by the unit in their name. sysstat's kB and MB are 1024-based, blocks have 512 bytes. */
const READ = { 'kB_read/s': 1024, 'rkB/s': 1024, 'MB_read/s': 1024 ** 2, 'rMB/s': 1024 ** 2, 'Blk_read/s': 512, 'rsec/s': 512 } as const;
const WRITTEN = { 'kB_wrtn/s': 1024, 'wkB/s': 1024, 'MB_wrtn/s': 1024 ** 2, 'wMB/s': 1024 ** 2, 'Blk_wrtn/s': 512, 'wsec/s': 512 } as const;

/** `iostat [-x] [-m|-k] [-t] SECONDS` of sysstat. The first report is a mean since boot and is left out. Without `-t` reports carry no time. */
export const iostat: Collector = {
  id: 'iostat',
  title: 'iostat',
  entities: ['host'],
  sniff: (head) => (/^avg-cpu:\s+%user\s/m.test(head) && /^Device:?\s/m.test(head) ? 0.95 : 0),
  open: (context) => wholeLines(openIostat(context)),
};

interface Disk {
  readonly read: number | null;
  readonly written: number | null;
  readonly busy: number | null;
}
interface Report {
  readonly at: number | null;
  cpu: Values;
  readonly disks: Disk[];
  allDisks: boolean;
}

function openIostat(context: ParseContext): Session {
  const out = output('ordinal');
  const tell = reportTeller(out, context.node ?? UNNAMED);
  const readTime = timeReader(context.tz ?? 'UTC');
  let cpuColumns: readonly string[] | null = null;
  let diskColumns: readonly string[] | null = null;
  let report: Report | null = null;
  let stamp: number | null = null;

  const close = (): void => {
    if (report !== null) tell(report);
    report = null;
  };

  return lineSession(out, {
    line(text, number) {
      if (text.trim() === '' || text.startsWith('Linux ')) {
        if (report !== null && diskColumns !== null) report.allDisks = true; // a blank line ends the table: a sum over half the disks is no sum
        return;
      }
      if (text.startsWith('avg-cpu:')) {
        close();
        report = { at: stamp, cpu: {}, disks: [], allDisks: false };
        cpuColumns = splitBlanks(text).slice(1);
        diskColumns = null;
        return;
      }
      if (/^Device:?\s/.test(text)) {
        cpuColumns = null;
        diskColumns = splitBlanks(text).slice(1);
        report ??= { at: stamp, cpu: {}, disks: [], allDisks: false };
        return;
      }
      const time = /^\d[\d/.-]+[ T]\d\d:\d\d/.test(text) ? readTime(americanStamp(text.trim()) ?? text.trim()) : null;
      if (time !== null) {
        close();
        out.clock = 'utc';
        if (time.zoneless) out.zoneless = true;
        stamp = time.at;
        cpuColumns = diskColumns = null;
        return;
      }
      if (report === null || !row(report, text)) out.reject(number, 'expected a row of numbers under "avg-cpu:" or "Device"', text);
    },
    end: close,
  });

  function row(open: Report, text: string): boolean {
    const cells = splitBlanks(text);
    if (cpuColumns !== null) {
      const numbers = cells.map(parseDecimal);
      if (cells.length !== cpuColumns.length || numbers.includes(null)) return false;
      open.cpu = cpuValues(cpuColumns, numbers);
      cpuColumns = null;
      return true;
    }
    if (diskColumns === null || cells.length !== diskColumns.length + 1) return false;
    const numbers = cells.slice(1).map(parseDecimal);
    if (numbers.includes(null)) return false;
    if (isWholeDisk(cells[0] ?? '')) open.disks.push(diskOf(diskColumns, numbers));
    return true;
  }
}

/** Makes a reading of each report but the first, which is a mean since boot. */
function reportTeller(out: Output, node: string): (report: Report) => void {
  let reports = 0;
  return ({ disks, cpu, at, allDisks }) => {
    const values: Values = { ...cpu };
    if (allDisks) {
      put(values, 'host.diskReadRate', sumOf(disks.map((disk) => disk.read)));
      put(values, 'host.diskWriteRate', sumOf(disks.map((disk) => disk.written)));
      put(values, 'host.diskBusy', maxOf(disks.map((disk) => disk.busy)));
    }
    reports += 1;
    if (reports === 1)
      out.event({ at, entity: null, kind: 'collector', text: 'iostat: the first report is a mean since boot and is left out (run iostat with an interval)' });
    else out.reading({ entity: hostOf(node), at: at ?? reports - 2, values });
  };
}

function cpuValues(columns: readonly string[], numbers: readonly (number | null)[]): Values {
  const of = (name: string): number | null => numbers[columns.indexOf(name)] ?? null;
  const [idle, wait, steal] = [of('%idle'), of('%iowait'), of('%steal')];
  const values: Values = {};
  if (idle !== null && wait !== null) put(values, 'host.cpu', Math.max(0, Math.round((100 - idle - wait) * 100) / 1e4));
  if (wait !== null) put(values, 'host.iowait', wait / 100);
  if (steal !== null) put(values, 'host.steal', steal / 100);
  return values;
}

function diskOf(columns: readonly string[], numbers: readonly (number | null)[]): Disk {
  const scaled = (units: Readonly<Record<string, number>>): number | null => {
    for (const [name, unit] of Object.entries(units)) {
      const value = numbers[columns.indexOf(name)];
      if (value !== undefined && value !== null) return value * unit;
    }
    return null;
  };
  const busy = numbers[columns.indexOf('%util')];
  return { read: scaled(READ), written: scaled(WRITTEN), busy: busy === undefined || busy === null ? null : busy / 100 };
}
