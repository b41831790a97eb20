import { DAY, maxOf, parseClockTime, parseDecimal, put, splitBlanks, type Values } from '../text/index.ts';
import type { ProcessRow } from './process-table.ts';
import { parseSize } from './sizes.ts';

/** What one htop screen says. */
export interface HtopScreen {
  readonly values: Values;
  readonly rows: readonly ProcessRow[];
  /** Seconds of the uptime meter; null where the screen does not have it. */
  readonly uptime: number | null;
  /** Seconds of the day of the clock meter. */
  readonly clock: number | null;
}

const CPU_BAR = /(?:^|\s)(\d{1,4}|Avg|CPU)\s*\[([^[\]]*)\]/g;
const HEADER = /^\s*(?:PID|TGID)\b.*\bCommand\b|^\s*PID\s+USER\b/;

/** True for the line of column names above the process list. */
export function isHtopHeader(line: string): boolean {
  return HEADER.test(marksRemoved(line));
}

/** True for a line with one of htop's bar meters. */
export function isHtopMeter(line: string): boolean {
  return /(?:^|\s)(?:\d{1,4}|Avg|CPU|Mem|Swp)\s*\[[|#*\s]*[\d.]+[%KMGT\d./]/.test(line) || /Load average: \d/.test(line);
}

/** Reads a screen's lines; null where the column names are missing: half a screen would be another number. */
export function parseHtopScreen(lines: readonly string[]): HtopScreen | null {
  const header = lines.findIndex(isHtopHeader);
  if (header < 0) return null;
  const meters = lines.slice(0, header).join('\n');
  const columns = splitBlanks(marksRemoved(lines[header] ?? ''));
  const rows = lines.slice(header + 1).flatMap((line) => rowOf(columns, line) ?? []);
  return { values: meterValues(meters), rows, uptime: uptimeOf(meters), clock: parseClockTime(/\bTime: (\d\d:\d\d:\d\d)/.exec(meters)?.[1] ?? '') };
}

function meterValues(text: string): Values {
  const values: Values = {};
  const cores = new Map<string, number>();
  let mean: number | null = null;
  for (const match of text.matchAll(CPU_BAR)) {
    const percent = parseDecimal(/(?<![\d.])([\d.]+)%/.exec(match[2] ?? '')?.[1] ?? '');
    if (percent === null) continue;
    if (/^\d/.test(match[1] ?? '')) cores.set(match[1] ?? '', percent / 100);
    else mean = percent / 100;
  }
  if (cores.size > 0) {
    put(values, 'host.cores', cores.size);
    put(values, 'host.cpuMaxCore', maxOf([...cores.values()]));
    mean ??= [...cores.values()].reduce((sum, core) => sum + core, 0) / cores.size;
  }
  put(values, 'host.cpu', mean);
  const memory = pair(text.matchAll(/\bMem\s*\[([^[\]]*)\]/g));
  put(values, 'host.memUsed', memory?.used);
  put(values, 'host.memTotal', memory?.total);
  put(values, 'host.swapUsed', pair(text.matchAll(/\bSwp\s*\[([^[\]]*)\]/g))?.used);
  put(values, 'host.load1', parseDecimal(/Load average: (\d+\.\d+) /.exec(text)?.[1] ?? ''));
  return values;
}

/** `Mem[||||   956M/23.5G]`. */
function pair(bars: Iterable<RegExpMatchArray>): { used: number | null; total: number | null } | null {
  for (const [, bar = ''] of bars) {
    const match = /(?<![\d.])([\d.]+[KMGTP]?)\/([\d.]+[KMGTP]?)$/.exec(bar);
    if (match !== null) return { used: parseSize(match[1] ?? ''), total: parseSize(match[2] ?? '') };
  }
  return null;
}

/** `Uptime: 00:35:06`, `1 day, 05:45:10`, `123 days(!), 03:04:05`. */
function uptimeOf(text: string): number | null {
  const match = /Uptime: (?:(\d+) days?(?:\(!\))?, )?(\d\d:\d\d:\d\d)/.exec(text);
  const clock = parseClockTime(match?.[2] ?? '');
  const days = match?.[1] === undefined ? 0 : parseDecimal(match[1]);
  return clock === null || days === null ? null : days * DAY + clock;
}

// The sorted column's name carries a mark instead of the blank: `CPU%▽MEM%`, without UTF-8 `CPU%-MEM%` or `CPU%+MEM%`.
function marksRemoved(line: string): string {
  return line.replace(/[▽△▼▲]|(?<=[A-Z%+])[-+](?=[A-Z\s])/g, ' ');
}

/** A row of the main list. The list of the I/O tab has blanks inside its columns and is passed over. */
function rowOf(columns: readonly string[], line: string): ProcessRow | null {
  const last = columns.length - 1;
  if (columns[last] !== 'Command' || columns.includes('DISK')) return null;
  const cells = splitBlanks(line);
  if (cells.length <= last) return null;
  const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
  const pid = parseDecimal(cell('PID'));
  const cpu = parseDecimal(cell('CPU%'));
  if (pid === null || cpu === null) return null;
  return {
    pid,
    cpu: cpu / 100,
    user: columns.includes('USER') ? cell('USER') : null,
    rss: columns.includes('RES') ? parseSize(cell('RES')) : null,
    threads: columns.includes('NLWP') ? parseDecimal(cell('NLWP')) : null,
    // The tree view draws branches before the name.
    command: cells
      .slice(last)
      .join(' ')
      .replace(/^[│├└─\s`|-]+ (?=\S)/, ''),
  };
}
