import type { DrawnReply, WatchTarget } from '../../../core/contract/index.ts';
import type { MetricId } from '../../../core/readings/index.ts';
import { type SeriesAsk, type Trouble, troubleOf } from '../api.ts';
import { watch, type Watcher } from '../live.svelte.ts';
import { appendBlocks, emptyTracks, joinReply, lastTime, tailStart, type Tracks } from './tracks.ts';

/** Where series come from: the server's API, or the worker that holds a dropped file. */
export type SeriesSource = (ask: SeriesAsk, signal: AbortSignal) => Promise<DrawnReply>;

/** The stretch shown. `to: null` follows the newest reading; a number for `span` with it is a rolling window. */
export interface Range {
  readonly from: number | null;
  readonly to: number | null;
  readonly span?: number;
}

export interface SeriesViewOptions {
  readonly source: SeriesSource;
  readonly metrics: readonly MetricId[];
  readonly points: number;
  /** Watched for new readings; leave out for what is over. */
  readonly target?: WatchTarget;
  readonly also?: Pick<Watcher, 'verdict' | 'resumed'>;
  /** Seconds UTC by the server's clock; for rolling windows. */
  readonly serverNow?: () => number;
}

export interface SeriesView {
  readonly tracks: Tracks;
  /** Grows with every change of `tracks`: read it to be told. */
  readonly version: number;
  readonly from: number;
  readonly to: number;
  readonly loading: boolean;
  readonly trouble: Trouble | null;
  readonly reasons: ReadonlyMap<string, string>;
  show(range: Range): void;
  close(): void;
}

const TAIL_POINTS = 5000;
const MAX_QUEUED = 500;
const DRAW_AFTER_MS = 200;

/** The series of one view: history by request, then live readings appended; after a cut the tail is fetched again from the last time held. */
export function openSeries(options: SeriesViewOptions): SeriesView {
  const wanted = new Set(options.metrics);
  let tracks = emptyTracks();
  let version = $state(0);
  let from = $state(0);
  let to = $state(0);
  let loading = $state(true);
  let trouble = $state.raw<Trouble | null>(null);
  let reasons = $state.raw<ReadonlyMap<string, string>>(new Map());
  let range: Range = { from: null, to: null };
  let appended = 0;
  let queued: Parameters<NonNullable<Watcher['readings']>>[0][] | null = [];
  let retry: ReturnType<typeof setTimeout> | undefined;
  let drawing: ReturnType<typeof setTimeout> | undefined;
  let tailWanted = false;
  let running = new AbortController();
  const lifetime = new AbortController();

  const follows = (): boolean => range.to === null;

  const askOf = (): SeriesAsk => {
    const start = range.span !== undefined && options.serverNow !== undefined ? options.serverNow() - range.span : range.from;
    return { metrics: options.metrics, points: options.points, ...(start === null ? {} : { from: start }), ...(range.to === null ? {} : { to: range.to }) };
  };

  const settle = (): void => {
    const last = lastTime(tracks);
    if (follows() && last !== null) {
      to = Math.max(last, range.span === undefined ? to : 0);
      if (range.span !== undefined) from = to - range.span;
    }
    version += 1;
  };

  async function load(): Promise<void> {
    running.abort();
    running = new AbortController();
    const signal = AbortSignal.any([running.signal, lifetime.signal]);
    loading = true;
    queued ??= [];
    try {
      const ask = askOf();
      const reply = await options.source(ask, signal);
      const next = emptyTracks();
      for (const [key, value] of tracks.counters) next.counters.set(key, value);
      joinReply(next, reply, Number.NEGATIVE_INFINITY);
      tracks = next;
      from = ask.from ?? reply.from;
      to = ask.to ?? reply.to;
      reasons = new Map(reply.absent.map(({ metric, reason }) => [metric, reason]));
      trouble = null;
      appended = 0;
      const tail = lastBucketStart(next);
      if (follows() && options.target !== undefined && tail !== null) await fetchTail(tail, signal);
      for (const readings of queued.splice(0)) take(readings);
      queued = null;
      loading = false;
      settle();
    } catch (error) {
      if (signal.aborted) return;
      failed(error, () => void load());
    }
  }

  /** History comes in buckets; the last bucket of each is fetched again sample by sample, so that live readings join without overlap. */
  async function fetchTail(start: number, signal: AbortSignal): Promise<void> {
    const reply = await options.source({ metrics: options.metrics, points: TAIL_POINTS, from: start }, signal);
    joinReply(tracks, reply, start);
    trouble = null;
  }

  async function mend(): Promise<void> {
    if (queued !== null || !follows()) return;
    queued = [];
    const signal = AbortSignal.any([running.signal, lifetime.signal]);
    try {
      await fetchTail(tailStart(tracks, to - TAIL_POINTS), signal);
      for (const readings of queued.splice(0)) take(readings);
      queued = null;
      settle();
    } catch (error) {
      if (signal.aborted) return;
      queued = null;
      failed(error, () => void mend());
    }
  }

  function failed(error: unknown, again: () => void): void {
    trouble = troubleOf(error);
    loading = false;
    if (trouble?.kind !== 'offline' && trouble?.kind !== 'broken') return;
    clearTimeout(retry);
    retry = setTimeout(again, 5000);
  }

  function take(readings: Parameters<NonNullable<Watcher['readings']>>[0]): void {
    if (!follows()) return;
    const incomplete = appendBlocks(tracks, readings.blocks, wanted);
    appended += Math.max(0, ...readings.blocks.map((block) => block.t.length));
    // The first value of a counter has no rate yet; once its second has come, the server fills the one between.
    if (tailWanted && !incomplete) {
      tailWanted = false;
      void mend();
    } else tailWanted ||= incomplete;
    // What was appended is as fine as it came: take the whole again before it outgrows the history's resolution.
    if (appended > 2 * options.points && queued === null) void load();
  }

  const unwatch =
    options.target === undefined
      ? () => undefined
      : watch(options.target, {
          ...options.also,
          readings: (readings) => {
            if (queued !== null) {
              // The fetch under way will bring whatever is dropped here.
              if (queued.length >= MAX_QUEUED) queued.length = 0;
              queued.push(readings);
            } else {
              take(readings);
              // Several nodes' readings come within moments of each other: draw them once.
              drawing ??= setTimeout(() => {
                drawing = undefined;
                settle();
              }, DRAW_AFTER_MS);
            }
          },
          resumed: () => {
            options.also?.resumed?.();
            void mend();
          },
        });

  return {
    get tracks() {
      return tracks;
    },
    get version() {
      return version;
    },
    get from() {
      return from;
    },
    get to() {
      return to;
    },
    get loading() {
      return loading;
    },
    get trouble() {
      return trouble;
    },
    get reasons() {
      return reasons;
    },
    show(next) {
      range = next;
      void load();
    },
    close() {
      lifetime.abort();
      clearTimeout(retry);
      clearTimeout(drawing);
      unwatch();
    },
  };
}

/** The start of the last bucket but one of those series that still go on; null where there is none. */
function lastBucketStart(tracks: Tracks): number | null {
  let start = Number.POSITIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;
  for (const { t } of tracks.byKey.values()) newest = Math.max(newest, t.at(-1) ?? Number.NEGATIVE_INFINITY);
  for (const { t } of tracks.byKey.values()) {
    const last = t.at(-1);
    // A series that ended long ago needs no finer end.
    if (last !== undefined && newest - last < 600) start = Math.min(start, t.at(-2) ?? last);
  }
  return Number.isFinite(start) ? start : null;
}
