import { type EntityRef, type FactName, isMetricId, metric, type MetricId, METRICS, type Table } from '../readings/index.ts';
import { entityGrid, type EntityGrid } from './grid.ts';
import { openSeries, type Series } from './series.ts';

/** A counter over a longer silence says nothing about now (core/readings/rates.ts). */
const MAX_RATE_GAP = 600;

/** One entity of a run as it grows: its grid for judging, its series for showing, its facts. */
export interface RunEntity {
  readonly entity: EntityRef;
  readonly facts: Map<FactName, string>;
  readonly grid: EntityGrid;
  readonly series: Series;
  /** Takes rows that are later than all before; earlier ones are left out and counted. */
  push(table: Table): void;
  from(): number;
  to(): number;
  late(): number;
  /** The latest and the largest value of a metric; NaN where it never came. */
  latest(id: MetricId): number;
  peak(id: MetricId): number;
  has(id: MetricId): boolean;
}

interface Counter {
  at: number;
  value: number;
}

export function runEntity(entity: EntityRef, period: number): RunEntity {
  const facts = new Map<FactName, string>();
  const grid = entityGrid(period);
  const series = openSeries(period);
  const counters = new Map<MetricId, Counter>();
  const printed = new Set<MetricId>();
  const latest = new Map<MetricId, number>();
  const peaks = new Map<MetricId, number>();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let late = 0;

  const pushCounter = (table: Table, id: MetricId, column: Float64Array, start: number) => {
    const target = rateTarget(id);
    if (target !== id && printed.has(target)) return;
    const before = counters.get(id) ?? { at: Number.NaN, value: Number.NaN };
    counters.set(id, before);
    const rate = new Float64Array(column.length).fill(Number.NaN);
    const since = new Float64Array(column.length);
    for (let row = start; row < column.length; row += 1) {
      const value = column[row] ?? Number.NaN;
      const at = table.t[row] ?? Number.NaN;
      if (value !== value) continue;
      const dt = at - before.at;
      since[row] = before.at;
      // A drop is a restart: what was counted since is not known to belong to the interval.
      if (dt > 0 && dt <= MAX_RATE_GAP && value >= before.value) rate[row] = (value - before.value) / dt;
      before.at = at;
      before.value = value;
    }
    grid.rates(target, since, table.t, rate, start);
    series.add(target, table.t, rate, start);
  };
  const pushGauge = (table: Table, id: MetricId, column: Float64Array, start: number) => {
    printed.add(id);
    grid.gauges(id, table.t, column, start);
    series.add(id, table.t, column, start);
    let peak = peaks.get(id) ?? Number.NEGATIVE_INFINITY;
    let newest = Number.NaN;
    for (let row = start; row < column.length; row += 1) {
      const value = column[row] ?? Number.NaN;
      if (value !== value) continue;
      newest = value;
      if (value > peak) peak = value;
    }
    if (newest !== newest) return;
    latest.set(id, newest);
    peaks.set(id, peak);
  };

  return {
    entity,
    facts,
    grid,
    series,
    push(table) {
      for (const [name, value] of table.facts) facts.set(name, value);
      let start = 0;
      while (start < table.t.length && (table.t[start] ?? Number.POSITIVE_INFINITY) <= last) start += 1;
      late += start;
      if (start >= table.t.length) return;
      first = Math.min(first, table.t[start] ?? first);
      last = table.t[table.t.length - 1] ?? last;
      for (const [id, column] of table.columns) if (METRICS[id].kind === 'gauge') pushGauge(table, id, column, start);
      for (const [id, column] of table.columns) if (METRICS[id].kind === 'counter') pushCounter(table, id, column, start);
    },
    from: () => first,
    to: () => last,
    late: () => late,
    latest: (id) => latest.get(id) ?? Number.NaN,
    peak: (id) => peaks.get(id) ?? Number.NaN,
    has: (id) => latest.has(id) || counters.has(id),
  };
}

/** The id under which a counter's rate stands: the gauge of the same quantity where there is one. */
function rateTarget(id: MetricId): MetricId {
  const target = metric(id).rate;
  return target !== undefined && isMetricId(target) ? target : id;
}
