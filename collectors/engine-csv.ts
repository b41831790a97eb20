import { type EntityRef, formatLimits, plausible, own } from '../core/readings/index.ts';
import { type Collector, engineOf, type ParseContext, type Session } from './collector/index.ts';
import { engineNames, type NameTable, type Rule } from './prometheus/index.ts';
import {
  bracketed,
  cellColumn,
  hasAny,
  isAbsent,
  isUnitName,
  lineSession,
  output,
  type Output,
  parseDecimal,
  rowClock,
  splitCsv,
  toSi,
  UNITS,
  type Values,
} from './text/index.ts';

/** One column of the file: a rule of the engine's name table, or the time. */
interface Column {
  readonly index: number;
  readonly rule: Rule;
}

interface Header {
  readonly cells: number;
  readonly time: number;
  /** Seconds per unit of the time column. */
  readonly tick: number;
  readonly table: NameTable;
  readonly columns: readonly Column[];
}

const TIME_NAMES: ReadonlySet<string> = new Set(['time', 'timestamp', 'ts', 'elapsed', 'elapsed_time', 'date', 'datetime', 'seconds', 't']);

/**
 * Wide CSV of an engine's counters: one row per scrape, a time column (seconds from the start, or a date), the other columns
 * named as the engine's metrics with or without its prefix, in any order; columns that are not in the engine's table are left out.
 */
export const engineCsv: Collector = {
  id: 'engine-csv',
  title: 'CSV of an LLM engine’s counters',
  entities: ['engine'],
  sniff(head) {
    const end = head.indexOf('\n');
    const header = readHeader((end < 0 ? head : head.slice(0, end)).replace(/\r$/, ''));
    if (header === null) return 0;
    return header.columns.length >= 3 ? 0.95 : 0.7;
  },
  open: openEngineCsv,
};

function openEngineCsv(context: ParseContext): Session {
  const out = output('relative');
  const clock = rowClock(out, context.tz ?? 'UTC');
  let header: Header | null = null;
  let entity: EntityRef = engineOf('vllm', context.node);

  return lineSession(out, {
    line(text, number) {
      if (text.trim() === '') return;
      const cells = splitCsv(text);
      const again = readHeaderCells(cells);
      if (again !== null) {
        header = again;
        if (again.table.owner.kind === 'engine') entity = engineOf(again.table.owner.engine, context.node);
        return;
      }
      if (header === null) {
        out.reject(number, 'expected a header with a time column and names of engine metrics', text);
        return;
      }
      if (cells.length !== header.cells) {
        out.reject(number, `row has ${cells.length} cells, the header ${header.cells}`, text);
        return;
      }
      const at = clock.at(cells[header.time] ?? '', header.tick);
      if (at === null) return out.reject(number, clock.fault(), text, cellColumn(text, header.time));
      const values = valuesOf(cells, header, { out, text, number });
      if (hasAny(values)) out.reading({ entity, at, values });
    },
  });
}

function valuesOf(cells: readonly string[], header: Header, place: { out: Output; text: string; number: number }) {
  const values: Values = {};
  for (const { index, rule } of header.columns) {
    const cell = cells[index] ?? '';
    if (isAbsent(cell)) continue;
    const plain = parseDecimal(cell);
    if (plain === null) {
      place.out.reject(place.number, `expected a number for ${rule.to}`, place.text, cellColumn(place.text, index));
      continue;
    }
    if (rule.min !== undefined && plain < rule.min) continue;
    const value = (plain * (rule.mul ?? 1)) / (rule.div ?? 1);
    if (plausible(rule.to, value)) values[rule.to] = value;
    else place.out.reject(place.number, `${rule.to}: out of range, expected ${formatLimits(rule.to)}`, place.text, cellColumn(place.text, index));
  }
  return values;
}

function readHeader(line: string): Header | null {
  return readHeaderCells(splitCsv(line));
}

/** A header has one time column and at least two metrics of one engine; null for any other row. */
function readHeaderCells(cells: readonly string[]): Header | null {
  const names = cells.map(nameAndUnit);
  const time = names.findIndex((cell) => TIME_NAMES.has(cell.name.toLowerCase()));
  if (time < 0) return null;
  let best: Header | null = null;
  for (const table of engineNames) {
    const columns = withoutDoubles(names.flatMap(({ name }, index) => (index === time ? [] : columnsOf(table, name, index))));
    if (columns.length >= 2 && columns.length > (best?.columns.length ?? 1)) {
      best = { cells: cells.length, time, tick: names[time]?.tick ?? 1, table, columns };
    }
  }
  return best;
}

/** `time [s]`, `time (ms)`, `num_requests_running` → the name and, for a unit of time, its length in seconds. */
function nameAndUnit(cell: string): { name: string; tick: number } {
  const match = bracketed(cell);
  const unit = match?.unit ?? '';
  const tick = isUnitName(unit) && UNITS[unit].unit === 'seconds' ? toSi(1, unit) : 1;
  return { name: match?.name ?? cell, tick };
}

function columnsOf(table: NameTable, name: string, index: number): Column[] {
  const prefix = table.owner.kind === 'engine' ? `${table.owner.engine}:` : '';
  const rules = own(table.rules, name) ?? own(table.rules, `${prefix}${name}`) ?? [];
  return rules.filter((rule) => rule.only === undefined).map((rule) => ({ index, rule }));
}

/** Of two columns for one metric the better one stays, and a rate goes where its counter is there too. */
function withoutDoubles(columns: readonly Column[]): Column[] {
  const rank = (column: Column) => column.rule.rank ?? 0;
  return columns.filter((column) =>
    columns.every((other) => {
      if (other === column) return true;
      if (other.rule.to === column.rule.unless) return false;
      return other.rule.to !== column.rule.to || rank(other) < rank(column) || (rank(other) === rank(column) && other.index > column.index);
    }),
  );
}
