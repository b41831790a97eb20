import type { Output } from '../text/index.ts';

/** Stands for "the page's time" until it is known. */
const PENDING = Number.NEGATIVE_INFINITY;

/** Which time the samples of a page have. */
export interface PageClock {
  /** The time of the pages that follow (`# headroom-time`). */
  stamp(at: number): void;
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
 * A session is dated or it is not: the first page decides. In a dated one a sample without a time has that of the comment before the
 * page, else the latest time in its page; in an undated one pages are counted.
 */
export function pageClock(out: Output): PageClock {
  let stamped: number | null = null;
  let dated: boolean | null = null;
  let latest: number | null = null;
  let pending = false;
  let sweep = 0;
  let pageTime: number | null = null;

  return {
    stamp(at) {
      stamped = at;
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
      const time = stamped ?? latest;
      dated ??= time !== null;
      out.clock = dated ? 'utc' : 'ordinal';
      pageTime = dated ? time : sweep;
      if (dated && pending && time === null) out.reject(line, 'a page without any time among pages that have one', '');
      if (!dated && latest !== null) out.reject(line, 'samples with times of their own among pages that have none', '');
      sweep += 1;
    },
    timeOf(held) {
      if (held === PENDING) return pageTime;
      return dated === true ? held : null;
    },
    next() {
      latest = null;
      pending = false;
      pageTime = null;
    },
  };
}
