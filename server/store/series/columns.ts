/** Readings of one entity as columns by metric number; NaN is absent. `t` is in seconds UTC. */
export interface Columns {
  readonly t: Float64Array;
  readonly columns: ReadonlyMap<number, Float64Array>;
}

export const noColumns: Columns = { t: new Float64Array(0), columns: new Map() };

/**
 * One table from several, with times strictly increasing. Later parts win, and later rows within a part: for one
 * instant each metric has its latest written value, and a metric that a later row lacks keeps the earlier one.
 */
export function mergeColumns(parts: readonly Columns[]): Columns {
  const filled = parts.filter((part) => part.t.length > 0);
  const [only] = filled;
  if (only === undefined) return noColumns;
  if (filled.length === 1 && isIncreasing(only.t)) return only;
  const inTurn = [...filled].sort((a, b) => (a.t[0] ?? Number.NaN) - (b.t[0] ?? Number.NaN));
  return inTurn.every(follows) ? joined(inTurn) : woven(filled);
}

/** The rows with from ≤ t < to, as views on the same memory. */
export function sliceColumns(table: Columns, from: number, to: number): Columns {
  const start = firstAtOrAfter(table.t, from);
  const end = firstAtOrAfter(table.t, to);
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

export function firstAtOrAfter(t: Float64Array, at: number): number {
  let low = 0;
  let high = t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((t[middle] ?? Number.POSITIVE_INFINITY) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isIncreasing(t: Float64Array): boolean {
  for (let index = 1; index < t.length; index += 1) if ((t[index] ?? Number.NaN) <= (t[index - 1] ?? Number.NaN)) return false;
  return true;
}

/** True where a part is in order and begins after the one before it. */
function follows(part: Columns, index: number, parts: readonly Columns[]): boolean {
  const before = parts[index - 1];
  return isIncreasing(part.t) && (before === undefined || (part.t[0] ?? Number.NaN) > (before.t[before.t.length - 1] ?? Number.NaN));
}

function joined(parts: readonly Columns[]): Columns {
  const rows = parts.reduce((sum, part) => sum + part.t.length, 0);
  const t = new Float64Array(rows);
  const columns = new Map<number, Float64Array>();
  let at = 0;
  for (const part of parts) {
    t.set(part.t, at);
    for (const [metric, values] of part.columns) columnOf(columns, metric, rows).set(values, at);
    at += part.t.length;
  }
  return { t, columns };
}

function woven(parts: readonly Columns[]): Columns {
  const all = joined(parts);
  // A stable sort keeps the order of writing among rows of one instant.
  const order = Uint32Array.from(all.t.keys()).sort((a, b) => (all.t[a] ?? Number.NaN) - (all.t[b] ?? Number.NaN) || a - b);
  const t = new Float64Array(order.length);
  const target = new Uint32Array(order.length);
  let rows = 0;
  order.forEach((source, index) => {
    const at = all.t[source] ?? Number.NaN;
    if (rows === 0 || t[rows - 1] !== at) {
      t[rows] = at;
      rows += 1;
    }
    target[index] = rows - 1;
  });
  const columns = new Map<number, Float64Array>();
  for (const [metric, values] of all.columns) {
    const column = columnOf(columns, metric, rows);
    order.forEach((source, index) => {
      const value = values[source] ?? Number.NaN;
      if (!Number.isNaN(value)) column[target[index] ?? Number.NaN] = value;
    });
  }
  return { t: t.slice(0, rows), columns };
}

function columnOf(columns: Map<number, Float64Array>, metric: number, rows: number): Float64Array {
  let column = columns.get(metric);
  if (column === undefined) {
    column = new Float64Array(rows).fill(Number.NaN);
    columns.set(metric, column);
  }
  return column;
}
