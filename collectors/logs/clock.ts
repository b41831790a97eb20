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
  /** Whether its times are step times added up: what passed between steps is not in them. */
  isSum(): boolean;
  /** Looks at a line for what later lines need: the first stamp, the year. */
  note(line: string): void;
  /** Whether a line carries a stamp. */
  isStamped(line: string): boolean;
  /** The time of a reading in this line, which decides the clock if nothing has; null where it has none on this clock. */
  reading(line: string, time: LineTime): ReadingTime | null;
  /** The work that a bar shows begins in this line. */
  begins(line: string): void;
  /** The time of an event in this line; `decides` where the line's program always stamps its lines. */
  event(line: string, decides: boolean): number | null;
}

/** Seconds on the log's clock. */
interface ReadingTime {
  readonly at: number;
  /** The line has no time of its own: it belongs to the stamped line before it. */
  readonly borrowed: boolean;
}

/** Lines looked at for a year or a first stamp. */
const NOTED = 5_000;
/** A bar without a stamp is placed by the last stamp in so many lines before it. */
const LOOKED_BACK = 32;
/**
 * A bar that is first seen this young, seconds, began after the stamp above it; an older one was running when that was printed, and so
 * was one whose training has told something at a stamp before.
 */
const YOUNG_BAR = 600;
/** A file's name is taken for the year of stamps this near to its date. */
const NEAR = 45 * DAY;

/** A clock that nothing has decided yet. `tz` is the zone of stamps that name none; `file` may carry the date. Times are seconds on the clock of `out`. */
export function logClock(out: Output, options: { tz: string; file: string | undefined }): LogClock {
  const read = timeReader(options.tz);
  const calendar = openCalendar(read, dateIn(options.file, read));
  const bars = barClock();
  const recent: string[] = []; // the last lines, for the stamp before a bar
  let kind: Kind | null = null;
  let noted = 0;
  let last: number | null = null;
  let spoke = false; // something was read at a stamp
  let anchor: { readonly stamp: LogStamp; readonly at: number } | null = null; // `at` of what the bars show at the stamp
  let total = 0;
  let count = 0;

  const stampIn = (line: string): LogStamp | null => {
    const stamp = stampOf(line, read);
    return stamp === null ? null : calendar.dated(stamp);
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
    const at = stamp.kind === 'yearless' ? calendar.sinceFirst(stamp) : stamp.at;
    last = at ?? last;
    return at;
  };
  const lastStamp = (): LogStamp | null => {
    for (let at = recent.length - 1; at >= 0; at -= 1) {
      const stamp = stampIn(recent[at] ?? '');
      if (stamp !== null) return stamp;
    }
    return null;
  };
  /** Seconds of a stamp on a scale of its own kind, to tell which of two is later. */
  const scale = (stamp: LogStamp): number => (stamp.kind === 'yearless' ? (calendar.sinceFirst(stamp) ?? Number.NaN) : stamp.at);
  const byAnchor = (shown: number): number | null => {
    const from = anchor === null ? null : byStamp(anchor.stamp);
    return from === null || anchor === null ? null : from + shown - anchor.at;
  };

  return {
    isSum: () => kind === 'took',
    note(line) {
      recent.push(line);
      if (recent.length > LOOKED_BACK) recent.shift();
      if (noted >= NOTED) return;
      noted += 1;
      const stamp = stampOf(line, read);
      if (stamp !== null) calendar.note(stamp);
    },
    isStamped: (line) => stampIn(line) !== null,
    begins(line) {
      const own = stampIn(line);
      const stamp = own ?? lastStamp();
      const shown = bars.begin();
      // The next of several bars goes on where the one before ended, unless a later line has a stamp.
      if (stamp === null || (own === null && anchor !== null && !(scale(stamp) > scale(anchor.stamp) + shown - anchor.at))) return;
      anchor = { stamp, at: shown };
    },
    reading(line, time) {
      const stamp = stampIn(line);
      const { elapsed } = time;
      const shown = elapsed === undefined ? null : bars.at(elapsed);
      if (stamp === null && shown !== null && anchor === null && (kind === null || kind === 'date' || kind === 'yearless' || kind === 'uptime')) {
        const before = lastStamp();
        if (before !== null) anchor = { stamp: before, at: shown < YOUNG_BAR && !spoke ? 0 : shown };
      }
      const start = stamp === null && shown !== null ? anchor : null;
      const chosen = decide(stamp?.kind ?? start?.stamp.kind ?? (shown !== null ? 'elapsed' : time.took !== undefined ? 'took' : 'none'));
      let at: number | null;
      if (chosen === 'none') {
        at = count;
        count += 1;
      } else if (chosen === 'elapsed') at = shown ?? bars.now();
      else if (chosen === 'took') at = total += time.took ?? 0;
      else at = byStamp(stamp) ?? (shown === null ? null : byAnchor(shown));
      spoke ||= stamp !== null;
      if (at !== null) return { at, borrowed: false };
      const borrowed = byStamp(lastStamp()) ?? last;
      return borrowed === null ? null : { at: borrowed, borrowed: true };
    },
    event(line, decides) {
      const stamp = stampIn(line);
      if (stamp !== null && decides) decide(stamp.kind);
      return byStamp(stamp);
    },
  };
}

type Yearless = Extract<LogStamp, { kind: 'yearless' }>;

/** What the dated lines and the file's name tell of stamps without a year. */
interface Calendar {
  note(stamp: LogStamp): void;
  /** The stamp with its year, where a date near it is known; else as it stands. */
  dated(stamp: LogStamp): LogStamp;
  /** Seconds since the log's first yearless stamp. The year is not invented. */
  sinceFirst(stamp: Yearless): number | null;
}

function openCalendar(read: TimeReader, fileDate: number | null): Calendar {
  let reference = fileDate; // a date near which yearless stamps lie
  let first: number | null = null; // the first yearless stamp, as if in a year of our choice
  let before = Number.NEGATIVE_INFINITY;
  let turns = 0; // New Year's Eves since the first one

  const inPlainYear = (stamp: Yearless): number | null => {
    const plain = read(`2023-${two(stamp.month)}-${two(stamp.day)} ${stamp.clock}`) ?? read(`2024-${two(stamp.month)}-${two(stamp.day)} ${stamp.clock}`);
    if (plain === null) return null;
    if (plain.at < before - 180 * DAY) turns += 1;
    before = plain.at;
    return plain.at + turns * 365 * DAY;
  };
  return {
    note(stamp) {
      if (stamp.kind === 'date' && reference === fileDate) reference = stamp.at;
      if (stamp.kind === 'yearless') first ??= inPlainYear(stamp);
    },
    dated(stamp) {
      if (stamp.kind !== 'yearless' || reference === null) return stamp;
      const found = nearest(stamp, reference, read);
      if (found === null || Math.abs(found.at - reference) > NEAR) return stamp;
      reference = found.at;
      return { kind: 'date', ...found };
    },
    sinceFirst(stamp) {
      const at = inPlainYear(stamp);
      if (at === null) return null;
      first ??= at;
      return at - first;
    },
  };
}

/** Seconds that a log's progress bars have run, one after the other. */
interface BarClock {
  /** What the bars have run when one of them shows so many seconds; one that shows less than before is a new one. */
  at(elapsed: number): number;
  /** The next bar is a new one: what they have run until now. */
  begin(): number;
  now(): number;
}

function barClock(): BarClock {
  let before = 0;
  let shown = 0;
  const now = () => before + shown;
  const begin = () => {
    before += shown;
    shown = 0;
    return before;
  };
  return {
    at(elapsed) {
      if (elapsed < shown) begin();
      shown = elapsed;
      return now();
    },
    begin,
    now,
  };
}

/** The date in a file's name: `run-20250221-193057.log`, `2025-02-21_train.out`. */
function dateIn(file: string | undefined, read: TimeReader): number | null {
  const match = /(?:^|\D)(20\d\d)[-_]?([01]\d)[-_]?([0-3]\d)(?:\D|$)/.exec(file ?? '');
  return match === null ? null : (read(`${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''} 12:00:00`)?.at ?? null);
}

/** The date with that month and day which lies nearest to another. */
function nearest(stamp: Yearless, to: number, read: TimeReader): { at: number; zoneless: boolean } | null {
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
