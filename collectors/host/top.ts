import { HOT_THREAD } from '../../core/readings/index.ts';
import { type Collector, hostOf, type ParseContext, type Session, UNNAMED } from '../collector/index.ts';
import { dayClock, inOrder, lineSession, output, parseClockTime, parseDecimal, put, splitBlanks } from '../text/index.ts';
import { type ProcessRow, processTable } from './process-table.ts';
import { parseSize } from './sizes.ts';
import { parseLoadAverage, topSummary, type TopSummary } from './top-summary.ts';
import { wholeLines } from './whole-lines.ts';

/** In any language the time of day stands first and three loads last. */
const HEADER = inOrder(/\bPID\b/g, /\bCOMMAND\b/g, 400);
const HEAD = /^top - (\d{1,2}:\d\d:\d\d) .{1,200}:\s/;

/**
 * `top -b` of procps in any language, with any columns and any memory unit, processes or threads (`-H`). It prints a time of day and no date:
 * seconds from the first screen. `%CPU` is taken as shares of one core ("Irix mode", top's default).
 */
export const top: Collector = {
  id: 'top',
  title: 'top -b',
  entities: ['host', 'process'],
  sniff: (head) => (/^top - \d{1,2}:\d\d:\d\d .{1,200}: *\d{1,6}[.,]\d\d,? /m.test(head.slice(0, 2000)) ? 0.95 : 0),
  open: (context) => wholeLines(openTop(context)),
};

interface Screen {
  readonly at: number;
  readonly load: number | null;
  readonly summary: TopSummary;
  threads: boolean;
  columns: readonly string[] | null;
  readonly rows: ProcessRow[];
}

function openTop(context: ParseContext): Session {
  const out = output('relative');
  const node = context.node ?? UNNAMED;
  const clock = dayClock();
  const table = processTable(out, node);
  let screen: Screen | null = null;

  const close = (): void => {
    if (screen === null) return;
    const values = screen.summary.values();
    put(values, 'host.load1', screen.load);
    if (screen.threads && screen.rows.length > 0) {
      const shares = screen.rows.flatMap((row) => (row.cpu === null ? [] : [row.cpu]));
      put(values, 'host.cpuMaxThread', Math.max(...shares));
      put(values, 'host.hotThreads', shares.filter((share) => share >= HOT_THREAD).length);
    } else {
      table.emit(screen.at, screen.rows);
    }
    out.reading({ entity: hostOf(node), at: screen.at, values });
    screen = null;
  };

  return lineSession(out, {
    line(text, number) {
      const head = HEAD.exec(text);
      if (head !== null) {
        close();
        const seconds = parseClockTime(head[1] ?? '');
        const at = seconds === null ? null : clock.at(seconds);
        if (at === null) out.reject(number, 'the clock went back: this screen cannot be placed in time', text);
        else screen = { at, load: parseLoadAverage(text), summary: topSummary(), threads: false, columns: null, rows: [] };
        return;
      }
      if (screen === null || text.trim() === '') return;
      if (screen.columns === null) {
        if (text.startsWith('Threads:')) screen.threads = true;
        if (screen.summary.line(text)) return;
        if (/^\s*PID\b/.test(text) || (/\bPID\b/.test(text) && /\s%CPU\s/.test(text)) || HEADER.test(text)) screen.columns = splitBlanks(text);
        else out.reject(number, 'expected a line of top\'s summary or the header "PID … COMMAND"', text);
        return;
      }
      const row = rowOf(screen.columns, text);
      if (row === null) out.reject(number, `expected a process with ${screen.columns.slice(0, commandAt(screen.columns) + 1).join(' ')}`, text);
      else screen.rows.push(row);
    },
    end: close,
  });
}

/** Where a column stands: by its name, else where top sets it by default before the first that kept its own (`BENUTZER`, `UTIL.`, `USUARIO`). */
function columnAt(columns: readonly string[], name: string): number {
  const at = columns.indexOf(name);
  if (at >= 0) return at;
  if (name === 'USER') return columns[0] === 'PID' && columns[2] === 'PR' ? 1 : -1;
  return name === '%CPU' ? columns.findIndex((column) => column.startsWith('%')) : -1;
}

function commandAt(columns: readonly string[]): number {
  const at = columns.indexOf('COMMAND');
  return at < 0 ? columns.length - 1 : at;
}

/** Columns by name, up to COMMAND: what stands after it cannot be told apart by blanks. A row that ends before it is cut. */
function rowOf(columns: readonly string[], text: string): ProcessRow | null {
  const cells = splitBlanks(text);
  const command = commandAt(columns);
  if (cells.length <= command) return null;
  const cell = (name: string): string | null => {
    const at = columnAt(columns, name);
    return at < 0 || at >= command ? null : (cells[at] ?? null);
  };
  const pid = parseDecimal(cell('PID') ?? '');
  const cpu = parseDecimal((cell('%CPU') ?? '').replace(',', '.'));
  if (pid === null || (cpu === null && columnAt(columns, '%CPU') >= 0)) return null;
  const last = command === columns.length - 1;
  const rest = last ? cells.slice(command).join(' ') : commandBeforeMore(text, cells, command);
  return {
    pid,
    user: cell('USER'),
    cpu: cpu === null ? null : cpu / 100,
    rss: parseSize(cell('RES') ?? ''),
    threads: parseDecimal(cell('nTH') ?? ''),
    command: rest,
  };
}

// Further columns follow: the command's column is padded, so it ends at two blanks.
function commandBeforeMore(text: string, cells: readonly string[], command: number): string {
  let at = 0;
  for (let index = 0; index < command; index += 1) at = text.indexOf(cells[index] ?? '', at) + (cells[index]?.length ?? 0);
  return (
    text
      .slice(at)
      .trimStart()
      .split(/\s{2,}/)[0] ?? ''
  );
}
