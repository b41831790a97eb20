/** No zone is farther from UTC, seconds. */
export const FARTHEST = 14 * 3600;

/** Turns local times without a zone into UTC. */
export interface Zone {
  /** Local wall-clock seconds (as if they were UTC) → seconds since 1970 UTC. Of a repeated hour the first is taken; a skipped one moves forward. */
  toUtc(local: number): number;
}

/** A zone by IANA name (`Europe/Stockholm`), `UTC` or `±HH:MM`. Throws a RangeError that names an unknown one. */
export function zoneOf(tz: string): Zone {
  const fixed = tz === 'UTC' || tz === 'Z' || tz === 'Etc/UTC' ? 0 : offsetOf(tz);
  if (fixed !== null) return { toUtc: (local) => local - fixed };
  const offsetAt = ianaOffset(tz);
  // Clocks change on a quarter of an hour, so one offset holds for all stamps of a quarter.
  let quarter = Number.NaN;
  let offset = 0;
  return {
    toUtc(local) {
      const at = Math.floor(local / 900);
      if (at !== quarter) {
        quarter = at;
        offset = resolve(at * 900, offsetAt);
      }
      return local - offset;
    },
  };
}

/** True for a zone that zoneOf accepts. */
export function isZone(tz: string): boolean {
  try {
    zoneOf(tz);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Seconds ahead of UTC of `±HH`, `±HHMM` or `±HH:MM`; null for any other text, and beyond the 14 hours that exist. */
export function offsetOf(text: string): number | null {
  const match = /^([+-])(\d\d)(?::?([0-5]\d))?$/.exec(text);
  if (match === null) return null;
  const size = Number.parseInt(match[2] ?? '', 10) * 3600 + Number.parseInt(match[3] ?? '0', 10) * 60;
  if (size > FARTHEST) return null;
  return match[1] === '-' ? -size : size;
}

/** The offset by which a local time is to be read: the one before a change wins where both fit (the first 02:30) and where none does. */
function resolve(local: number, offsetAt: (utc: number) => number): number {
  const before = offsetAt(local - 86_400);
  const after = offsetAt(local + 86_400);
  if (before === after) return before;
  if (offsetAt(local - before) === before) return before;
  return offsetAt(local - after) === after ? after : before;
}

function ianaOffset(tz: string): (utc: number) => number {
  const format = zoneFormat(tz);
  return (utc) => {
    const name = format.formatToParts(utc * 1000).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
    const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name);
    if (match === null) throw new RangeError(`no offset in "${name}" of time zone "${tz}"`);
    if (match[1] === undefined) return 0;
    const size = Number.parseInt(match[2] ?? '', 10) * 3600 + Number.parseInt(match[3] ?? '', 10) * 60 + Number.parseInt(match[4] ?? '0', 10);
    return match[1] === '-' ? -size : size;
  };
}

function zoneFormat(tz: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`unknown time zone "${tz}": give an IANA name such as Europe/Stockholm, or an offset such as +02:00`, { cause: error });
  }
}
