import { own } from '../../core/readings/index.ts';
import { parseDecimal } from './numbers.ts';
import { offsetOf, zoneOf, type Zone } from './zone.ts';

/** No stamp is longer, a zone's name in brackets behind it included. */
const LONGEST_STAMP = 120;

/** Seconds of a day. */
export const DAY = 86_400;

/** An instant in seconds since 1970 UTC, and whether the text named no zone, so that the caller's decided. */
export interface Stamp {
  readonly at: number;
  readonly zoneless: boolean;
}

export type TimeReader = (text: string) => Stamp | null;

/**
 * Reads time stamps as tools print them: ISO 8601 with and without zone, `2025/02/21 19:31:51.123` (nvidia-smi),
 * `20250221 19:31:51` (dmon -o DT), `Fri Feb 21 19:31:51 2025` (the table, the XML, `date`), RFC 2822, and seconds, milliseconds,
 * microseconds or nanoseconds since 1970. Null for any other text. Throws a RangeError for a zone that does not exist.
 * The reader remembers the zone's last offset: keep one for a whole text.
 */
export function timeReader(tz: string): TimeReader {
  const zone = zoneOf(tz);
  return (text) => (text.length > LONGEST_STAMP ? null : (readNumeric(text, zone) ?? readEpoch(text) ?? readWords(text, zone)));
}

/** One stamp, the short way; see timeReader for many. */
export function parseTime(text: string, tz = 'UTC'): Stamp | null {
  return timeReader(tz)(text);
}

/** `HH:MM:SS` with or without a fraction, `09:14:01 PM`, as seconds of the day; null for any other text. */
export function parseClockTime(text: string): number | null {
  const match = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: (AM|PM))?$/.exec(text);
  if (match === null) return null;
  const hour = twelveHour(int(match[1]), match[5]);
  return secondsOfDay(hour, int(match[2]), match[3] === undefined ? 0 : int(match[3]), fraction(match[4]));
}

/**
 * `11/30/2021 09:14:01 PM`, as programs of the C locale and Python's `%m/%d/%Y` print it, as `2021-11-30 21:14:01` for a TimeReader; null
 * for any other text. Not among the formats of timeReader, since elsewhere the day comes first: the caller must know the program.
 */
export function americanStamp(text: string): string | null {
  const match = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d)(:\d\d:\d\d)(?: (AM|PM))?$/.exec(text);
  if (match === null) return null;
  const [, month = '', day = '', year = '', hour, rest = '', half] = match;
  return `${year}-${month}-${day} ${String(twelveHour(int(hour), half)).padStart(2, '0')}${rest}`;
}

const NUMERIC = /^(\d{4})([-/]?)(\d\d)\2(\d\d)(?:[T ]|, ?)\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;
const EPOCH = /^\d{9,19}(?:\.\d+)?$/;
const RFC_2822 =
  /^(?:[a-z]{3},?\s+)?(\d{1,2})[ -]([a-z]{3})[ -](\d{4}),?\s+(\d\d):(\d\d)(?::(\d\d))?(?:\s*(am|pm))?(?:\s*([a-z]{1,4}|[+-]\d{2,4}))?(?:\s*\(.*\))?\s*$/i;
/** `date` in British and other English locales: the day before the month, the year at the end. */
const DAY_FIRST = /^[a-z]{3,9},?\s+(\d{1,2}) ([a-z]{3})[a-z]* (\d{1,2}):(\d\d):(\d\d)(?:\s*(am|pm))?(?:\s*([a-z]{3,5}|[+-]\d{2,4}))?\s+(\d{4})$/i;
const CTIME = /^[a-z]{3}\s+([a-z]{3})\s+(\d{1,2})\s+(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:\s*(am|pm))?(?:\s*([a-z]{3,5}|[+-]\d{2,4}))?\s+(\d{4})$/i;

const MONTHS: readonly string[] = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zone words of which the meaning is not in doubt (RFC 2822's own, and Alvis's). Others (IST, CST …) name several zones. */
const ZONE_WORDS: Readonly<Record<string, number>> = {
  z: 0,
  ut: 0,
  utc: 0,
  gmt: 0,
  est: -5,
  edt: -4,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  wet: 0,
  west: 1,
  cet: 1,
  cest: 2,
  eet: 2,
  eest: 3,
};

function readNumeric(text: string, zone: Zone): Stamp | null {
  const first = text.charCodeAt(0);
  if (first < 48 || first > 57) return null;
  const fast = readFixed(text, zone);
  if (fast !== null) return fast;
  const m = NUMERIC.exec(text);
  if (m === null) return null;
  const clock = secondsOfDay(int(m[5]), int(m[6]), m[7] === undefined ? 0 : int(m[7]), fraction(m[8]));
  return stampOf(dayOf(int(m[1]), int(m[3]), int(m[4])), clock, offsetOfText(m[9]), zone);
}

/** `YYYY?MM?DD?HH:MM:SS` with an optional `.fff` and no zone, the form of most recorded lines, without a regular expression. */
function readFixed(text: string, zone: Zone): Stamp | null {
  if (text.length < 19 || text.length > 26 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return null;
  const mark = text.charCodeAt(4);
  const gap = text.charCodeAt(10);
  if ((mark !== 47 && mark !== 45) || text.charCodeAt(7) !== mark || (gap !== 32 && gap !== 84)) return null;
  let decimals = 0;
  if (text.length > 19) {
    if (text.charCodeAt(19) !== 46) return null;
    const part = parseDecimal(text.slice(19));
    if (part === null) return null;
    decimals = part;
  }
  const day = dayOf(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
  const clock = secondsOfDay(digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19), decimals);
  return stampOf(day, clock, null, zone);
}

/** Shifts the decimal point in the text: dividing nanoseconds as numbers would lose the last digits first. */
function readEpoch(text: string): Stamp | null {
  if (!EPOCH.test(text)) return null;
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  const places = whole.length <= 11 ? 0 : whole.length <= 14 ? 3 : whole.length <= 17 ? 6 : 9;
  const cut = whole.length - places;
  const at = parseDecimal(`${whole.slice(0, cut)}.${whole.slice(cut)}${point < 0 ? '' : text.slice(point + 1)}`);
  return at === null ? null : { at, zoneless: false };
}

function readWords(text: string, zone: Zone): Stamp | null {
  const rfc = RFC_2822.exec(text);
  if (rfc !== null) {
    const day = dayOf(int(rfc[3]), monthOf(rfc[2]), int(rfc[1]));
    const clock = secondsOfDay(twelveHour(int(rfc[4]), rfc[7]), int(rfc[5]), rfc[6] === undefined ? 0 : int(rfc[6]), 0);
    return stampOf(day, clock, offsetOfText(rfc[8]), zone);
  }
  const day = DAY_FIRST.exec(text);
  if (day !== null) {
    const clock = secondsOfDay(twelveHour(int(day[3]), day[6]), int(day[4]), int(day[5]), 0);
    return stampOf(dayOf(int(day[8]), monthOf(day[2]), int(day[1])), clock, offsetOfText(day[7]), zone);
  }
  const c = CTIME.exec(text);
  if (c === null) return null;
  const hour = twelveHour(int(c[3]), c[7]);
  return stampOf(dayOf(int(c[9]), monthOf(c[1]), int(c[2])), secondsOfDay(hour, int(c[4]), int(c[5]), fraction(c[6])), offsetOfText(c[8]), zone);
}

/** Day and clock are null where a part is out of range; `offset` null means that the text names no zone, NaN one that is not known. */
function stampOf(day: number | null, clock: number | null, offset: number | null, zone: Zone): Stamp | null {
  if (day === null || clock === null) return null;
  if (offset === null) return { at: zone.toUtc(day + clock), zoneless: true };
  return Number.isNaN(offset) ? null : { at: day + clock - offset, zoneless: false };
}

/** Seconds since 1970 of a day's start, null where there is no such day. */
function dayOf(year: number, month: number, day: number): number | null {
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return null;
  const date = Date.UTC(year, month - 1, day);
  return day > 28 && new Date(date).getUTCDate() !== day ? null : date / 1000;
}

function secondsOfDay(hour: number, minute: number, second: number, part: number): number | null {
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return null; // 60: a leap second
  return hour * 3600 + minute * 60 + second + part;
}

function twelveHour(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function offsetOfText(text: string | undefined): number | null {
  if (text === undefined) return null;
  const hours = own(ZONE_WORDS, text.toLowerCase());
  return hours === undefined ? (offsetOf(text) ?? Number.NaN) : hours * 3600;
}

/** 1 for `Jan`; NaN without a name, 0 for one that is no month's. */
export function monthOf(name: string | undefined): number {
  return name === undefined ? Number.NaN : MONTHS.indexOf(name.toLowerCase()) + 1;
}

/** A group of digits that a regular expression has matched; NaN where it matched none. */
export function int(text: string | undefined): number {
  return text === undefined ? Number.NaN : Number.parseInt(text, 10);
}

function fraction(text: string | undefined): number {
  return text === undefined ? 0 : Number.parseFloat(`0.${text}`);
}

/** NaN where a character is no digit, which every range check then refuses. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return Number.NaN;
    value = value * 10 + (code - 48);
  }
  return value;
}
