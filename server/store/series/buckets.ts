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
}

/** One drawn series; NaN stands for the gap. */
export interface Drawn {
  readonly t: Float64Array;
  readonly min: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
}

export function newBuckets(grid: Grid): Buckets {
  const empty = (value: number): Float64Array => new Float64Array(grid.count).fill(value);
  return {
    grid, sum: empty(0), count: empty(0), min: empty(Number.POSITIVE_INFINITY), max: empty(Number.NEGATIVE_INFINITY),
    first: empty(Number.POSITIVE_INFINITY), last: empty(Number.NEGATIVE_INFINITY),
  };
}

/** Adds samples with from ≤ t < to; NaN is skipped. */
export function addSamples(into: Buckets, { t, values, from, to }: { t: Float64Array; values: Float64Array; from: number; to: number }): void {
  const { start, width, count } = into.grid;
  for (let index = 0; index < t.length; index += 1) {
    const at = t[index] ?? Number.NaN;
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value) || at < from || at >= to) continue;
    const bucket = Math.min(Math.floor((at - start) / width), count - 1);
    into.sum[bucket] = (into.sum[bucket] ?? Number.NaN) + value;
    into.count[bucket] = (into.count[bucket] ?? Number.NaN) + 1;
    if (value < (into.min[bucket] ?? Number.NaN)) into.min[bucket] = value;
    if (value > (into.max[bucket] ?? Number.NaN)) into.max[bucket] = value;
    if (at < (into.first[bucket] ?? Number.NaN)) into.first[bucket] = at;
    if (at > (into.last[bucket] ?? Number.NaN)) into.last[bucket] = at;
  }
}

/** Rows of a roll-up of `seconds`, one column each; NaN where a row has none. */
export interface Rollup {
  readonly t: Float64Array;
  readonly min: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
  readonly count: Float64Array;
  readonly seconds: number;
}

/** Adds roll-up rows with from ≤ t < to: means weigh as many samples as they are of. */
export function addRollup(into: Buckets, rows: Rollup, from: number, to: number): void {
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
 * than three sampling periods: there the first empty bucket stands for the gap, with NaN.
 */
export function drawn({ grid, sum, count, min, max, first, last }: Buckets, period: number): Drawn {
  const rows: { t: number; bucket: number | null }[] = [];
  let before = -1;
  for (let bucket = 0; bucket < grid.count; bucket += 1) {
    if (count[bucket] === 0) continue;
    const silence = (first[bucket] ?? Number.NaN) - (last[before] ?? Number.NaN);
    if (before >= 0 && bucket > before + 1 && silence > 3 * period) rows.push({ t: grid.start + (before + 1) * grid.width, bucket: null });
    rows.push({ t: first[bucket] ?? Number.NaN, bucket });
    before = bucket;
  }
  const pick = (value: (bucket: number) => number | undefined): Float64Array =>
    Float64Array.from(rows, (row) => (row.bucket === null ? Number.NaN : (value(row.bucket) ?? Number.NaN)));
  return {
    t: Float64Array.from(rows, (row) => row.t),
    min: pick((bucket) => min[bucket]),
    // A mean of equal values must not leave their range by a rounding.
    mean: pick((bucket) => Math.min(Math.max((sum[bucket] ?? Number.NaN) / (count[bucket] ?? Number.NaN), min[bucket] ?? Number.NaN), max[bucket] ?? Number.NaN)),
    max: pick((bucket) => max[bucket]),
  };
}

/** The median distance between samples that are there, from a few hundred of them; null below two. */
export function samplingPeriod(t: Float64Array, values: Float64Array): number | null {
  const gaps: number[] = [];
  const stride = Math.max(1, Math.floor(t.length / 300));
  for (let start = 0; start < t.length; start += stride) {
    const here = nextPresent(values, start);
    const there = nextPresent(values, here + 1);
    if (there >= t.length) break;
    gaps.push((t[there] ?? Number.NaN) - (t[here] ?? Number.NaN));
  }
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? null;
}

function nextPresent(values: Float64Array, start: number): number {
  let index = start;
  while (index < values.length && Number.isNaN(values[index])) index += 1;
  return index;
}
