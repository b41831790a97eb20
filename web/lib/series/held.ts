import type { DrawnReply, LiveReadings } from '../../../core/contract/index.ts';
import type { MetricId } from '../../../core/readings/index.ts';
import type { SeriesAsk } from '../api.ts';
import { appendBlocks, emptyTracks, joinReply, lastBucketStart, tailStart, type Tracks } from './tracks.ts';

/** Where series come from: the server's API, or the worker that holds a dropped file. */
export type SeriesSource = (ask: SeriesAsk, signal: AbortSignal) => Promise<DrawnReply>;

/** What is to be fetched after live readings were taken: the live end, the whole, or nothing. */
type Due = 'tail' | 'whole' | null;

/** The series of a view as they are held: the past as it was fetched, then what came live. It knows no page, clock or timer. */
export interface Held {
  readonly tracks: Tracks;
  /** True from `wait` to `release`: live readings are kept back for what is being fetched. */
  readonly waiting: boolean;
  wait(): void;
  /** Ends the waiting; what was kept back is appended where the view `follows`. */
  release(follows: boolean): void;
  /** Takes readings that came live, or keeps them back. */
  take(readings: LiveReadings): Due;
  /** Fetches the past anew, in place of all that is held. */
  fetchWhole(ask: SeriesAsk, signal: AbortSignal): Promise<DrawnReply>;
  /** Fetches the last bucket of each series again sample by sample, so that live readings join without overlap. */
  fetchEnd(signal: AbortSignal): Promise<void>;
  /** Fetches what may be missing at the live end that is shown up to `to`. */
  fetchMissing(to: number, signal: AbortSignal): Promise<void>;
}

const TAIL_POINTS = 5000;
const MAX_QUEUED = 500;

/** Opens the series of some metrics; empty, and waiting, until the whole is fetched. */
export function openHeld({ source, metrics, points }: { source: SeriesSource; metrics: readonly MetricId[]; points: number }): Held {
  const wanted = new Set(metrics);
  let tracks = emptyTracks();
  let queued: LiveReadings[] | null = [];
  let appended = 0;
  let unrated = false;

  function append({ blocks }: LiveReadings): Due {
    const incomplete = appendBlocks(tracks, blocks, wanted);
    appended += Math.max(0, ...blocks.map((block) => block.t.length));
    // The first value of a counter has no rate yet; once its second has come, the server fills the one between.
    const due = unrated && !incomplete;
    unrated = !due && (unrated || incomplete);
    if (due) return 'tail';
    // What was appended is as fine as it came: take the whole again before it outgrows the history's resolution.
    return appended > 2 * points ? 'whole' : null;
  }

  async function fetchTail(start: number, signal: AbortSignal): Promise<void> {
    joinReply(tracks, await source({ metrics, points: TAIL_POINTS, from: start }, signal), start);
  }

  return {
    get tracks() {
      return tracks;
    },
    get waiting() {
      return queued !== null;
    },
    wait() {
      queued ??= [];
    },
    release(follows) {
      const kept = queued ?? [];
      queued = null;
      if (follows) for (const readings of kept) append(readings);
    },
    take(readings) {
      if (queued === null) return append(readings);
      // The fetch under way will bring whatever is dropped here.
      if (queued.length >= MAX_QUEUED) queued.length = 0;
      queued.push(readings);
      return null;
    },
    async fetchWhole(ask, signal) {
      const reply = await source(ask, signal);
      const next: Tracks = { ...emptyTracks(), counters: new Map(tracks.counters) };
      joinReply(next, reply, Number.NEGATIVE_INFINITY);
      tracks = next;
      appended = 0;
      return reply;
    },
    async fetchEnd(signal) {
      const start = lastBucketStart(tracks);
      if (start !== null) await fetchTail(start, signal);
    },
    fetchMissing: (to, signal) => fetchTail(tailStart(tracks, to - TAIL_POINTS), signal),
  };
}
