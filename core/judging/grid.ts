import type { MetricId } from '../readings/index.ts';
import { columnOf, JUDGED } from './stats.ts';
import { BRIDGED_PERIODS, BRIDGED_SLACK } from './thresholds.ts';

/** Gaps remembered per column to know its own sampling period. */
const CADENCE_GAPS = 33;

/** Rows of one metric, in time order, of which those from `start` on are new: times in seconds, NaN where the value is absent. */
export interface MetricRows {
  readonly t: Float64Array;
  readonly values: Float64Array;
  readonly start: number;
}

/** Where each step began, as far as it is known, and 1 where that is sure over any silence before it. */
interface StepSpans {
  readonly since: Float64Array;
  readonly sure: Uint8Array;
}

/**
 * One entity's judged columns on the run's fixed grid: bin k holds [k·period, (k+1)·period). Rows come in time order.
 * A gauge counts in the bin of its time stamp, and stands for empty bins since the sample before if the gap is at most
 * three of its own periods; a rate is spread over the interval that it was measured in, under the same limit. What is
 * absent stays NaN: gaps are masked, never interpolated.
 */
export interface EntityGrid {
  gauges(id: MetricId, rows: MetricRows): void;
  /** Looks at an engine, each 1 where a request was there and 0 where none was: their mean in a bin is the part of the looks. */
  looks(rows: MetricRows): void;
  /** `since` is where each rate's interval begins; it ends at the row's time. */
  rates(id: MetricId, rows: MetricRows, since: Float64Array): void;
  /** Rates of steps that ended at the row's time. */
  steps(id: MetricId, rows: MetricRows, spans: StepSpans): void;
  /** Values of bins first ≤ k < end, without a copy where possible; null where the column never came. */
  values(column: number, first: number, end: number): Float64Array | null;
  /** Part of the looks of bins first ≤ k < end that saw a request; null where nobody looked. */
  asked(first: number, end: number): Float64Array | null;
  /** Lets go of bins before `first`. */
  trim(first: number): void;
  /** First bin after the last that has a value. */
  end(): number;
  start(): number;
}

/** Place of the looks, behind the judged columns: no figure of a verdict, but what its gauges are worth. */
const LOOKS = JUDGED.length;

/** An empty grid of bins `period` seconds wide. */
export function entityGrid(period: number): EntityGrid {
  const grid: BinGrid = {
    period,
    columns: new Array<Column | undefined>(LOOKS + 1),
    base: Number.NaN,
    capacity: 0,
    end: Number.NEGATIVE_INFINITY,
    start: Number.POSITIVE_INFINITY,
  };
  return {
    gauges(id, rows) {
      const index = columnOf(id);
      if (index !== undefined) addGauges(grid, index, rows);
    },
    looks: (rows) => addGauges(grid, LOOKS, rows),
    rates(id, rows, since) {
      const index = columnOf(id);
      if (index !== undefined) addRates(grid, index, { ...rows, since });
    },
    steps(id, rows, spans) {
      const index = columnOf(id);
      if (index !== undefined) addSteps(grid, index, { ...rows, ...spans });
    },
    values: (index, first, end) => valuesOf(grid, grid.columns[index], { first, end }),
    asked: (first, end) => valuesOf(grid, grid.columns[LOOKS], { first, end }),
    trim: (first) => trim(grid, first),
    end: () => grid.end,
    start: () => grid.start,
  };
}

interface BinGrid {
  readonly period: number;
  readonly columns: (Column | undefined)[];
  /** The bin that the columns' first place holds; NaN before the first row. */
  base: number;
  capacity: number;
  end: number;
  start: number;
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

/** Places by which a column grows and that it keeps at least. */
const ROOM = 64;
/** Bins that must have become superfluous before the columns are copied without them. */
const WORTH_TRIMMING = 256;

function addGauges(grid: BinGrid, index: number, { t, values, start }: MetricRows): void {
  for (let i = start; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (value !== value) continue;
    const at = t[i] ?? Number.NaN;
    const bin = Math.floor(at / grid.period);
    reach(grid, bin);
    const column = columnAt(grid, index);
    if (bridges(grid, column, at)) for (let k = Math.max(column.bin + 1, grid.base); k < bin; k += 1) put(column, k - grid.base, k, column.lastValue, 1);
    put(column, bin - grid.base, bin, value, 1);
    column.lastAt = at;
    column.lastValue = value;
  }
}

function addRates(grid: BinGrid, index: number, { since, t, values, start }: MetricRows & { readonly since: Float64Array }): void {
  const { period } = grid;
  for (let i = start; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (value !== value) continue;
    const from = since[i] ?? Number.NaN;
    const to = t[i] ?? Number.NaN;
    const last = Math.ceil(to / period) - 1;
    const first = Math.floor(from / period);
    reach(grid, first);
    reach(grid, last);
    const column = columnAt(grid, index);
    if (column.lastAt !== column.lastAt) column.lastAt = from;
    const bridged = bridges(grid, column, to);
    column.lastAt = to;
    if (bridged) spread(grid, column, { value, from, to });
  }
}

/** A value in every bin that its time from ≤ t < to touches, with the weight of what lies in there. */
function spread({ base, period }: BinGrid, column: Column, { value, from, to }: { readonly value: number; readonly from: number; readonly to: number }): void {
  const last = Math.ceil(to / period) - 1;
  for (let k = Math.floor(from / period); k <= last; k += 1) {
    const overlap = Math.min(to, (k + 1) * period) - Math.max(from, k * period);
    if (overlap > 0) put(column, k - base, k, value, overlap);
  }
}

/** A step that is longer than others counts as long as it took: spread over its time, so that a mean over bins is work over time. */
function addSteps(grid: BinGrid, index: number, { since, sure, t, values, start }: MetricRows & StepSpans): void {
  const { period } = grid;
  for (let i = start; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (value !== value) continue;
    const to = t[i] ?? Number.NaN;
    const from = since[i] ?? Number.NaN;
    const first = Math.floor((from < to ? from : to) / period);
    const last = from < to ? Math.ceil(to / period) - 1 : first;
    reach(grid, first);
    reach(grid, last);
    const column = columnAt(grid, index);
    const bridged = bridges(grid, column, to);
    column.lastAt = to;
    // After a silence nobody knows when the step began, unless something tells how long it took.
    const begun = bridged || sure[i] === 1 ? from : Number.NaN;
    if (!(begun < to)) put(column, Math.floor(to / period) - grid.base, Math.floor(to / period), value, period);
    else spread(grid, column, { value, from: begun, to });
  }
}

/** Makes room for a bin. */
function reach(grid: BinGrid, bin: number): void {
  if (Number.isNaN(grid.base)) {
    grid.base = bin;
    grid.capacity = ROOM;
  }
  if (bin - grid.base >= grid.capacity) {
    grid.capacity = Math.max(grid.capacity * 2, bin - grid.base + ROOM);
    for (const column of grid.columns) if (column !== undefined) column.mean = grown(column.mean, grid.capacity);
  }
  if (bin + 1 > grid.end) grid.end = bin + 1;
  if (bin < grid.start) grid.start = bin;
}

function columnAt(grid: BinGrid, index: number): Column {
  const known = grid.columns[index];
  if (known !== undefined) return known;
  const made: Column = {
    mean: new Float64Array(grid.capacity).fill(Number.NaN),
    bin: Number.NEGATIVE_INFINITY,
    sum: 0,
    weight: 0,
    lastAt: Number.NaN,
    lastValue: Number.NaN,
    gaps: [],
    cadence: Number.NaN,
  };
  grid.columns[index] = made;
  return made;
}

/** Adds a weighted value to a bin and its place in the column; bins before the latest are closed. */
function put(column: Column, place: number, bin: number, value: number, weight: number): void {
  if (place < 0) return;
  if (bin > column.bin) {
    column.bin = bin;
    column.sum = 0;
    column.weight = 0;
  } else if (bin < column.bin) return;
  column.sum += value * weight;
  column.weight += weight;
  column.mean[place] = column.sum / column.weight;
}

/** Whether the gap since the column's sample before is short enough to bridge, learning the column's own period. */
function bridges({ period }: BinGrid, column: Column, at: number): boolean {
  const gap = at - column.lastAt;
  if (!(gap > 0)) return false;
  learn(column, gap);
  return gap <= BRIDGED_PERIODS * BRIDGED_SLACK * Math.max(column.cadence, period);
}

function valuesOf({ base }: BinGrid, column: Column | undefined, { first, end }: { first: number; end: number }): Float64Array | null {
  if (column === undefined) return null;
  const low = first - base;
  if (low >= 0 && end - base <= column.mean.length) return column.mean.subarray(low, end - base);
  const copy = new Float64Array(end - first).fill(Number.NaN);
  const from = Math.max(first, base);
  const to = Math.min(end, base + column.mean.length);
  if (to > from) copy.set(column.mean.subarray(from - base, to - base), from - first);
  return copy;
}

function trim(grid: BinGrid, first: number): void {
  if (!(first > grid.base + WORTH_TRIMMING)) return;
  const cut = first - grid.base;
  for (const column of grid.columns) {
    if (column === undefined) continue;
    const kept = new Float64Array(Math.max(ROOM, column.mean.length - cut)).fill(Number.NaN);
    kept.set(column.mean.subarray(Math.min(cut, column.mean.length)));
    column.mean = kept;
  }
  grid.capacity = Math.max(ROOM, grid.capacity - cut);
  grid.base = first;
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
  // Of two the shorter: a pause between two looks is no pace.
  column.cadence = column.gaps[(column.gaps.length - 1) >> 1] ?? gap;
}
