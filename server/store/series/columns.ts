import { lowerBound, type Stack } from '../../../core/readings/index.ts';

/** Readings of one entity as columns by metric number; NaN is absent. `t` is in seconds UTC. */
export type Columns = Stack<number>;

/** The rows with from ≤ t < to, as views on the same memory. */
export function sliceColumns(table: Columns, from: number, to: number): Columns {
  const start = lowerBound(table.t, from);
  const end = lowerBound(table.t, to);
  return start === 0 && end === table.t.length ? table : rowsOf(table, start, end);
}

/** The rows from one index to before another, as views on the same memory. */
export function rowsOf(table: Columns, start: number, end: number): Columns {
  return { t: table.t.subarray(start, end), columns: new Map([...table.columns].map(([metric, column]) => [metric, column.subarray(start, end)])) };
}

/** Values that are there. */
export function countValues(table: Columns): number {
  let count = 0;
  for (const column of table.columns.values()) for (const value of column) if (!Number.isNaN(value)) count += 1;
  return count;
}
