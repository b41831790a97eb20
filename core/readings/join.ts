import type { Table } from './columns.ts';
import type { EntityRef } from './entity.ts';
import type { MetricId } from './metrics.ts';

/** Columns over common times, NaN where absent: a table's, by metric, or a store's, by its own numbers. */
export interface Stack<K> {
  readonly t: Float64Array;
  readonly columns: ReadonlyMap<K, Float64Array>;
}

/** One table from several of one entity, as `mergeColumns` puts them together; no facts. */
export function joinTables(entity: EntityRef, tables: readonly Table[]): Table {
  const { t, columns } = mergeColumns<MetricId>(tables);
  return { entity, t, columns, facts: new Map() };
}

/**
 * One table from several, with times strictly increasing. Later parts win, and later rows within a part: for one
 * instant each metric has its latest written value, and a metric that a later row lacks keeps the earlier one.
 */
export function mergeColumns<K>(parts: readonly Stack<K>[]): Stack<K> {
  const filled = parts.filter((part) => part.t.length > 0);
  const [only] = filled;
  if (only === undefined) return { t: new Float64Array(0), columns: new Map() };
  if (filled.length === 1 && isIncreasing(only.t)) return only;
  const inTurn = [...filled].sort((a, b) => (a.t[0] ?? Number.NaN) - (b.t[0] ?? Number.NaN));
  return inTurn.every(follows) ? stacked(inTurn) : woven(filled);
}

/** True where each time is later than the one before it. */
export function isIncreasing(t: Float64Array): boolean {
  for (let index = 1; index < t.length; index += 1) if ((t[index] ?? Number.NaN) <= (t[index - 1] ?? Number.NaN)) return false;
  return true;
}

/** True where a part is in order and begins after the one before it. */
function follows<K>(part: Stack<K>, index: number, parts: readonly Stack<K>[]): boolean {
  const before = parts[index - 1];
  return isIncreasing(part.t) && (before === undefined || (part.t[0] ?? Number.NaN) > (before.t[before.t.length - 1] ?? Number.NaN));
}

function stacked<K>(parts: readonly Stack<K>[]): Stack<K> {
  const rows = parts.reduce((sum, part) => sum + part.t.length, 0);
  const t = new Float64Array(rows);
  const columns = new Map<K, Float64Array>();
  let at = 0;
  for (const part of parts) {
    t.set(part.t, at);
    for (const [metric, values] of part.columns) columnOf(columns, metric, rows).set(values, at);
    at += part.t.length;
  }
  return { t, columns };
}

function woven<K>(parts: readonly Stack<K>[]): Stack<K> {
  const all = stacked(parts);
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
  const columns = new Map<K, Float64Array>();
  for (const [metric, values] of all.columns) {
    const column = columnOf(columns, metric, rows);
    order.forEach((source, index) => {
      const value = values[source] ?? Number.NaN;
      if (!Number.isNaN(value)) column[target[index] ?? Number.NaN] = value;
    });
  }
  return { t: t.slice(0, rows), columns };
}

function columnOf<K>(columns: Map<K, Float64Array>, metric: K, rows: number): Float64Array {
  let column = columns.get(metric);
  if (column === undefined) {
    column = new Float64Array(rows).fill(Number.NaN);
    columns.set(metric, column);
  }
  return column;
}
