import type { LiveReadings, WatchTarget } from '../../../core/contract/index.ts';
import type { MetricId } from '../../../core/readings/index.ts';
import { type SeriesAsk, type Trouble, troubleOf } from '../api.ts';
import { watch, type Watcher } from '../live.svelte.ts';
import { openHeld, type SeriesSource } from './held.ts';
import { lastTime, type Tracks } from './tracks.ts';

/** The stretch  `to: null` follows the newest reading; a number for `span` with it is a rolling window. */
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

const DRAW_AFTER_MS = 200;
const AGAIN_AFTER_MS = 5000;

/** The series of one view: history by request, then live readings appended; after a cut the tail is fetched again from the last time held. */
export function openSeries(options: SeriesViewOptions): SeriesView {
  const held = openHeld(options);
  const fetching = oneFetch();
  const drawing = delayed(settle, DRAW_AFTER_MS);
  let version = $state(0);
  let from = $state(0);
  let to = $state(0);
  let loading = $state(true);
  let trouble = $state.raw<Trouble | null>(null);
  let reasons = $state.raw<ReadonlyMap<string, string>>(new Map());
  let range: Range = { from: null, to: null };

  const follows = (): boolean => range.to === null;

  function settle(): void {
    const last = lastTime(held.tracks);
    if (follows() && last !== null) {
      to = Math.max(last, range.span === undefined ? to : 0);
      if (range.span !== undefined) from = to - range.span;
    }
    version += 1;
  }

  async function load(): Promise<void> {
    const signal = fetching.restart();
    loading = true;
    held.wait();
    try {
      const ask = askOf(options, range);
      const reply = await held.fetchWhole(ask, signal);
      from = ask.from ?? reply.from;
      to = ask.to ?? reply.to;
      reasons = new Map(reply.absent.map(({ metric, reason }) => [metric, reason]));
      trouble = null;
      if (follows() && options.target !== undefined) await held.fetchEnd(signal);
      held.release(follows());
      loading = false;
      settle();
    } catch (error) {
      if (!signal.aborted) failed(error, load);
    }
  }

  async function mend(): Promise<void> {
    if (held.waiting || !follows()) return;
    const signal = fetching.signal();
    held.wait();
    try {
      await held.fetchMissing(to, signal);
      trouble = null;
      held.release(true);
      settle();
    } catch (error) {
      if (signal.aborted) return;
      held.release(false);
      failed(error, mend);
    }
  }

  function failed(error: unknown, again: () => Promise<void>): void {
    trouble = troubleOf(error);
    loading = false;
    if (trouble?.kind === 'offline' || trouble?.kind === 'broken') fetching.again(again);
  }

  function take(readings: LiveReadings): void {
    if (held.waiting) {
      held.take(readings);
      return;
    }
    if (!follows()) return;
    const due = held.take(readings);
    if (due === 'tail') void mend();
    else if (due === 'whole') void load();
    // Several nodes' readings come within moments of each other: draw them once.
    drawing.start();
  }

  function resumed(): void {
    options.also?.resumed?.();
    void mend();
  }

  const unwatch = options.target === undefined ? () => undefined : watch(options.target, { ...options.also, readings: take, resumed });

  return {
    get tracks() {
      return held.tracks;
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
      fetching.close();
      drawing.close();
      unwatch();
    },
  };
}

function askOf({ metrics, points, serverNow }: SeriesViewOptions, { from, to, span }: Range): SeriesAsk {
  const start = span !== undefined && serverNow !== undefined ? serverNow() - span : from;
  return { metrics, points, ...(start === null ? {} : { from: start }), ...(to === null ? {} : { to }) };
}

/** One fetch at a time: a new one ends the one before it, a failed one is tried again, closing ends all. */
function oneFetch() {
  let running = new AbortController();
  let retry: ReturnType<typeof setTimeout> | undefined;
  return {
    signal: (): AbortSignal => running.signal,
    restart(): AbortSignal {
      running.abort();
      running = new AbortController();
      return running.signal;
    },
    again(fetch: () => Promise<void>): void {
      clearTimeout(retry);
      retry = setTimeout(() => void fetch(), AGAIN_AFTER_MS);
    },
    close(): void {
      running.abort();
      clearTimeout(retry);
    },
  };
}

/** Does something once, `ms` after the first of any number of starts. */
function delayed(action: () => void, ms: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    start(): void {
      timer ??= setTimeout(() => {
        timer = undefined;
        action();
      }, ms);
    },
    close: (): void => clearTimeout(timer),
  };
}
