import { DAY, type Output, timeReader, type TimeReader } from '../text/index.ts';
import type { LineTime } from './reader.ts';
import { type LogStamp, stampOf } from './stamp.ts';

/**
 * The clock of a log. Its first reading decides, for one source has one clock:
 * - date: the stamps are dates, or lack only a year that a dated line before them or the file's name gives;
 * - yearless: seconds since the log's first stamp. The year is not invented;
 * - uptime, elapsed: the program's own stop-watch, a progress bar;
 * - took: the step times added up;
 * - none: readings are counted.
 */
type Kind = 'date' | 'yearless' | 'uptime' | 'elapsed' | 'took' | 'none';

export interface LogClock {
  /** Looks at a line for what later lines need: the first stamp, the year. */
  note(line: string): void;
  /** The time of a reading in this line, which decides the clock if nothing has; null where it has none on this clock. */
  reading(line: string, key: string, time: LineTime): number | null;
  /** The work that a bar shows begins in this line. */
  begins(line: string): void;
  /** The time of an event in this line; `decides` where the line's program always stamps its lines. */
  event(line: string, decides: boolean): number | null;
}

/** Lines looked at for a year or a first stamp. */
const NOTED = 5_000;
/** A file's name is taken for the year of stamps this near to its date. */
const NEAR = 45 * DAY;

/** A clock that nothing has decided yet. `tz` is the zone of stamps that name none; `file` may carry the date. Times are seconds on the clock of `out`. */
export function logClock(out: Output, options: { tz: string; file: string | undefined }): LogClock {
  const read = timeReader(options.tz);
  const fileDate = dateIn(options.file, read);
  let kind: Kind | null = null;
  let reference: number | null = fileDate; // a date near which yearless stamps lie
  let first: number | null = null; // the first yearless stamp, as if in a year of our choice
  let lastYearless = Number.NEGATIVE_INFINITY;
  let turns = 0; // New Year's Eves since the first one
  let noted = 0;
  let last: number | null = null;
  const used = new Map<string, number>();
  let elapsedBefore = 0;
  let elapsedLast = 0;
  let anchor: LogStamp | null = null;
  let total = 0;
  let count = 0;

  const inPlainYear = (stamp: Extract<LogStamp, { kind: 'yearless' }>): number | null => {
    const plain = read(`2023-${two(stamp.month)}-${two(stamp.day)} ${stamp.clock}`) ?? read(`2024-${two(stamp.month)}-${two(stamp.day)} ${stamp.clock}`);
    if (plain === null) return null;
    if (plain.at < lastYearless - 180 * DAY) turns += 1;
    lastYearless = plain.at;
    return plain.at + turns * 365 * DAY;
  };
  const dated = (stamp: LogStamp): LogStamp => {
    if (stamp.kind !== 'yearless' || reference === null) return stamp;
    const found = nearest(stamp, reference, read);
    if (found === null || Math.abs(found.at - reference) > NEAR) return stamp;
    reference = found.at;
    return { kind: 'date', ...found };
  };
  const decide = (chosen: Kind): Kind => {
    if (kind !== null) return kind;
    kind = chosen;
    out.clock = chosen === 'date' ? 'utc' : chosen === 'none' ? 'ordinal' : 'relative';
    return chosen;
  };
  const byStamp = (stamp: LogStamp | null): number | null => {
    if (stamp === null || stamp.kind !== kind) return null;
    if (stamp.kind === 'date') out.zoneless ||= stamp.zoneless;
    const at = stamp.kind === 'yearless' ? sinceFirst(stamp) : stamp.at;
    last = at ?? last;
    return at;
  };
  const sinceFirst = (stamp: Extract<LogStamp, { kind: 'yearless' }>): number | null => {
    const at = inPlainYear(stamp);
    if (at === null) return null;
    first ??= at;
    return at - first;
  };
  const byAnchor = (start: LogStamp | null, elapsed: number | undefined): number | null => {
    const from = byStamp(start);
    return from === null || elapsed === undefined ? null : from + elapsed;
  };
  const byElapsed = (elapsed: number | undefined): number => {
    if (elapsed !== undefined) {
      if (elapsed < elapsedLast) elapsedBefore += elapsedLast; // a new bar
      elapsedLast = elapsed;
    }
    return elapsedBefore + elapsedLast;
  };
  /** A line without a stamp belongs to the last one with one, once per entity: a second reading would lie on the first. */
  const carried = (key: string): number | null => (last !== null && used.get(key) !== last ? last : null);

  return {
    note(line) {
      if (noted >= NOTED) return;
      noted += 1;
      const stamp = stampOf(line, read);
      if (stamp?.kind === 'date' && reference === fileDate) reference = stamp.at;
      if (stamp?.kind === 'yearless' && first === null) first = inPlainYear(stamp);
    },
    begins(line) {
      const stamp = stampOf(line, read);
      anchor = stamp === null ? null : dated(stamp);
    },
    reading(line, key, time) {
      const raw = stampOf(line, read);
      const stamp = raw === null ? null : dated(raw);
      const start = stamp === null && time.elapsed !== undefined ? anchor : null;
      const chosen = decide(stamp?.kind ?? start?.kind ?? (time.elapsed !== undefined ? 'elapsed' : time.took !== undefined ? 'took' : 'none'));
      let at: number | null;
      if (chosen === 'none') {
        at = count;
        count += 1;
      } else if (chosen === 'elapsed') at = byElapsed(time.elapsed);
      else if (chosen === 'took') at = total += time.took ?? 0;
      else at = byStamp(stamp) ?? byAnchor(start, time.elapsed) ?? carried(key);
      if (at !== null) used.set(key, at);
      return at;
    },
    event(line, decides) {
      const raw = stampOf(line, read);
      const stamp = raw === null ? null : dated(raw);
      if (stamp !== null && decides) decide(stamp.kind);
      return byStamp(stamp);
    },
  };
}

/** The date in a file's name: `run-20250221-193057.log`, `2025-02-21_train.out`. */
function dateIn(file: string | undefined, read: TimeReader): number | null {
  const match = /(?:^|\D)(20\d\d)[-_]?([01]\d)[-_]?([0-3]\d)(?:\D|$)/.exec(file ?? '');
  return match === null ? null : (read(`${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''} 12:00:00`)?.at ?? null);
}

/** The date with that month and day which lies nearest to another. */
function nearest(stamp: Extract<LogStamp, { kind: 'yearless' }>, to: number, read: TimeReader): { at: number; zoneless: boolean } | null {
  const year = new Date(to * 1000).getUTCFullYear();
  let best: { at: number; zoneless: boolean } | null = null;
  for (const candidate of [year - 1, year, year + 1]) {
    const found = read(`${candidate}-${two(stamp.month)}-${two(stamp.day)} ${stamp.clock}`);
    if (found !== null && (best === null || Math.abs(found.at - to) < Math.abs(best.at - to))) best = found;
  }
  return best;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
