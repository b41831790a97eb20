import type { MetricId, Table } from '../readings/index.ts';
import { columnOf, JUDGED } from './stats.ts';
import { BRIDGED_PERIODS } from './thresholds.ts';

/** Gaps looked at: the same number for a run that is still growing and for the finished one, so that both get one grid. */
export const PERIOD_GAPS = 64;
/** Widths that a grid may have, seconds: rounder ones make two samplers of nearly one period share bins. */
const WIDTHS = [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600];
/** A sampler that wants 1 s comes at 1.0 to 1.1 s. */
const JITTER = 0.15;

/** What says how often a tool samples a GPU; engines and hosts where there is none. */
const CLOCKS: readonly MetricId[] = [
  'gpu.util',
  'gpu.grActive',
  'gpu.tensorActive',
  'gpu.dramActive',
  'gpu.power',
  'engine.running',
  'engine.generationTokens',
  'engine.generationRate',
  'engine.trainTokenRate',
  'engine.trainSteps',
  'engine.trainStepTime',
  'engine.trainFlopRate',
  'host.cpu',
  'host.cpuTime',
];

/** Median distance of the first present values of a column, seconds; null below two. */
export function cadenceOf(t: Float64Array, column: Float64Array): number | null {
  const gaps: number[] = [];
  let last = Number.NaN;
  for (let i = 0; i < column.length && gaps.length < PERIOD_GAPS; i += 1) {
    if (Number.isNaN(column[i] ?? Number.NaN)) continue;
    const at = t[i] ?? Number.NaN;
    if (!Number.isNaN(last)) gaps.push(at - last);
    last = at;
  }
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? null;
}

/** The grid's bin width for some tables of one kind: the slowest of their samplers, rounded; null where nothing was sampled twice. */
export function gridPeriod(tables: readonly Table[]): number | null {
  let slowest: number | null = null;
  for (const table of tables) {
    const fastest = tableCadence(table);
    if (fastest !== null && (slowest === null || fastest > slowest)) slowest = fastest;
  }
  return slowest === null ? null : roundPeriod(slowest);
}

/** Of one entity's tools the slowest of those that show load (util, DCGM): a finer grid would repeat their samples. */
function tableCadence(table: Table): number | null {
  let cadence: number | null = null;
  for (const id of CLOCKS) {
    const column = table.columns.get(id);
    if (column === undefined || (id === 'gpu.power' && cadence !== null)) continue;
    const own = cadenceOf(table.t, column);
    if (own !== null && (cadence === null || own > cadence)) cadence = own;
  }
  return cadence;
}

/** The width that a measured period means: 1.0007 s is 1 s, 3 s is 5 s. */
export function roundPeriod(seconds: number): number {
  return WIDTHS.find((width) => seconds <= width * (1 + JITTER)) ?? seconds;
}

/** Gaps remembered per column to know its own sampling period. */
const CADENCE_GAPS = 33;
/** Jitter allowed on top of BRIDGED_PERIODS. */
const SLACK = 1.2;

/**
 * One entity's judged columns on the run's fixed grid: bin k holds [k·period, (k+1)·period). Rows come in time order.
 * A gauge counts in the bin of its time stamp, and stands for empty bins since the sample before if the gap is at most
 * three of its own periods; a rate is spread over the interval that it was measured in, under the same limit. What is
 * absent stays NaN: gaps are masked, never interpolated.
 */
export interface EntityGrid {
  gauges(id: MetricId, t: Float64Array, values: Float64Array, start: number): void;
  /** `since` is where each rate's interval begins; it ends at `t`. */
  rates(id: MetricId, since: Float64Array, t: Float64Array, values: Float64Array, start: number): void;
  /** Values of bins first ≤ k < end, without a copy where possible; null where the column never came. */
  values(column: number, first: number, end: number): Float64Array | null;
  /** Lets go of bins before `first`. */
  trim(first: number): void;
  /** First bin after the last that has a value. */
  end(): number;
  start(): number;
}

interface Column {
  mean: Float64Array;
  /** Accumulator of the latest bin. */
  bin: number;
  sum: number;
  weight: number;
  lastAt: number;
  lastValue: number;
  gaps: number[];
  cadence: number;
}

export function entityGrid(period: number): EntityGrid {
  const columns: (Column | undefined)[] = new Array<Column | undefined>(JUDGED.length);
  let base = Number.NaN;
  let capacity = 0;
  let end = Number.NEGATIVE_INFINITY;
  let start = Number.POSITIVE_INFINITY;

  const reach = (bin: number) => {
    if (Number.isNaN(base)) {
      base = bin;
      capacity = 64;
    }
    if (bin - base >= capacity) {
      capacity = Math.max(capacity * 2, bin - base + 64);
      for (const column of columns) if (column !== undefined) column.mean = grown(column.mean, capacity);
    }
    if (bin + 1 > end) end = bin + 1;
    if (bin < start) start = bin;
  };
  const columnFor = (index: number): Column => {
    const known = columns[index];
    if (known !== undefined) return known;
    const made: Column = {
      mean: new Float64Array(capacity).fill(Number.NaN),
      bin: Number.NEGATIVE_INFINITY,
      sum: 0,
      weight: 0,
      lastAt: Number.NaN,
      lastValue: Number.NaN,
      gaps: [],
      cadence: Number.NaN,
    };
    columns[index] = made;
    return made;
  };
  const put = (column: Column, bin: number, value: number, weight: number) => {
    if (bin < base) return;
    if (bin > column.bin) {
      column.bin = bin;
      column.sum = 0;
      column.weight = 0;
    } else if (bin < column.bin) return;
    column.sum += value * weight;
    column.weight += weight;
    column.mean[bin - base] = column.sum / column.weight;
  };
  /** Whether the gap since the column's sample before is short enough to bridge, learning the column's own period. */
  const bridges = (column: Column, at: number): boolean => {
    const gap = at - column.lastAt;
    if (!(gap > 0)) return false;
    learn(column, gap);
    return gap <= BRIDGED_PERIODS * SLACK * Math.max(column.cadence, period);
  };

  return {
    gauges(id, t, values, start) {
      const index = columnOf(id);
      if (index === undefined) return;
      for (let i = start; i < values.length; i += 1) {
        const value = values[i] ?? Number.NaN;
        if (value !== value) continue;
        const at = t[i] ?? Number.NaN;
        const bin = Math.floor(at / period);
        reach(bin);
        const column = columnFor(index);
        if (bridges(column, at)) for (let k = Math.max(column.bin + 1, base); k < bin; k += 1) put(column, k, column.lastValue, 1);
        put(column, bin, value, 1);
        column.lastAt = at;
        column.lastValue = value;
      }
    },
    rates(id, since, t, values, start) {
      const index = columnOf(id);
      if (index === undefined) return;
      for (let i = start; i < values.length; i += 1) {
        const value = values[i] ?? Number.NaN;
        if (value !== value) continue;
        const from = since[i] ?? Number.NaN;
        const to = t[i] ?? Number.NaN;
        const last = Math.ceil(to / period) - 1;
        const first = Math.floor(from / period);
        reach(first);
        reach(last);
        const column = columnFor(index);
        if (column.lastAt !== column.lastAt) column.lastAt = from;
        const bridged = bridges(column, to);
        column.lastAt = to;
        if (!bridged) continue;
        for (let k = first; k <= last; k += 1) {
          const overlap = Math.min(to, (k + 1) * period) - Math.max(from, k * period);
          if (overlap > 0) put(column, k, value, overlap);
        }
      }
    },
    values(index, first, stop) {
      const column = columns[index];
      if (column === undefined) return null;
      const low = first - base;
      if (low >= 0 && stop - base <= column.mean.length) return column.mean.subarray(low, stop - base);
      const copy = new Float64Array(stop - first).fill(Number.NaN);
      const from = Math.max(first, base);
      const to = Math.min(stop, base + column.mean.length);
      if (to > from) copy.set(column.mean.subarray(from - base, to - base), from - first);
      return copy;
    },
    trim(first) {
      if (!(first > base + 256)) return;
      const cut = first - base;
      for (const column of columns) {
        if (column === undefined) continue;
        const kept = new Float64Array(Math.max(64, column.mean.length - cut)).fill(Number.NaN);
        kept.set(column.mean.subarray(Math.min(cut, column.mean.length)));
        column.mean = kept;
      }
      capacity = Math.max(64, capacity - cut);
      base = first;
    },
    end: () => end,
    start: () => start,
  };
}

function grown(old: Float64Array, capacity: number): Float64Array {
  const made = new Float64Array(capacity).fill(Number.NaN);
  made.set(old);
  return made;
}

function learn(column: Column, gap: number): void {
  if (column.gaps.length >= CADENCE_GAPS) return;
  let place = column.gaps.length;
  while (place > 0 && (column.gaps[place - 1] ?? gap) > gap) place -= 1;
  column.gaps.splice(place, 0, gap);
  column.cadence = column.gaps[column.gaps.length >> 1] ?? gap;
}
