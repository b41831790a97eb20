import { parseDecimal } from './numbers.ts';
import type { Output } from './session.ts';
import { timeReader } from './time.ts';

/** A stop-watch does not show more than three years; a larger number of seconds is a date. */
const LONGEST_RUN = 1e8;

/** The time column of a text: either dates or a stop-watch, decided by the first row, since one source has one clock. */
export interface RowClock {
  /** Seconds on the text's clock; null where the cell is no time of the kind that the first row had. `tick`: seconds per unit of a bare number. */
  at(cell: string, tick: number): number | null;
  /** A time that is already known to be seconds since the text's start or since 1970. */
  accept(kind: 'relative' | 'utc', at: number): number | null;
}

/** Sets the clock and the zone flag of `out` as it reads. */
export function rowClock(out: Output, tz: string): RowClock {
  const read = timeReader(tz);
  let kind: 'relative' | 'utc' | null = null;
  const accept = (seen: 'relative' | 'utc', at: number): number | null => {
    kind ??= seen;
    out.clock = kind;
    return kind === seen ? at : null;
  };
  return {
    accept,
    at(cell, tick) {
      if (kind !== 'utc') {
        const plain = parseDecimal(cell);
        if (plain !== null && plain * tick < LONGEST_RUN) return plain < 0 ? null : accept('relative', plain * tick);
      }
      const stamp = read(cell);
      if (stamp === null) return null;
      out.zoneless ||= stamp.zoneless;
      return accept('utc', stamp.at);
    },
  };
}
