import { type EntityRef, metric, type MetricId } from '../../../core/readings/index.ts';
import type { Columns } from './columns.ts';
import { limits } from './limits.ts';
import { readColumns, rollupColumn } from './read.ts';
import { rawStart, refOf } from './range.ts';
import type { SeriesState } from './state.ts';

export interface TablesQuery {
  readonly entities: readonly EntityRef[];
  readonly from: number;
  readonly to: number;
  readonly maxRows?: number;
}

export interface WholeTable {
  readonly entity: EntityRef;
  readonly t: Float64Array;
  readonly columns: ReadonlyMap<MetricId, Float64Array>;
}

/**
 * Whole tables, counters as they came, at most `maxRows` rows each. Where raw readings are expired, the finest
 * roll-up's means stand for them: gauges, and counters as the gauge of their rate.
 */
export function tables(state: SeriesState, { entities, from, to, maxRows }: TablesQuery): WholeTable[] {
  const found: WholeTable[] = [];
  for (const ref of entities) {
    const entity = state.catalog.find(ref);
    if (entity === undefined) continue;
    const rawFrom = rawStart(state, entity, from, false);
    const raw = readColumns(state, { entity: entity.no, level: 0, from: rawFrom, to });
    const old = rawFrom > from ? meansOf(state, readColumns(state, { entity: entity.no, level: limits.rollups[0], from, to: Math.min(rawFrom, to) })) : null;
    let table = named(state, raw);
    if (old !== null) table = appended(old, table);
    while (maxRows !== undefined && maxRows > 0 && table.t.length > maxRows) table = halved(table);
    if (table.t.length > 0) found.push({ entity: refOf(entity), ...table });
  }
  return found;
}

type Named = Omit<WholeTable, 'entity'>;

function named({ catalog }: SeriesState, table: Columns): Named {
  const columns = new Map<MetricId, Float64Array>();
  for (const [no, column] of table.columns) {
    const id = catalog.metricName.get(no);
    if (id !== undefined && column.some((value) => !Number.isNaN(value))) columns.set(id, column);
  }
  return { t: table.t, columns };
}

function meansOf({ catalog }: SeriesState, rolled: Columns): Named {
  const columns = new Map<MetricId, Float64Array>();
  for (const [id, no] of catalog.metricNo) {
    const column = rolled.columns.get(rollupColumn(no, 'mean'));
    if (column !== undefined && metric(id).kind === 'gauge') columns.set(id, column);
  }
  return { t: rolled.t, columns };
}

function appended(first: Named, second: Named): Named {
  const rows = first.t.length + second.t.length;
  const t = new Float64Array(rows);
  t.set(first.t);
  t.set(second.t, first.t.length);
  const columns = new Map<MetricId, Float64Array>();
  for (const id of new Set([...first.columns.keys(), ...second.columns.keys()])) {
    const column = new Float64Array(rows).fill(Number.NaN);
    column.set(first.columns.get(id) ?? []);
    column.set(second.columns.get(id) ?? [], first.t.length);
    columns.set(id, column);
  }
  return { t, columns };
}

/** Two rows become one: a gauge's mean of what is there, a counter's later value, at the later time. */
function halved(table: Named): Named {
  const rows = Math.ceil(table.t.length / 2);
  const at = (values: Float64Array, index: number): number => values[Math.min(index, values.length - 1)] ?? Number.NaN;
  const t = Float64Array.from({ length: rows }, (_, row) => at(table.t, 2 * row + 1));
  const columns = new Map<MetricId, Float64Array>();
  for (const [id, column] of table.columns) {
    const counter = metric(id).kind === 'counter';
    const one = (row: number): number => {
      const first = at(column, 2 * row);
      const second = at(column, 2 * row + 1);
      if (Number.isNaN(second)) return first;
      return counter || Number.isNaN(first) ? second : (first + second) / 2;
    };
    columns.set(
      id,
      Float64Array.from({ length: rows }, (_, row) => one(row)),
    );
  }
  return { t, columns };
}
