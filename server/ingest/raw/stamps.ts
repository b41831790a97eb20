import { ORDINAL_PERIOD } from '../../../collectors/run/align.ts';
import type { Clock } from '../../../core/readings/index.ts';

/** Turns the times of one stream's batches into seconds UTC. */
export interface Stamper {
  /** `ats` are a batch's times on its clock, `now` when its text arrived. Gives the stamp of each. */
  stamp(clock: Clock, ats: readonly number[], now: number): (at: number) => number;
  /** How far the stream's own dates have gone back so far, seconds; 0 where they never did. */
  readonly wentBack: number;
}

/**
 * Dated lines keep their dates. Seconds of a tool's own stop-watch start from the first arrival. Lines with no time at all
 * are stamped on arrival; when several sweeps arrive together, they are spread evenly over the time since the last arrival;
 * the first ones, before a second arrival says how often the tool prints, at ORDINAL_PERIOD.
 */
export function stamper(): Stamper {
  let lastOrdinal = Number.NEGATIVE_INFINITY;
  let lastStamp: number | null = null;
  let origin: number | null = null;
  let newestDate = Number.NEGATIVE_INFINITY;
  let wentBack = 0;

  const byArrival = (ats: readonly number[], now: number) => {
    const fresh = [...new Set(ats)].filter((at) => at > lastOrdinal).sort((a, b) => a - b);
    const stamps = new Map<number, number>();
    const before = lastStamp ?? now - fresh.length * ORDINAL_PERIOD;
    // The same millisecond twice would be one instant: two sweeps would become one reading.
    const step = Math.max((now - before) / Math.max(fresh.length, 1), 0.001);
    fresh.forEach((at, index) => stamps.set(at, before + step * (index + 1)));
    const newest = fresh.at(-1);
    const late = lastStamp ?? now;
    if (newest !== undefined) {
      lastOrdinal = newest;
      lastStamp = stamps.get(newest) ?? now;
    }
    return (at: number) => stamps.get(at) ?? late;
  };
  const byStopwatch = (ats: readonly number[], now: number) => {
    const newest = ats.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY);
    if (origin === null && Number.isFinite(newest)) origin = now - newest;
    const start = origin ?? now;
    return (at: number) => start + at;
  };
  const byDate = (ats: readonly number[]) => {
    for (const at of ats) {
      wentBack = Math.max(wentBack, newestDate - at);
      newestDate = Math.max(newestDate, at);
    }
    return (at: number) => at;
  };

  return {
    get wentBack() {
      return wentBack;
    },
    stamp(clock, ats, now) {
      if (clock === 'ordinal') return byArrival(ats, now);
      return clock === 'relative' ? byStopwatch(ats, now) : byDate(ats);
    },
  };
}
