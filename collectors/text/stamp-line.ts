import { americanStamp, parseClockTime, type Stamp, type TimeReader } from './time.ts';

/** Longer lines hold more than a date. */
const LONGEST = 90;
/** Ornaments and a word around a date: `=== <date> ===`, `# <date>`, `[<date>]`, `Timestamp: <date>`. */
const BEFORE = /^[\s#=*<>[(-]{0,40}(?:(?:time(?:stamp)?|date|at|now|scraped(?: at)?|sample(?: at)?) ?[:=]? ?)?/i;
const AFTER = /[\s#=*<>\]):-]{0,40}$/;
/** Seconds since 1970 from 2001 on, or its milli-, micro- or nanoseconds: other bare numbers are no date. */
const EPOCH = /^[1-4]\d{9}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?$/;
/** A zone's name at the end, or before the year, that more than one zone has (CST, IST). */
const ZONE_NAME = / [A-Z]{2,5}(?= \d{4}$|$)/;
/** The first letters of the months in the languages whose `date` people have, by number. */
const MONTHS: readonly RegExp[] = [
  /^(?:jan|ene|gen)/,
  /^(?:feb|fév|fev)/,
  /^(?:mar|mär|mrt|mrz)/,
  /^(?:apr|avr|abr)/,
  /^(?:may|mai|mei|maj|mag)/,
  /^(?:jun|juin|giu)/,
  /^(?:jul|juil|lug)/,
  /^(?:aug|aoû|aou|ago)/,
  /^(?:sep|set)/,
  /^(?:oct|okt|ott|out)/,
  /^nov/,
  /^(?:dec|dez|dic|déc)/,
];

/** The date that a line holds and nothing besides, as `date` in a loop prints it in any form and language; null for any other line. */
export function stampIn(line: string, read: TimeReader): Stamp | null {
  const text = bare(line);
  if (text === null) return null;
  if (/^[\d.]+$/.test(text)) return EPOCH.test(text) ? read(text) : null;
  return read(text) ?? read(americanStamp(text) ?? '') ?? read(text.replace(ZONE_NAME, '')) ?? read(spelledOut(text) ?? '');
}

/** The time of day that a line holds and nothing besides (`date +%T`), in seconds; null for any other line. */
export function clockIn(line: string): number | null {
  const text = bare(line);
  return text !== null && /:\d\d:/.test(text) ? parseClockTime(text) : null;
}

/** A short line without what stands around a date; null for one that can hold none. */
function bare(line: string): string | null {
  if (line.length > LONGEST || !/\d/.test(line)) return null;
  return line.replace(BEFORE, '').replace(AFTER, '');
}

/** `20261126-140203`, `Do 26. Nov 14:02:03 CET 2026`, `jeu. 26 nov. 2026 14:02:03`, `2026年 11月 26日 星期四 14:02:03`, as an ISO date; null for any other text. */
function spelledOut(text: string): string | null {
  const digits = /^(20\d\d)(\d\d)(\d\d)[-_](\d\d)(\d\d)(\d\d)$/.exec(text);
  if (digits !== null) return `${digits.slice(1, 4).join('-')} ${digits.slice(4).join(':')}`;
  const clock = /(?:^|\s)(\d{1,2}):(\d\d):(\d\d)(?=\s|$)/.exec(text);
  if (clock === null || text.split(/\s+/).length > 8) return null;
  const rest = text.replace(clock[0], ' ');
  const east = /(20\d\d) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日/.exec(rest);
  const year = east?.[1] ?? /(?:^|\s)(20\d\d)(?=\s|$)/.exec(rest)?.[1];
  const month = east?.[2] ?? monthIn(rest);
  const day = east?.[3] ?? /(?:^|\s)(\d{1,2})(?=[.,]?(?:\s|$))/.exec(rest)?.[1];
  if (year === undefined || month === null || day === undefined) return null;
  const half = /(?:^|\s)(am|pm)(?=\s|$)/i.exec(rest)?.[1]?.toLowerCase();
  const hour = (Number.parseInt(clock[1] ?? '', 10) % (half === undefined ? 24 : 12)) + (half === 'pm' ? 12 : 0);
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')} ${String(hour).padStart(2, '0')}:${clock[2] ?? ''}:${clock[3] ?? ''}`;
}

/** The number of the month that a text names; of words that could be a weekday's, too (`mar.`), the last. */
function monthIn(text: string): string | null {
  const numbers = text
    .toLowerCase()
    .split(/[\s.,]+/)
    .map((word) => MONTHS.findIndex((month) => month.test(word)) + 1);
  const month = numbers.filter((number) => number > 0).at(-1);
  return month === undefined ? null : String(month);
}
