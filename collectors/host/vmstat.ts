import type { Collector, ParseContext, Session } from '../collector.ts';
import { hostOf, UNNAMED } from '../entities.ts';
import { parseDecimal } from '../text/numbers.ts';
import { lineSession, output } from '../text/session.ts';
import { timeReader } from '../text/time.ts';
import { cellsOf, put, type Values } from './proc/values.ts';
import { wholeLines } from './whole-lines.ts';

const NAMES = /^\s*r\s+b\s+swpd\s/;

/**
 * `vmstat [-a] [-w] [-t] SECONDS`. The first row's rates and CPU are means since boot: only its blocked processes are a sample.
 * Memory columns are left out: their unit (-S) is not printed. Without `-t` the rows carry no time.
 */
export const vmstat: Collector = {
  id: 'vmstat',
  title: 'vmstat',
  entities: ['host'],
  sniff: (head) => (/^-*procs-* -+memory-+ /m.test(head.slice(0, 4000)) ? 0.95 : 0),
  open: (context) => wholeLines(openVmstat(context)),
};

function openVmstat(context: ParseContext): Session {
  const out = output('ordinal');
  const node = context.node ?? UNNAMED;
  const readTime = timeReader(context.tz ?? 'UTC');
  let columns: readonly string[] | null = null;
  let zone = '';
  let rows = 0;

  return lineSession(out, {
    line(text, number) {
      if (text.trim() === '' || /^-*procs-* /.test(text)) return;
      if (NAMES.test(text)) {
        const names = cellsOf(text);
        // With -t the second header ends in the zone's name, which stands over two cells.
        zone = /^[A-Z]{2,5}$/.test(names.at(-1) ?? '') ? ` ${names.pop() ?? ''}` : '';
        columns = names;
        return;
      }
      const cells = cellsOf(text);
      const width = columns === null ? 0 : columns.length + (zone === '' ? 0 : 2);
      if (columns === null || cells.length !== width) {
        out.reject(number, columns === null ? "expected vmstat's header first" : `expected ${width} columns, found ${cells.length}`, text);
        return;
      }
      const at = timeOf(cells.slice(columns.length));
      if (at === null) {
        out.reject(number, 'expected a time such as 2021-09-16 20:33:13 at the end', text);
        return;
      }
      const values = rowValues(columns, cells, rows === 0);
      if (values === null) {
        out.reject(number, 'expected whole numbers', text);
        return;
      }
      if (rows === 0)
        out.event({ at: null, entity: null, kind: 'collector', text: 'vmstat: the first row is a mean since boot; its rates and CPU are left out' });
      rows += 1;
      out.reading({ entity: hostOf(node), at, values });
    },
  });

  function timeOf(stamp: readonly string[]): number | null {
    if (zone === '') return rows;
    const utc = zone === ' UTC' || zone === ' GMT' ? ' UTC' : ''; // other names mean several zones: the caller's decides
    const time = readTime(`${stamp.join(' ')}${utc}`);
    if (time === null) return null;
    out.clock = 'utc';
    if (time.zoneless) out.zoneless = true;
    return time.at;
  }
}

function rowValues(columns: readonly string[], cells: readonly string[], sinceBoot: boolean): Values | null {
  const numbers = columns.map((_, index) => parseDecimal(cells[index] ?? ''));
  if (numbers.includes(null)) return null;
  const of = (name: string): number | null => numbers[columns.indexOf(name)] ?? null;
  const values: Values = {};
  put(values, 'host.procsBlocked', of('b'));
  if (sinceBoot) return values;
  const [idle, wait, steal, read, written] = [of('id'), of('wa'), of('st'), of('bi'), of('bo')];
  if (idle !== null && wait !== null) put(values, 'host.cpu', Math.max(0, 100 - idle - wait) / 100);
  if (wait !== null) put(values, 'host.iowait', wait / 100);
  if (steal !== null) put(values, 'host.steal', steal / 100);
  if (read !== null) put(values, 'host.diskReadRate', read * 1024);
  if (written !== null) put(values, 'host.diskWriteRate', written * 1024);
  return values;
}
