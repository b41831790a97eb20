import { GAP_PERIODS, lowerBound } from './columns.ts';

/** A grid of equal buckets: bucket i holds start + i × width ≤ t < start + (i + 1) × width, in seconds. */
export interface Grid {
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

/** Sums over a grid. Filled from samples and from roll-ups alike. */
export interface Buckets {
  readonly grid: Grid;
  readonly sum: Float64Array;
  readonly count: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Times of each bucket's first and last sample. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Empties it for the next series. */
  clear(): void;
}

/** One drawn series; NaN stands for the gap. */
export interface Drawn {
  readonly t: Float64Array;
  readonly min: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
  /** False where no bucket holds two values that differ: minimum and maximum are the mean. */
  readonly spread: boolean;
}

/** Empty buckets over a grid, used again for series after series. */
export function newBuckets(grid: Grid): Buckets {
  const column = (): Float64Array => new Float64Array(grid.count);
  const buckets = { grid, sum: column(), count: column(), min: column(), max: column(), first: column(), last: column() };
  const clear = (): void => {
    buckets.sum.fill(0);
    buckets.count.fill(0);
    for (const least of [buckets.min, buckets.first]) least.fill(Number.POSITIVE_INFINITY);
    for (const most of [buckets.max, buckets.last]) most.fill(Number.NEGATIVE_INFINITY);
  };
  clear();
  return { ...buckets, clear };
}

/** Rows of increasing time, and where each bucket's begin: those of bucket b are edges[b] … edges[b + 1]. One for all columns of a table. */
export interface Rows {
  readonly t: Float64Array;
  readonly edges: Int32Array;
}

/** The rows with from ≤ t < to, by bucket. */
export function rowsIn({ start, width, count }: Grid, t: Float64Array, from: number, to: number): Rows {
  const edges = new Int32Array(count + 1);
  let row = lowerBound(t, from);
  const end = lowerBound(t, to);
  let bucket = 0;
  edges[0] = row;
  for (; row < end; row += 1) {
    const own = Math.min(Math.floor(((t[row] ?? Number.NaN) - start) / width), count - 1);
    while (bucket < own) edges[++bucket] = row;
  }
  while (bucket < count) edges[++bucket] = end;
  return { t, edges };
}

/** Adds a column's samples; NaN is skipped. */
export function addSamples(into: Buckets, { t, edges }: Rows, values: Float64Array): void {
  for (let bucket = 0; bucket < into.grid.count; bucket += 1) {
    const end = edges[bucket + 1] ?? 0; // one more edge than buckets
    let sum = 0;
    let count = 0;
    let min = into.min[bucket] ?? Number.NaN;
    let max = into.max[bucket] ?? Number.NaN;
    let first = -1;
    let last = -1;
    for (let row = edges[bucket] ?? end; row < end; row += 1) {
      const value = values[row] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
      if (value < min) min = value;
      if (value > max) max = value;
      if (first < 0) first = row;
      last = row;
    }
    if (count === 0) continue;
    into.sum[bucket] = (into.sum[bucket] ?? Number.NaN) + sum;
    into.count[bucket] = (into.count[bucket] ?? Number.NaN) + count;
    into.min[bucket] = min;
    into.max[bucket] = max;
    into.first[bucket] = Math.min(into.first[bucket] ?? Number.NaN, t[first] ?? Number.NaN);
    into.last[bucket] = Math.max(into.last[bucket] ?? Number.NaN, t[last] ?? Number.NaN);
  }
}

/** Rows of a roll-up of `seconds`, one column each; NaN where a row has none. */
export interface RollupRows {
  readonly t: Float64Array;
  readonly min: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
  readonly count: Float64Array;
  readonly seconds: number;
}

/** Adds roll-up rows with from ≤ t < to: means weigh as many samples as they are of. */
export function addRollup(into: Buckets, rows: RollupRows, from: number, to: number): void {
  const { start, width, count } = into.grid;
  for (let index = 0; index < rows.t.length; index += 1) {
    const at = rows.t[index] ?? Number.NaN;
    const samples = rows.count[index] ?? Number.NaN;
    if (!(samples > 0) || at < from || at >= to) continue;
    const bucket = Math.min(Math.floor((at - start) / width), count - 1);
    into.sum[bucket] = (into.sum[bucket] ?? Number.NaN) + (rows.mean[index] ?? Number.NaN) * samples;
    into.count[bucket] = (into.count[bucket] ?? Number.NaN) + samples;
    into.min[bucket] = Math.min(into.min[bucket] ?? Number.NaN, rows.min[index] ?? Number.NaN);
    into.max[bucket] = Math.max(into.max[bucket] ?? Number.NaN, rows.max[index] ?? Number.NaN);
    into.first[bucket] = Math.min(into.first[bucket] ?? Number.NaN, at);
    into.last[bucket] = Math.max(into.last[bucket] ?? Number.NaN, at + rows.seconds);
  }
}

/**
 * The filled buckets in order, each at the time of its first sample. Empty ones are left out, but where the silence is longer
 * than GAP_PERIODS: there the first empty bucket stands for the gap, with NaN.
 */
export function drawn({ grid, sum, count, min, max, first, last }: Buckets, period: number): Drawn {
  const out = { t: new Float64Array(grid.count), min: new Float64Array(grid.count), mean: new Float64Array(grid.count), max: new Float64Array(grid.count) };
  let rows = 0;
  let before = -1;
  let spread = false;
  const put = (t: number, least: number, mean: number, greatest: number): void => {
    out.t[rows] = t;
    out.min[rows] = least;
    out.mean[rows] = mean;
    out.max[rows] = greatest;
    rows += 1;
  };
  for (let bucket = 0; bucket < grid.count; bucket += 1) {
    const samples = count[bucket] ?? Number.NaN;
    if (samples === 0) continue;
    const begins = first[bucket] ?? Number.NaN;
    const silence = begins - (last[before] ?? Number.NaN);
    if (before >= 0 && bucket > before + 1 && silence > GAP_PERIODS * period) put(grid.start + (before + 1) * grid.width, Number.NaN, Number.NaN, Number.NaN);
    const least = min[bucket] ?? Number.NaN;
    const greatest = max[bucket] ?? Number.NaN;
    if (least < greatest) spread = true;
    // A mean of equal values must not leave their range by a rounding.
    put(begins, least, Math.min(Math.max((sum[bucket] ?? Number.NaN) / samples, least), greatest), greatest);
    before = bucket;
  }
  return { t: out.t.subarray(0, rows), min: out.min.subarray(0, rows), mean: out.mean.subarray(0, rows), max: out.max.subarray(0, rows), spread };
}

/** The median distance between samples that are there, from a few hundred of them, of one column or of parts of one; null below two. */
export function samplingPeriod(parts: readonly { readonly t: Float64Array; readonly values: Float64Array }[]): number | null {
  const gaps: number[] = [];
  const rows = parts.reduce((sum, { t }) => sum + t.length, 0);
  const stride = Math.max(1, Math.floor(rows / 300));
  for (const { t, values } of parts) {
    for (let start = 0; start < t.length; start += stride) {
      const here = nextPresent(values, start);
      const there = nextPresent(values, here + 1);
      if (there >= t.length) break;
      gaps.push((t[there] ?? Number.NaN) - (t[here] ?? Number.NaN));
    }
  }
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? null;
}

function nextPresent(values: Float64Array, start: number): number {
  let index = start;
  while (index < values.length && Number.isNaN(values[index])) index += 1;
  return index;
}
