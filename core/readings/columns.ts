import type { MetricId } from './metrics.ts';
import { entityKey, type EntityRef } from './entity.ts';
import type { Clock, Fact, FactName, Reading, SourceEvent, Statement } from './reading.ts';

/**
 * Readings of one entity as columns. `t` is strictly increasing, in seconds on the run's clock.
 * Every column has t.length values; NaN is the validity mask: absent. NaN never leaves core: at a wire it is null or left out.
 */
export interface Table {
  readonly entity: EntityRef;
  readonly t: Float64Array;
  readonly columns: ReadonlyMap<MetricId, Float64Array>;
  readonly facts: ReadonlyMap<FactName, string>;
}

/** What is known of one run (a job, or files given together) on one clock. */
export interface Run {
  readonly clock: Exclude<Clock, 'ordinal'>;
  readonly tables: readonly Table[];
  readonly events: readonly SourceEvent[];
  /** What results and single looks say beside the readings; left out where there is none. */
  readonly statements?: readonly Statement[];
}

/** Builds a table of readings of one entity. Readings may come in any order; of two values for one instant the later one wins. */
export function tableOf(entity: EntityRef, readings: readonly Reading[], facts: readonly Fact[] = []): Table {
  const sorted = isSorted(readings) ? readings : [...readings].sort((a, b) => a.at - b.at);
  const t = distinctTimes(sorted);
  const columns = new Map<MetricId, Float64Array>();
  let row = -1;
  let last = Number.NEGATIVE_INFINITY;
  for (const reading of sorted) {
    if (reading.at !== last) {
      row += 1;
      last = reading.at;
    }
    for (const id in reading.values) {
      const metricId = id as MetricId; // a parse boundary: keys of a Reading's values are metric ids
      const value = reading.values[metricId];
      if (value === undefined) continue;
      let column = columns.get(metricId);
      if (column === undefined) {
        column = new Float64Array(t.length).fill(Number.NaN);
        columns.set(metricId, column);
      }
      column[row] = value;
    }
  }
  return { entity, t, columns, facts: new Map(facts.map((fact) => [fact.name, fact.value])) };
}

/** Groups readings and facts by entity into tables. */
export function tablesOf(readings: readonly Reading[], facts: readonly Fact[] = []): Table[] {
  const groups = new Map<string, { entity: EntityRef; readings: Reading[]; facts: Fact[] }>();
  const groupOf = (entity: EntityRef) => {
    const key = entityKey(entity);
    let group = groups.get(key);
    if (group === undefined) {
      group = { entity, readings: [], facts: [] };
      groups.set(key, group);
    }
    return group;
  };
  for (const reading of readings) groupOf(reading.entity).readings.push(reading);
  for (const fact of facts) groupOf(fact.entity).facts.push(fact);
  return [...groups.values()].map((group) => tableOf(group.entity, group.readings, group.facts));
}

/** The first index whose time is ≥ `at` (t.length when there is none). */
export function lowerBound(t: ArrayLike<number>, at: number): number {
  let low = 0;
  let high = t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((t[middle] ?? Number.POSITIVE_INFINITY) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows with from ≤ t < to, as views on the same memory. */
export function slice(table: Table, from: number, to: number): Table {
  return rowsOf(table, lowerBound(table.t, from), lowerBound(table.t, to));
}

/** The rows from one index up to, not including, another, as views on the same memory; the table itself where that is all of it. */
export function rowsOf(table: Table, start: number, end: number): Table {
  if (start === 0 && end === table.t.length) return table;
  const columns = new Map<MetricId, Float64Array>();
  for (const [id, column] of table.columns) columns.set(id, column.subarray(start, end));
  return { ...table, t: table.t.subarray(start, end), columns };
}

/** Mean of the values that are there; null when none is. */
export function meanOf(column: Float64Array | undefined): number | null {
  if (column === undefined) return null;
  let sum = 0;
  let count = 0;
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

/** The middle of some numbers, of an even count the mean of both; null of none. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle];
  const low = sorted[middle - 1];
  if (high === undefined) return null;
  const odd = sorted.length - middle > middle;
  return odd || low === undefined ? high : (low + high) / 2;
}

/** The latest value that is there; null when none is. */
export function lastOf(column: Float64Array | undefined): number | null {
  if (column === undefined) return null;
  for (let index = column.length - 1; index >= 0; index -= 1) {
    const value = column[index];
    if (value !== undefined && !Number.isNaN(value)) return value;
  }
  return null;
}

/** A silence of more sampling periods than this is a gap: drawn as one, bridged by nothing. */
export const GAP_PERIODS = 3;

/** The median distance between samples in seconds; null below two samples. */
export function periodOf(t: Float64Array): number | null {
  if (t.length < 2) return null;
  const gaps = new Float64Array(t.length - 1);
  for (let index = 1; index < t.length; index += 1) gaps[index - 1] = (t[index] ?? Number.NaN) - (t[index - 1] ?? Number.NaN);
  gaps.sort();
  return gaps[gaps.length >> 1] ?? null;
}

/** The same of the latest dozen samples, what something is sampled at now; null below four, which show no habit yet. */
export function recentPeriod(t: Float64Array): number | null {
  const recent = t.subarray(-12);
  return recent.length < 4 ? null : periodOf(recent);
}

function isSorted(readings: readonly Reading[]): boolean {
  for (let index = 1; index < readings.length; index += 1) {
    const before = readings[index - 1];
    const after = readings[index];
    if (before !== undefined && after !== undefined && before.at > after.at) return false;
  }
  return true;
}

function distinctTimes(sorted: readonly Reading[]): Float64Array {
  const times = new Float64Array(sorted.length);
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const { at } of sorted) {
    if (at === last) continue;
    times[count] = at;
    count += 1;
    last = at;
  }
  return times.slice(0, count);
}
