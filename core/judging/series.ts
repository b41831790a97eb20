import { type EntityRef, type FactName, type MetricId, METRICS, type Rollup, type Table } from '../readings/index.ts';
import type { MetricRows } from './grid.ts';

/** Rows of an entity's series at most: a long run is shown and searched in means over a power of two of grid bins. */
const SERIES_ROWS = 512;

/**
 * Everything measured of one entity, thinned as it grows: one row per grid bin up to SERIES_ROWS of them, then pairs of
 * rows become one, and so on. Rows are aligned to the clock, so that a growing run and the finished one thin alike.
 */
export interface GrowingSeries {
  /** Adds the present values of a metric; a counter's are its rates. `weights` is what each counts for in a mean, 1 where it is left out. */
  add(id: MetricId, rows: MetricRows, weights?: Float64Array): void;
  table(entity: EntityRef, facts: ReadonlyMap<FactName, string>): Table;
}

interface Column {
  readonly rollup: Rollup;
  sum: Float64Array;
  count: Float64Array;
}

interface Thinned {
  readonly columns: Map<MetricId, Column>;
  /** Seconds that a row stands for, a power of two of the grid's period. */
  width: number;
  /** The number of the first row since time 0; NaN before the first value. */
  base: number;
  rows: number;
}

/** A series without rows, at first one for each bin of `period` seconds. */
export function openGrowingSeries(period: number): GrowingSeries {
  const series: Thinned = { columns: new Map(), width: period, base: Number.NaN, rows: 0 };
  return {
    add: (id, rows, weights) => add(series, columnFor(series, id), { ...rows, weights }),
    table: (entity, facts) => ({ entity, facts, ...tableOf(series) }),
  };
}

function columnFor({ columns }: Thinned, id: MetricId): Column {
  const known = columns.get(id);
  if (known !== undefined) return known;
  const { kind, rollup } = METRICS[id];
  const made = { rollup: kind === 'counter' ? 'mean' : rollup, sum: new Float64Array(SERIES_ROWS), count: new Float64Array(SERIES_ROWS) };
  columns.set(id, made);
  return made;
}

function add(series: Thinned, column: Column, { t, values, start, weights }: MetricRows & { readonly weights: Float64Array | undefined }): void {
  for (let i = start; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    const at = t[i] ?? Number.NaN;
    if (value !== value) continue;
    if (series.base !== series.base) series.base = Math.floor(at / series.width);
    let row = Math.floor(at / series.width) - series.base;
    if (row < 0) continue;
    while (row >= SERIES_ROWS) {
      halve(series);
      row = Math.floor(at / series.width) - series.base;
    }
    if (row >= series.rows) series.rows = row + 1;
    const weight = weights?.[i] ?? 1;
    put(column, row, value * weight, weight);
  }
}

/** Makes one row of every two. */
function halve(series: Thinned): void {
  const base = Math.floor(series.base / 2);
  const shift = series.base - 2 * base;
  for (const column of series.columns.values()) {
    const { rollup, sum, count } = column;
    const halved = { rollup, sum: new Float64Array(SERIES_ROWS), count: new Float64Array(SERIES_ROWS) };
    for (let i = 0; i < series.rows; i += 1) put(halved, (i + shift) >> 1, sum[i], count[i]);
    column.sum = halved.sum;
    column.count = halved.count;
  }
  series.rows = Math.min(SERIES_ROWS, (series.rows + shift + 1) >> 1);
  series.base = base;
  series.width *= 2;
}

/** The rows that hold anything, as times and columns. */
function tableOf({ columns, width, base, rows }: Thinned): Pick<Table, 't' | 'columns'> {
  const there = new Uint8Array(rows);
  for (const { count } of columns.values()) for (let row = 0; row < rows; row += 1) if ((count[row] ?? Number.NaN) > 0) there[row] = 1;
  const kept: number[] = [];
  for (let row = 0; row < rows; row += 1) if (there[row] === 1) kept.push(row);
  return {
    t: Float64Array.from(kept, (row) => (base + row) * width),
    columns: new Map([...columns].map(([id, column]) => [id, Float64Array.from(kept, (row) => valueAt(column, row))])),
  };
}

function valueAt(column: Column, row: number): number {
  const count = column.count[row] ?? Number.NaN;
  const sum = column.sum[row] ?? Number.NaN;
  if (!(count > 0)) return Number.NaN;
  return column.rollup === 'mean' || column.rollup === 'sum' ? twelveDigits(sum / count) : sum;
}

/** Drops the last bits (Veltkamp's splitting: 41 of 53 stay): the same rows added in another order give the same mean. */
function twelveDigits(value: number): number {
  const wide = value * 4097;
  return wide - (wide - value);
}

/** Adds `count` values that are `sum` together (or their maximum, or the last of them) to a row. */
function put(column: Column, row: number, sum: number | undefined, count: number | undefined): void {
  if (sum === undefined || count === undefined || count === 0) return;
  const had = column.count[row] ?? Number.NaN;
  const old = column.sum[row] ?? Number.NaN;
  if (had === 0 || column.rollup === 'last') column.sum[row] = sum;
  else if (column.rollup === 'max') column.sum[row] = Math.max(old, sum);
  else column.sum[row] = old + sum;
  column.count[row] = had + count;
}
