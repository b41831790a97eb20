import { lowerBound, recentPeriod } from '../../../core/readings/index.ts';
import type { Track } from './tracks.ts';

/** Times and a value for each, NaN where there is a gap. */
interface Curve {
  readonly t: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** A line ready to draw: one value per time, NaN where there is a gap; the band is the lowest and highest of all samples and entities. */
export interface Line {
  readonly t: Float64Array;
  readonly y: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
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
  if (first === undefined) return nothing();
  return tracks.length === 1 ? single(first, ask) : several(tracks, ask);
}

function nothing(): Line {
  const none = new Float64Array(0);
  return { t: none, y: none, low: none, high: none };
}

function single(track: Track, { from, to, scale = 1 }: LineAsk): Line {
  const start = lowerBound(track.t, from);
  const end = lowerBound(track.t, to + 1e-6);
  const column = (values: Float64Array) => (scale === 1 ? values.subarray(start, end) : values.subarray(start, end).map((value) => value * scale));
  return { t: track.t.subarray(start, end), y: column(track.mean), low: column(track.min), high: column(track.max) };
}

/**
 * Entities are not sampled at the same instants, so their samples are laid into slots at least one period wide;
 * an entity that has none in a slot keeps its last value for one and a half periods, else the mean would jump with who answered.
 */
function several(tracks: readonly Track[], { from, to, points, combine, scale = 1 }: LineAsk): Line {
  const period = Math.max(...tracks.map((track) => recentPeriod(track.t) ?? 0), 0);
  const width = Math.max((to - from) / points, period, 1e-3);
  const count = Math.max(1, Math.ceil((to - from) / width - 1e-9));
  const slots = tracks.map((track) => slotsOf(track, { from, width, count, period }));
  const [y, low, high] = [gaps(count), gaps(count), gaps(count)];
  let first = count;
  let end = 0;
  for (let slot = 0; slot < count; slot += 1) {
    let sum = 0;
    let seen = 0;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const { mean, min, max } of slots) {
      const value = mean[slot];
      if (value === undefined || Number.isNaN(value)) continue;
      sum += value;
      seen += 1;
      least = Math.min(least, min[slot] ?? value);
      most = Math.max(most, max[slot] ?? value);
    }
    if (slots.some((one) => (one.seen[slot] ?? 0) > 0)) {
      first = Math.min(first, slot);
      end = slot + 1;
    }
    if (seen === 0) continue;
    y[slot] = (combine === 'sum' ? sum : sum / seen) * scale;
    if (combine === 'sum') continue;
    low[slot] = least * scale;
    high[slot] = most * scale;
  }
  if (end === 0) return nothing();
  const t = y.slice(first, end).map((_, index) => Math.min(from + (first + index + 0.5) * width, to));
  return { t, y: y.subarray(first, end), low: low.subarray(first, end), high: high.subarray(first, end) };
}

function gaps(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
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
  const [sum, seen] = [new Float64Array(count), new Uint32Array(count)];
  const [mean, min, max] = [gaps(count), gaps(count), gaps(count)];
  track.t.forEach((at, index) => {
    const value = track.mean[index];
    // The instant at the very end belongs to the last slot.
    const slot = at <= from + count * width ? Math.min(count - 1, Math.floor((at - from) / width)) : count;
    if (slot < 0 || slot >= count || value === undefined || Number.isNaN(value)) return;
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
export function valueAt(line: Curve, at: number): number | null {
  const index = nearest(line.t, at);
  const value = index === null ? undefined : line.y[index];
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** The value of the step that an instant lies in, for a line of pairs of equal values; null in a gap and outside. */
export function stepAt(line: Curve, at: number): number | null {
  for (let index = 0; index + 1 < line.t.length; index += 2) {
    const value = line.y[index];
    if (at >= (line.t[index] ?? Number.POSITIVE_INFINITY) && at <= (line.t[index + 1] ?? Number.NEGATIVE_INFINITY))
      return value === undefined || Number.isNaN(value) ? null : value;
  }
  return null;
}

/** The mean over time of such steps between two instants, gaps left out; null where all is gap. */
export function meanOver(line: Curve, from: number, to: number): number | null {
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

/** The last value of a line that is no gap, and when; null for an empty line. */
export function lastValue(line: Curve): { at: number; value: number } | null {
  for (let index = line.y.length - 1; index >= 0; index -= 1) {
    const [at, value] = [line.t[index], line.y[index]];
    if (at !== undefined && value !== undefined && !Number.isNaN(value)) return { at, value };
  }
  return null;
}

/** The index of the time nearest to an instant, null beyond two steps outside the times. */
export function nearest(t: ArrayLike<number>, at: number): number | null {
  const [first, last] = [t[0], t[t.length - 1]];
  if (first === undefined || last === undefined) return null;
  const step = t.length > 1 ? (last - first) / (t.length - 1) : 1;
  if (at < first - 2 * step || at > last + 2 * step) return null;
  const after = lowerBound(t, at);
  if (after === 0) return 0;
  if (after >= t.length) return t.length - 1;
  return at - (t[after - 1] ?? at) <= (t[after] ?? at) - at ? after - 1 : after;
}
