import { type EntityRef, type FactName, type MetricId, METRICS, type Rollup, type Table } from '../readings/index.ts';

/** Rows of an entity's series at most: a long run is shown and searched in means over a power of two of grid bins. */
export const SERIES_ROWS = 512;

/**
 * Everything measured of one entity, thinned as it grows: one row per grid bin up to SERIES_ROWS of them, then pairs of
 * rows become one, and so on. Rows are aligned to the clock, so that a growing run and the finished one thin alike.
 */
export interface Series {
  /** Adds the present values of a column from row `start` on; a counter's column is its rates. */
  add(id: MetricId, t: Float64Array, values: Float64Array, start: number): void;
  table(entity: EntityRef, facts: ReadonlyMap<FactName, string>): Table;
}

interface Column {
  readonly rollup: Rollup;
  sum: Float64Array;
  count: Float64Array;
}

export function openSeries(period: number): Series {
  const columns = new Map<MetricId, Column>();
  let width = period;
  let base = Number.NaN;
  let rows = 0;

  const halve = () => {
    const newBase = Math.floor(base / 2);
    const shift = base - 2 * newBase;
    for (const column of columns.values()) {
      const sum = new Float64Array(SERIES_ROWS);
      const count = new Float64Array(SERIES_ROWS);
      for (let i = 0; i < rows; i += 1) join({ rollup: column.rollup, sum, count }, (i + shift) >> 1, column.sum[i], column.count[i]);
      column.sum = sum;
      column.count = count;
    }
    rows = Math.min(SERIES_ROWS, (rows + shift + 1) >> 1);
    base = newBase;
    width *= 2;
  };

  return {
    add(id, t, values, start) {
      let column = columns.get(id);
      if (column === undefined) {
        column = {
          rollup: METRICS[id].kind === 'counter' ? 'mean' : METRICS[id].rollup,
          sum: new Float64Array(SERIES_ROWS),
          count: new Float64Array(SERIES_ROWS),
        };
        columns.set(id, column);
      }
      for (let i = start; i < values.length; i += 1) {
        const value = values[i] ?? Number.NaN;
        const at = t[i] ?? Number.NaN;
        if (value !== value) continue;
        if (base !== base) base = Math.floor(at / width);
        let row = Math.floor(at / width) - base;
        if (row < 0) continue;
        while (row >= SERIES_ROWS) {
          halve();
          row = Math.floor(at / width) - base;
        }
        if (row >= rows) rows = row + 1;
        join(column, row, value, 1);
      }
    },
    table(entity, facts) {
      const there = new Uint8Array(rows);
      for (const { count } of columns.values()) for (let row = 0; row < rows; row += 1) if ((count[row] ?? Number.NaN) > 0) there[row] = 1;
      const kept: number[] = [];
      for (let row = 0; row < rows; row += 1) if (there[row] === 1) kept.push(row);
      const t = Float64Array.from(kept, (row) => (base + row) * width);
      const out = new Map<MetricId, Float64Array>();
      for (const [id, column] of columns)
        out.set(
          id,
          Float64Array.from(kept, (row) => valueAt(column, row)),
        );
      return { entity, t, columns: out, facts };
    },
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
function join(column: Column, row: number, sum: number | undefined, count: number | undefined): void {
  if (sum === undefined || count === undefined || count === 0) return;
  const had = column.count[row] ?? Number.NaN;
  const old = column.sum[row] ?? Number.NaN;
  if (had === 0 || column.rollup === 'last') column.sum[row] = sum;
  else if (column.rollup === 'max') column.sum[row] = Math.max(old, sum);
  else column.sum[row] = old + sum;
  column.count[row] = had + count;
}
