import { type EntityRef, faultOfValue, formatLimits, isMetricId, limitsOf, METRICS, type MetricId, type Table } from '../../core/readings/index.ts';

/** Notes what was refused: its place in what was sent, and why. */
export type Reject = (at: string, reason: string) => void;
/** The same of a row of one column, counted from 0. */
type RejectRow = (row: number, reason: string) => void;

/** Instants that readings may carry, seconds UTC. */
export interface AllowedTimes {
  readonly oldest: number;
  readonly newest: number;
  readonly why: { readonly old: string; readonly future: string };
}

/** Columns as somebody sent them: typed by a sender in this process, or whatever a body held. */
export interface Sent {
  readonly entity: EntityRef;
  readonly t: readonly unknown[] | Float64Array;
  readonly columns: Iterable<readonly [id: string, column: unknown]>;
}

/**
 * A table of what was sent about an entity that is known to be well-formed: rows with bad stamps are dropped, bad values become
 * absent, unknown or mismatched columns are left out, each with its place. Rows come back in order of time, one per instant
 * (the later one sent wins). Null where nothing is left. Each value is looked at once; columns that are typed and good are kept as they are.
 */
export function checkTable({ entity, t, columns }: Sent, { place, allowed, reject }: { place: string; allowed: AllowedTimes; reject: Reject }): Table | null {
  const rows = goodRows(t, allowed, (row, reason) => reject(`${place}/t/${row}`, reason));
  const kept = new Map<MetricId, Float64Array>();
  for (const [id, column] of columns) {
    const refuse = (reason: string, row = ''): void => reject(`${place}/columns/${id}${row}`, reason);
    if (!isMetricId(id)) refuse('no such metric: see the table in core/readings/metrics.ts for the names');
    else if (METRICS[id].entity !== entity.kind) refuse(`a ${METRICS[id].entity} metric in a block about a ${entity.kind}`);
    else if (!isColumn(column)) refuse('expected an array of numbers and nulls');
    else if (column.length !== t.length) refuse(`${column.length} values for ${t.length} instants`);
    else
      kept.set(
        id,
        valuesOf(id, column, (row, reason) => refuse(reason, `/${row}`)),
      );
  }
  if (kept.size === 0 || rows.length === 0) return null;
  const facts = new Map<never, never>();
  if (rows === ALL) return { entity, t: t instanceof Float64Array ? t : new Float64Array(t as readonly number[]), columns: kept, facts }; // a parse boundary: goodRows looked at each
  const order = inOrder(t as readonly number[] | Float64Array, rows); // as above
  const pick = (column: ArrayLike<unknown>): Float64Array => Float64Array.from(order, (row) => column[row] as number); // as above, and columns are numbers
  return { entity, t: pick(t), columns: new Map([...kept].map(([id, column]) => [id, pick(column)])), facts };
}

function isColumn(value: unknown): value is readonly unknown[] | Float64Array {
  return Array.isArray(value) || value instanceof Float64Array;
}

/** Stands for "every row, already in order", so that the common case copies nothing. */
const ALL: readonly number[] = [Number.NaN];

function goodRows(t: readonly unknown[] | Float64Array, allowed: AllowedTimes, rejectRow: RejectRow): readonly number[] {
  let last = Number.NEGATIVE_INFINITY;
  let clean = t.length > 0;
  for (const at of t) {
    if (typeof at !== 'number' || !(at > last) || !(at >= allowed.oldest && at <= allowed.newest)) {
      clean = false;
      break;
    }
    last = at;
  }
  if (clean) return ALL;
  const rows: number[] = [];
  for (const [row, at] of t.entries()) {
    if (typeof at !== 'number' || !Number.isFinite(at)) rejectRow(row, 'expected a number: seconds since 1970-01-01 UTC');
    else if (at < allowed.oldest) rejectRow(row, allowed.why.old);
    else if (at > allowed.newest) rejectRow(row, allowed.why.future);
    else rows.push(row);
  }
  return rows;
}

/** Rows in order of time; of rows with one instant the last one stays. */
function inOrder(t: readonly number[] | Float64Array, rows: readonly number[]): number[] {
  const byTime = new Map<number, number>();
  for (const row of rows) byTime.set(t[row] ?? Number.NaN, row);
  return [...byTime.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
}

/** The column with NaN for what is absent or cannot be. A typed one that is good is given back itself. */
function valuesOf(id: MetricId, column: readonly unknown[] | Float64Array, rejectRow: RejectRow): Float64Array {
  const { least, most } = limitsOf(id);
  const values = column instanceof Float64Array ? column : new Float64Array(column.length);
  let bad: number[] | null = null;
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row];
    if (typeof value === 'number' && value >= least && value <= most) {
      if (values !== column) values[row] = value;
    } else if (value === null || (typeof value === 'number' && Number.isNaN(value))) {
      if (values !== column) values[row] = Number.NaN;
    } else (bad ??= []).push(row);
  }
  if (bad === null) return values;
  const mended = values === column ? values.slice() : values;
  for (const row of bad) {
    const value = column[row];
    mended[row] = Number.NaN;
    const fault = typeof value === 'number' ? faultOfValue(id, value) : `${named(value)} is out of range, expected ${formatLimits(id)}`;
    rejectRow(row, `${fault ?? ''}: taken as absent`);
  }
  return mended;
}

/** What stands where a number belongs. A list or object is only called so: whoever writes it out goes as deep as its sender wished. */
function named(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40)).slice(0, 40);
  if (typeof value === 'boolean') return String(value);
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : 'an object';
}
