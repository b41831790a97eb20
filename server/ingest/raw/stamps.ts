import { STREAM_BOUNDS } from '../../settings/index.ts';
import { ORDINAL_PERIOD } from '../../../collectors/run/index.ts';
import type { Clock } from '../../../core/readings/index.ts';
import { Refusal } from './refusal.ts';

/** Rows a second that no tool prints, and how many of them tell a recorded file from a burst. */
const FASTEST = STREAM_BOUNDS.undated.value;
const SURE = 200;
/** Seconds that a tool's stop-watch may be ahead of ours. */
const AHEAD = 60;

/** What the sender of a recorded file says of its times: when it began, seconds UTC, and how often its tool printed, seconds. */
export interface Recording {
  readonly start?: number;
  readonly period?: number;
}

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
 * the first ones, before a second arrival says how often the tool prints, at ORDINAL_PERIOD. Lines that come faster than any tool prints are
 * a recorded file: its times are those that the sender gives, or it is refused (a Refusal) before its stamps run into the future.
 */
export function stamper({ start, period }: Recording = {}): Stamper {
  let lastOrdinal = Number.NEGATIVE_INFINITY;
  let lastStamp: number | null = null;
  let origin: number | null = null;
  let newestDate = Number.NEGATIVE_INFINITY;
  let wentBack = 0;
  let firstArrival: number | null = null;
  let since = 0; // rows so far

  const byArrival = (ats: readonly number[], now: number) => {
    if (start !== undefined) {
      if (period === undefined) throw recorded('lines without a time of a file that has a start', 'say how often the tool printed, in seconds: &period=1');
      return (at: number) => start + at * period;
    }
    const fresh = [...new Set(ats)].filter((at) => at > lastOrdinal).sort((a, b) => a - b);
    firstArrival ??= now;
    since += fresh.length; // those of the first arrival too: a tool that has just been joined has not printed hundreds
    if (since > Math.max(SURE, (now - firstArrival) * FASTEST))
      throw recorded(since <= FASTEST ? `${since} lines without a time at its beginning` : `more than ${FASTEST} lines without a time in a second`, GIVE);
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
    if (origin === null && Number.isFinite(newest)) origin = start ?? now - newest;
    const begin = origin ?? now;
    if (start === undefined && begin + newest > now + AHEAD) throw recorded('a stop-watch that runs ahead of the clock', GIVE);
    return (at: number) => begin + at;
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

const GIVE =
  'say when it began and how often the tool printed: &start=2026-11-26T14:00:00Z&period=1 (seconds; of lines with a stop-watch the start alone), or give the file to headroom diagnose';

function recorded(seen: string, remedy: string): Refusal {
  return new Refusal(422, { error: `this is a recorded file, not a tool that prints: ${seen}`, where: 'body', remedy });
}
