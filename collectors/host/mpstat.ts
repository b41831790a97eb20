import { type Collector, hostOf, type ParseContext, type Session, UNNAMED } from '../collector/index.ts';
import { dayClock, hasAny, lineSession, maxOf, output, parseClockTime, parseDecimal, put, splitBlanks, type Values } from '../text/index.ts';
import { wholeLines } from './whole-lines.ts';

const ROW = /^(\d\d:\d\d:\d\d(?: [AP]M)?)\s/;

/**
 * `mpstat [-P ALL | -A] SECONDS` of sysstat: the CPU table; its tables of interrupts are passed over. A report whose time is that of its own
 * header is a mean since boot and is left out. It prints a time of day: seconds from the first report.
 */
export const mpstat: Collector = {
  id: 'mpstat',
  title: 'mpstat',
  entities: ['host'],
  sniff: (head) => (/^\d\d:\d\d:\d\d(?: [AP]M)?\s+CPU\s+%us/m.test(head) ? 0.95 : 0),
  open: (context) => wholeLines(openMpstat(context)),
};

interface Report {
  readonly at: number;
  readonly seconds: number;
  readonly values: Values;
  readonly cores: Map<string, number>;
}

function openMpstat(context: ParseContext): Session {
  const out = output('relative');
  const node = context.node ?? UNNAMED;
  const clock = dayClock();
  let installed: number | null = null; // from the first line: so a cut report is known to be cut
  let columns: readonly string[] | null = null;
  let headerTime: number | null = null;
  let report: Report | null = null;

  const close = (whole: boolean): void => {
    if (report === null) return;
    const { at, values, cores } = report;
    if (cores.size > 0 && (whole || cores.size === installed)) {
      put(values, 'host.cores', cores.size);
      put(values, 'host.cpuMaxCore', maxOf([...cores.values()]));
    }
    if (hasAny(values)) out.reading({ entity: hostOf(node), at, values });
    report = null;
  };

  return lineSession(out, {
    line(text, number) {
      if (text.startsWith('Linux ')) installed = parseDecimal(/\((\d+) CPU\)/.exec(text)?.[1] ?? '');
      if (text.trim() === '' || text.startsWith('Linux ')) return close(true);
      if (text.startsWith('Average:')) {
        columns = null;
        return close(true);
      }
      const match = ROW.exec(text);
      const seconds = parseClockTime(match?.[1] ?? '');
      const cells = splitBlanks(match === null ? '' : text.slice(match[0].length));
      if (seconds === null) return out.reject(number, 'expected a time of day first', text);
      if (/^(?:CPU|NODE)$/.test(cells[0] ?? '')) {
        close(true);
        columns = cells[0] === 'CPU' && cells.includes('%idle') ? cells : null;
        headerTime = seconds;
        return;
      }
      if (columns === null) return;
      if (seconds === headerTime) {
        if (cells[0] === 'all')
          out.event({ at: null, entity: null, kind: 'collector', text: 'mpstat: a report without an interval is a mean since boot and is left out' });
        return;
      }
      const shares = cells.length === columns.length ? sharesOf(columns, cells) : null;
      if (shares === null) return out.reject(number, `expected ${columns.length} columns with numbers`, text);
      if (report !== null && report.seconds !== seconds) close(true);
      const at = report?.at ?? clock.at(seconds);
      if (at === null) return out.reject(number, 'the clock went back: this report cannot be placed in time', text);
      report ??= { at, seconds, values: {}, cores: new Map() };
      if (cells[0] !== 'all') return void report.cores.set(cells[0] ?? '', shares.busy);
      put(report.values, 'host.cpu', shares.busy);
      put(report.values, 'host.iowait', shares.iowait);
      put(report.values, 'host.steal', shares.steal);
    },
    end: () => close(false),
  });
}

function sharesOf(columns: readonly string[], cells: readonly string[]): { busy: number; iowait: number; steal: number | null } | null {
  const of = (name: string): number | null => parseDecimal(cells[columns.indexOf(name)] ?? '');
  const [idle, wait, steal] = [of('%idle'), of('%iowait'), of('%steal')];
  if (idle === null || wait === null) return null;
  return { busy: Math.max(0, Math.round((100 - idle - wait) * 100) / 1e4), iowait: wait / 100, steal: steal === null ? null : steal / 100 };
}
