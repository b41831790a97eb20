import { COLUMN, type JudgedMetric } from './columns.ts';
import type { Stats } from './tally.ts';

/** Mean of a judged metric over the samples that have it; NaN where none has. */
export function mean(stats: Stats, id: JudgedMetric): number {
  const column = COLUMN[id];
  const count = stats.count[column] ?? Number.NaN;
  return count > 0 ? exact((stats.sum[column] ?? Number.NaN) / count) : Number.NaN;
}

/** Twelve decimals: the mean of sixty times 0.4 is 0.4 and reaches a threshold of 0.4; no counter knows more. */
export function exact(value: number): number {
  return Math.abs(value) < 1e3 ? Math.round(value * 1e12) / 1e12 : value;
}

/** How much of the window has a metric, 0–1. */
export function covered(stats: Stats, id: JudgedMetric): number {
  return stats.bins === 0 ? 0 : Math.min(1, (stats.count[COLUMN[id]] ?? Number.NaN) / stats.bins);
}

/** The first of some numbers that is there; NaN when none is. */
export function firstKnown(...values: readonly number[]): number {
  return values.find(known) ?? Number.NaN;
}

/** The largest of those that are there; NaN when none is. */
export function largest(...values: readonly number[]): number {
  let best = Number.NaN;
  for (const value of values) if (known(value) && !(value <= best)) best = value;
  return best;
}

/** Sum of those that are there; NaN when none is. */
export function sumKnown(...values: readonly number[]): number {
  let sum = Number.NaN;
  for (const value of values) if (known(value)) sum = known(sum) ? sum + value : value;
  return sum;
}

/** NaN is core's mark of an absent value. */
export function known(value: number): boolean {
  return value === value;
}

/** For a contract: absent is null there. */
export function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
