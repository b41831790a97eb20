import type { Clock } from '../../core/readings/index.ts';
import { dayClock } from './day-clock.ts';
import { parseDecimal } from './numbers.ts';
import type { Output } from './session.ts';
import { timeReader } from './time.ts';

/** A stop-watch does not show more than three years; a larger number of seconds is a date. */
const LONGEST_RUN = 1e8;

/** The time column of a text: either dates or a stop-watch, decided by the first row, since one source has one clock. */
export interface RowClock {
  /** Seconds on the text's clock; null where the cell is no such time (see `fault`). `tick`: seconds per unit of a bare number. */
  at(cell: string, tick: number): number | null;
  /** The same for a time that is already in seconds since the text's start or since 1970. */
  accept(kind: 'relative' | 'utc', at: number): number | null;
  /** The same for a time of day: seconds since the first one. */
  ofDay(seconds: number): number | null;
  /** The text has rows without time: from now on dates are refused, since one source has one clock. */
  undated(): void;
  /** The last time that was accepted. */
  last(): number | null;
  /** Why the last cell was refused. */
  fault(): string;
}

const EXPECTED = 'expected a time like those before it (a date, or seconds from the start)';

/** Sets the clock and the zone flag of `out` as it reads. A stop-watch that goes back is refused: two runs must not be laid over each other. */
export function rowClock(out: Output, tz: string): RowClock {
  const read = timeReader(tz);
  let kind: Clock | null = null;
  let last: number | null = null;
  let fault = EXPECTED;
  const day = dayClock();

  const accept = (seen: 'relative' | 'utc', at: number): number | null => {
    kind ??= seen;
    out.clock = kind;
    fault = EXPECTED;
    if (kind !== seen) {
      if (kind === 'ordinal') fault = 'a time among output without times: give each a file of its own';
      return null;
    }
    if (kind === 'relative' && last !== null && at < last) {
      fault = `time goes back from ${last} s to ${at} s: another run begins, give each run a file of its own`;
      return null;
    }
    last = at;
    return at;
  };

  return {
    accept,
    ofDay(seconds) {
      const at = day.at(seconds);
      if (at === null) fault = 'the clock went back: this row cannot be placed in time';
      return at === null ? null : accept('relative', at);
    },
    undated() {
      kind ??= 'ordinal';
    },
    last: () => last,
    fault: () => fault,
    at(cell, tick) {
      if (kind !== 'utc') {
        const plain = parseDecimal(cell);
        if (plain !== null && plain * tick < LONGEST_RUN && plain >= 0) return accept('relative', plain * tick);
      }
      fault = EXPECTED;
      const stamp = read(cell);
      if (stamp === null) return null;
      const at = accept('utc', stamp.at);
      if (at !== null) out.zoneless ||= stamp.zoneless;
      return at;
    },
  };
}
