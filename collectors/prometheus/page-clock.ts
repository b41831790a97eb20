import type { Output } from '../text/index.ts';

/** Stands for "the page's time" until it is known. */
const PENDING = Number.NEGATIVE_INFINITY;

/** A time that stands beside the pages: a date, or a time of day as seconds since the first one. */
export interface PageStamp {
  readonly kind: 'utc' | 'relative';
  readonly at: number;
}

/** Which time the samples of a page have. */
export interface PageClock {
  /** The time of the pages that follow (`# headroom-time`, the line of a `date` before a page). */
  stamp(stamp: PageStamp): void;
  /** The time of the one page that ends here: the loop prints its date behind each page. */
  stampEnd(stamp: PageStamp): void;
  /** The date before the pages is used up: the same series came again without a new one. */
  forget(): void;
  /** Whether dates stand before or behind the pages; null where none was seen. */
  readonly stamps: 'before' | 'behind' | null;
  /** The time under which a sample is held: its own, or "the page's". */
  hold(at: number | null): number;
  /** Says what the page's time is, now that all of it was read. `line` is where the page ended. */
  close(line: number): void;
  /** The time of a held sample on the batch's clock; null where it has none. */
  timeOf(this: void, held: number): number | null;
  /** A new page begins. */
  next(): void;
}

/**
 * A session is dated or it is not: the first page decides. In a dated one a sample without a time has that of the line before or behind
 * the page, else the latest time in its page; in an undated one pages are counted.
 */
export function pageClock(out: Output): PageClock {
  let stamped: PageStamp | null = null;
  let stamps: 'before' | 'behind' | null = null;
  let clock: 'utc' | 'relative' | 'ordinal' | null = null;
  let latest: number | null = null;
  let pending = false;
  let sweep = 0;
  let pageTime: number | null = null;

  return {
    get stamps() {
      return stamps;
    },
    stamp(stamp) {
      stamps ??= 'before';
      stamped = stamp;
    },
    stampEnd(stamp) {
      stamps ??= 'behind';
      stamped = stamp;
    },
    forget() {
      stamped = null;
    },
    hold(at) {
      if (at === null) {
        pending = true;
        return PENDING;
      }
      latest = latest === null ? at : Math.max(latest, at);
      return at;
    },
    close(line) {
      clock ??= stamped?.kind ?? (latest !== null ? 'utc' : 'ordinal');
      out.clock = clock;
      const own = clock === 'utc' ? latest : null;
      const time = stamped?.kind === clock ? stamped.at : own;
      pageTime = clock === 'ordinal' ? sweep : time;
      if (clock !== 'ordinal' && pending && time === null) out.reject(line, 'a page without any time among pages that have one', '');
      if (clock !== 'utc' && latest !== null) out.reject(line, 'samples with times of their own among pages that have none', '');
      if (stamps === 'behind') stamped = null;
      sweep += 1;
    },
    timeOf(held) {
      if (held === PENDING) return pageTime;
      return clock === 'utc' ? held : null;
    },
    next() {
      latest = null;
      pending = false;
      pageTime = null;
    },
  };
}
