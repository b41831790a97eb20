import { DAY } from './time.ts';

/** Seconds since the first stamp, from stamps that carry a time of day only. */
export interface DayClock {
  /** `seconds` of the day → seconds since the first stamp; midnight is passed by going back more than half a day. `null` when the clock was set back: the stamp cannot be placed. */
  at(seconds: number): number | null;
}

/** A fresh clock; the first stamp is 0. */
export function dayClock(): DayClock {
  let first: number | null = null;
  let last = 0;
  let days = 0;
  return {
    at(seconds) {
      if (first === null) {
        first = seconds;
        last = seconds;
        return 0;
      }
      if (seconds < last) {
        if (last - seconds <= DAY / 2) return null;
        days += 1;
      }
      last = seconds;
      return days * DAY + seconds - first;
    },
  };
}
