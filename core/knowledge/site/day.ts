/** Seconds of a day as a length of time: a day of the calendar may have an hour more or less. */
export const DAY = 86_400;

/** Longer than any day: one with a changed clock has 25 hours. Seconds. */
const LONGEST = 27 * 3_600;

/**
 * When the local day of an instant began, both in seconds UTC, on the clocks of an IANA zone. Where a change of clocks skips
 * midnight, the day begins with its first instant. Throws a RangeError for a zone that does not exist.
 */
export function dayStart(now: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
  const dateOf = (at: number): string => format.format(at * 1000);
  const today = dateOf(now);
  // No arithmetic with hours: a day has 23 to 25 of them, and offsets come in quarters.
  let before = Math.floor(now) - LONGEST;
  let within = Math.floor(now);
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (dateOf(middle) === today) within = middle;
    else before = middle;
  }
  return within;
}

/** True for the name of a zone of the IANA database; offsets such as +02:00 are none: they know no summer time. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
