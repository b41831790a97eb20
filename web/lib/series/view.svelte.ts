import type { LiveReadings, WatchTarget } from '../../../core/contract/index.ts';
import type { MetricId } from '../../../core/readings/index.ts';
import { type SeriesAsk, type Trouble, troubleOf } from '../api.ts';
import { watch, type Watcher } from '../live.svelte.ts';
import { openHeld, type SeriesSource } from './held.ts';
import { lastTime, type Tracks } from './tracks.ts';

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

/** What is said of the series, reactive. */
interface Shown {
  /** Grows with every change of the tracks: read it to be told. */
  readonly version: number;
  readonly from: number;
  readonly to: number;
  readonly loading: boolean;
  readonly trouble: Trouble | null;
  readonly reasons: ReadonlyMap<string, string>;
}

export interface SeriesView extends Shown {
  readonly tracks: Tracks;
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
  const shown = $state<{ -readonly [Key in keyof Shown]: Shown[Key] }>({ version: 0, from: 0, to: 0, loading: true, trouble: null, reasons: new Map() });
  let range: Range = { from: null, to: null };

  const follows = (): boolean => range.to === null;

  function settle(): void {
    const last = lastTime(held.tracks);
    if (follows() && last !== null) {
      shown.to = Math.max(last, range.span === undefined ? shown.to : 0);
      if (range.span !== undefined) shown.from = shown.to - range.span;
    }
    shown.version += 1;
  }

  async function load(): Promise<void> {
    const signal = fetching.restart();
    shown.loading = true;
    held.wait();
    try {
      const ask = askOf(options, range);
      const reply = await held.fetchWhole(ask, signal);
      shown.from = ask.from ?? reply.from;
      shown.to = ask.to ?? reply.to;
      shown.reasons = new Map(reply.absent.map(({ metric, reason }) => [metric, reason]));
      shown.trouble = null;
      if (follows() && options.target !== undefined) await held.fetchEnd(signal);
      held.release(follows());
      shown.loading = false;
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
      await held.fetchMissing(shown.to, signal);
      shown.trouble = null;
      held.release(true);
      settle();
    } catch (error) {
      if (signal.aborted) return;
      held.release(false);
      failed(error, mend);
    }
  }

  function failed(error: unknown, again: () => Promise<void>): void {
    shown.trouble = troubleOf(error);
    shown.loading = false;
    if (shown.trouble?.kind === 'offline' || shown.trouble?.kind === 'broken') fetching.again(again);
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
      return shown.version;
    },
    get from() {
      return shown.from;
    },
    get to() {
      return shown.to;
    },
    get loading() {
      return shown.loading;
    },
    get trouble() {
      return shown.trouble;
    },
    get reasons() {
      return shown.reasons;
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
  const lifetime = new AbortController();
  let running = new AbortController();
  let retry: ReturnType<typeof setTimeout> | undefined;
  const signal = (): AbortSignal => AbortSignal.any([running.signal, lifetime.signal]);
  return {
    signal,
    restart(): AbortSignal {
      running.abort();
      running = new AbortController();
      return signal();
    },
    again(fetch: () => Promise<void>): void {
      clearTimeout(retry);
      retry = setTimeout(() => void fetch(), AGAIN_AFTER_MS);
    },
    close(): void {
      lifetime.abort();
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
