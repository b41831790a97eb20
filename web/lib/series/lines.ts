import { lowerBound } from '../../../core/readings/index.ts';
import { periodOf, type Track } from './tracks.ts';

/** A line ready to draw: one value per time, NaN where there is a gap; the band is the lowest and highest of all samples and entities. */
export interface Line {
  readonly t: readonly number[];
  readonly y: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface LineAsk {
  readonly from: number;
  readonly to: number;
  /** How many times there should be at most. */
  readonly points: number;
  readonly combine: 'mean' | 'sum';
  /** Every value is multiplied by this. */
  readonly scale?: number;
}

/** Several entities' tracks of one metric as one line with its band. One track alone is drawn as it came. */
export function lineOf(tracks: readonly Track[], ask: LineAsk): Line {
  const [first] = tracks;
  if (first === undefined) return { t: [], y: [], low: [], high: [] };
  return tracks.length === 1 ? single(first, ask) : several(tracks, ask);
}

function single(track: Track, { from, to, scale = 1 }: LineAsk): Line {
  const start = lowerBound(track.t, from);
  const end = lowerBound(track.t, to + 1e-6);
  const column = (values: readonly (number | null)[]) => values.slice(start, end).map((value) => (value === null ? Number.NaN : value * scale));
  return { t: track.t.slice(start, end), y: column(track.mean), low: column(track.min), high: column(track.max) };
}

/**
 * Entities are not sampled at the same instants, so their samples are laid into slots at least one period wide;
 * an entity that has none in a slot keeps its last value for one and a half periods, else the mean would jump with who answered.
 */
function several(tracks: readonly Track[], { from, to, points, combine, scale = 1 }: LineAsk): Line {
  const period = Math.max(...tracks.map((track) => periodOf(track) ?? 0), 0);
  const width = Math.max((to - from) / points, period, 1e-3);
  const count = Math.max(1, Math.ceil((to - from) / width - 1e-9));
  const slots = tracks.map((track) => slotsOf(track, { from, width, count, period }));
  const line = { t: [] as number[], y: [] as number[], low: [] as number[], high: [] as number[] };
  let first = -1;
  let last = -1;
  for (let slot = 0; slot < count; slot += 1) {
    let sum = 0;
    let seen = 0;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { mean, min, max } of slots) {
      const value = mean[slot];
      if (value === undefined || Number.isNaN(value)) continue;
      sum += value;
      seen += 1;
      low = Math.min(low, min[slot] ?? value);
      high = Math.max(high, max[slot] ?? value);
    }
    if (slots.some((one) => (one.seen[slot] ?? 0) > 0)) {
      if (first < 0) first = slot;
      last = slot;
    }
    line.t.push(from + (slot + 0.5) * width);
    line.y.push(seen === 0 ? Number.NaN : (combine === 'sum' ? sum : sum / seen) * scale);
    line.low.push(seen === 0 || combine === 'sum' ? Number.NaN : low * scale);
    line.high.push(seen === 0 || combine === 'sum' ? Number.NaN : high * scale);
  }
  if (first < 0) return { t: [], y: [], low: [], high: [] };
  const part = (values: number[]) => values.slice(first, last + 1);
  return { t: part(line.t).map((at) => Math.min(at, to)), y: part(line.y), low: part(line.low), high: part(line.high) };
}

interface Slots {
  readonly from: number;
  /** Seconds of a slot. */
  readonly width: number;
  readonly count: number;
  /** Seconds between the samples of the slowest track. */
  readonly period: number;
}

function slotsOf(track: Track, { from, width, count, period }: Slots) {
  const fill = () => new Float64Array(count).fill(Number.NaN);
  const [sum, seen, min, max] = [new Float64Array(count), new Uint32Array(count), fill(), fill()];
  const mean = fill();
  track.t.forEach((at, index) => {
    const value = track.mean[index];
    // The instant at the very end belongs to the last slot.
    const slot = at <= from + count * width ? Math.min(count - 1, Math.floor((at - from) / width)) : count;
    if (slot < 0 || slot >= count || value === null || value === undefined) return;
    sum[slot] = (sum[slot] ?? 0) + value;
    seen[slot] = (seen[slot] ?? 0) + 1;
    const [low, high] = [min[slot] ?? Number.NaN, max[slot] ?? Number.NaN];
    min[slot] = Number.isNaN(low) ? (track.min[index] ?? value) : Math.min(low, track.min[index] ?? value);
    max[slot] = Number.isNaN(high) ? (track.max[index] ?? value) : Math.max(high, track.max[index] ?? value);
  });
  const hold = Math.max(1, Math.floor((1.5 * period) / width));
  let lastSlot = Number.NEGATIVE_INFINITY;
  for (let slot = 0; slot < count; slot += 1) {
    const n = seen[slot] ?? 0;
    if (n > 0) {
      mean[slot] = (sum[slot] ?? 0) / n;
      lastSlot = slot;
    } else if (slot - lastSlot <= hold) {
      for (const column of [mean, min, max]) column[slot] = column[lastSlot] ?? Number.NaN;
    }
  }
  return { mean, min, max, seen };
}

/** The value of a line at an instant: that of the nearest time, unless it is a gap there; null outside the line. */
export function valueAt(line: Pick<Line, 't' | 'y'>, at: number): number | null {
  const index = nearest(line.t, at);
  const value = index === null ? undefined : line.y[index];
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** The value of the step that an instant lies in, for a line of pairs of equal values; null in a gap and outside. */
export function stepAt(line: Pick<Line, 't' | 'y'>, at: number): number | null {
  for (let index = 0; index + 1 < line.t.length; index += 2) {
    const value = line.y[index];
    if (at >= (line.t[index] ?? Number.POSITIVE_INFINITY) && at <= (line.t[index + 1] ?? Number.NEGATIVE_INFINITY))
      return value === undefined || Number.isNaN(value) ? null : value;
  }
  return null;
}

/** The mean over time of such steps between two instants, gaps left out; null where all is gap. */
export function meanOver(line: Pick<Line, 't' | 'y'>, from: number, to: number): number | null {
  let sum = 0;
  let seconds = 0;
  for (let index = 0; index + 1 < line.t.length; index += 2) {
    const value = line.y[index];
    const length = Math.min(to, line.t[index + 1] ?? from) - Math.max(from, line.t[index] ?? to);
    if (value === undefined || Number.isNaN(value) || length <= 0) continue;
    sum += value * length;
    seconds += length;
  }
  return seconds === 0 ? null : sum / seconds;
}

/** The mean of a line's values that are there; null for an empty line. */
export function meanValue(line: Pick<Line, 'y'>): number | null {
  const there = line.y.filter((value) => !Number.isNaN(value));
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
}

/** The last value of a line that is no gap, and when; null for an empty line. */
export function lastValue(line: Pick<Line, 't' | 'y'>): { at: number; value: number } | null {
  for (let index = line.y.length - 1; index >= 0; index -= 1) {
    const [at, value] = [line.t[index], line.y[index]];
    if (at !== undefined && value !== undefined && !Number.isNaN(value)) return { at, value };
  }
  return null;
}

/** The index of the time nearest to an instant, null beyond two steps outside the times. */
export function nearest(t: readonly number[], at: number): number | null {
  const [first, last] = [t[0], t.at(-1)];
  if (first === undefined || last === undefined) return null;
  const step = t.length > 1 ? (last - first) / (t.length - 1) : 1;
  if (at < first - 2 * step || at > last + 2 * step) return null;
  const after = lowerBound(t, at);
  if (after === 0) return 0;
  if (after >= t.length) return t.length - 1;
  return at - (t[after - 1] ?? at) <= (t[after] ?? at) - at ? after - 1 : after;
}
