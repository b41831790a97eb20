import type { Table } from './columns.ts';
import { isMetricId, METRICS, metric, type MetricId, type Unit } from './metrics.ts';

/** A counter over a longer silence than this, seconds, says nothing about now. */
export const MAX_RATE_GAP = 600;

/**
 * A counter's column as a rate per second: the value at i is the mean rate over (t[i−1], t[i]], with the
 * previous *present* value as the start, so a missed sample widens the interval instead of losing it.
 * The first present value has no rate (NaN). A drop is a reset: the process started again, what it counted
 * since is not known to belong to the interval, so that one interval is absent, not negative and not guessed.
 * An interval longer than `maxGap` seconds is absent: a counter over an hour's silence says nothing about now.
 */
export function rateOf(t: Float64Array, counter: Float64Array, maxGap = MAX_RATE_GAP): Float64Array {
  const rate = new Float64Array(counter.length).fill(Number.NaN);
  let lastAt = Number.NaN;
  let lastValue = Number.NaN;
  for (let index = 0; index < counter.length; index += 1) {
    const value = counter[index];
    const at = t[index];
    if (value === undefined || at === undefined || Number.isNaN(value)) continue;
    const dt = at - lastAt;
    if (dt > 0 && dt <= maxGap && value >= lastValue) rate[index] = (value - lastValue) / dt;
    lastAt = at;
    lastValue = value;
  }
  return rate;
}

/**
 * The table with every counter turned into its rate per second: under the gauge's id where the metric has one
 * (`rate` in core/readings/metrics.ts; a gauge that the tool printed itself wins), otherwise under the counter's own id.
 */
export function withRates(table: Table, maxGap?: number): Table {
  const columns = new Map<MetricId, Float64Array>();
  for (const [id, column] of table.columns) if (METRICS[id].kind === 'gauge') columns.set(id, column);
  for (const [id, column] of table.columns) {
    if (METRICS[id].kind !== 'counter') continue;
    const target = metric(id).rate;
    const rate = rateOf(table.t, column, maxGap);
    if (target === undefined || !isMetricId(target)) columns.set(id, rate);
    else if (!columns.has(target)) columns.set(target, rate);
  }
  return { ...table, columns };
}

/** The unit that a metric is shown in: a gauge's own; a counter's is that of its rate per second. */
export function shownUnit(id: MetricId): Unit {
  const { kind, unit } = metric(id);
  return kind === 'gauge' ? unit : rateUnit(unit);
}

function rateUnit(counted: Unit): Unit {
  switch (counted) {
    case 'bytes':
      return 'bytes/s';
    case 'flop':
      return 'flop/s';
    case 'joules':
      return 'watts';
    case 'seconds':
      return 'ratio';
    default:
      return '1/s';
  }
}
