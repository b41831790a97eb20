import { describe, expect, it } from 'vitest';
import { americanStamp, parseClockTime, parseTime, timeReader } from '../../../collectors/text/time.ts';
import { dayClock } from '../../../collectors/text/day-clock.ts';
import { isZone } from '../../../collectors/text/zone.ts';

const at = (text: string, tz?: string): number | null => parseTime(text, tz)?.at ?? null;

describe('parseTime', () => {
  // 2025-02-21T18:31:51Z is 1740162711
  it.each([
    ['2025-02-21T18:31:51Z', 1740162711],
    ['2025-02-21T19:31:51+01:00', 1740162711],
    ['2025-02-21 13:01:51-0530', 1740162711],
    ['2025-02-21T19:31:51.250+01', 1740162711.25],
    ['20250221T183151Z', 1740162711],
    ['Fri, 21 Feb 2025 18:31:51 GMT', 1740162711],
    ['21 Feb 2025 18:31:51 +0000', 1740162711],
    ['Fri Feb 21 18:31:51 UTC 2025', 1740162711],
    ['Fri Feb 21 07:31:51 PM CET 2025', 1740162711],
    ['1740162711', 1740162711],
    ['1740162711.5', 1740162711.5],
    ['1740162711250', 1740162711.25],
    ['1740162711250000', 1740162711.25],
    ['1740162711250000000', 1740162711.25],
  ])('reads %s, which names its zone', (text, expected) => {
    expect(parseTime(text, 'Asia/Tokyo')).toEqual({ at: expected, zoneless: false });
  });

  it.each([
    ['2025/02/21 19:31:51.123', 1740162711.123],
    ['2025-02-21 19:31:51,123', 1740162711.123],
    ['2025-02-21T19:31:51', 1740162711],
    ['2025-02-21 19:31', 1740162660],
    ['20250221 19:31:51', 1740162711],
    ['Fri Feb 21 19:31:51 2025', 1740162711],
    ['Fri Feb  7 19:31:51 2025', 1738953111],
    ['21-Feb-2025 19:31:51', 1740162711],
  ])('reads %s in the zone given', (text, expected) => {
    expect(parseTime(text, 'Europe/Stockholm')).toEqual({ at: expected, zoneless: true });
    expect(parseTime(text, '+01:00')).toEqual({ at: expected, zoneless: true });
  });

  it('uses summer time in summer', () => {
    expect(at('2025/07/01 12:00:00.000', 'Europe/Stockholm')).toBe(1751364000); // 10:00 UTC
    expect(at('2025/01/01 12:00:00.000', 'Europe/Stockholm')).toBe(1735729200); // 11:00 UTC
  });

  it('takes the first of the two hours when clocks go back, and moves a skipped hour forward', () => {
    expect(at('2025/10/26 02:30:00', 'Europe/Stockholm')).toBe(1761438600); // 00:30 UTC
    expect(at('2025/10/26 03:00:00', 'Europe/Stockholm')).toBe(1761444000); // 02:00 UTC
    expect(at('2025/03/30 01:59:59', 'Europe/Stockholm')).toBe(1743296399); // 00:59:59 UTC
    expect(at('2025/03/30 02:30:00', 'Europe/Stockholm')).toBe(1743298200); // 01:30 UTC, shown as 03:30
    expect(at('2025/03/30 03:00:00', 'Europe/Stockholm')).toBe(1743296400); // 01:00 UTC
  });

  it('knows zones of half hours and zones behind UTC', () => {
    expect(at('2025-02-21 12:00:00', 'Asia/Kolkata')).toBe(1740119400);
    expect(at('2025-02-21 12:00:00', 'America/New_York')).toBe(1740157200);
  });

  it.each([
    '',
    'timestamp',
    '0.13058',
    '31',
    '2025/13/01 00:00:00',
    '2025/02/30 00:00:00',
    '2025/02/21 25:00:00',
    '2025/02/21 10:61:00',
    '2025/02/21 1a:00:00',
    'Fri Feb 21 19:31:51 IST 2025',
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeNull();
  });

  it('says which zone does not exist', () => {
    expect(() => timeReader('Europe/Gothenburg')).toThrow('unknown time zone "Europe/Gothenburg"');
    expect(isZone('Europe/Gothenburg')).toBe(false);
    expect(isZone('Europe/Stockholm')).toBe(true);
    expect(isZone('+05:30')).toBe(true);
  });

  it.each(['+15:00', '-99', '+01:60', '+01:', '+1:00'])('knows no offset %s: there is none beyond 14 hours, and none without its minutes', (tz) => {
    expect(isZone(tz)).toBe(false);
    expect(parseTime(`2025-02-21T19:31:51${tz}`)).toBeNull();
  });
});

describe('parseClockTime', () => {
  it('reads a time of day as seconds', () => {
    expect(parseClockTime('19:31:51')).toBe(70311);
    expect(parseClockTime('9:05')).toBe(32700);
    expect(parseClockTime('19:31:51.5')).toBe(70311.5);
    expect(parseClockTime('24:00:00')).toBeNull();
    expect(parseClockTime('sm')).toBeNull();
  });
});

describe('a clock of twelve hours', () => {
  it.each([
    ['12:00:01 AM', 1],
    ['01:00:00 AM', 3600],
    ['12:00:00 PM', 43_200],
    ['11:59:59 PM', 86_399],
    ['11:59:59', 43_199],
  ])('%s is %d seconds into the day', (text, seconds) => {
    expect(parseClockTime(text)).toBe(seconds);
  });

  it('stands behind a date with the month first, where the program is known to print it so', () => {
    expect(americanStamp('11/30/2021 09:14:01 PM')).toBe('2021-11-30 21:14:01');
    expect(americanStamp('11/30/2021 12:14:01 AM')).toBe('2021-11-30 00:14:01');
    expect(americanStamp('11/30/2021 09:14:01')).toBe('2021-11-30 09:14:01');
    expect([americanStamp('2021-11-30 09:14:01'), parseTime('11/30/2021 09:14:01')]).toEqual([null, null]);
  });
});

describe('stamps that are times of day', () => {
  it('count from the first one, go on through midnight, and are refused where the clock was set back', () => {
    const clock = dayClock();
    const hour = 3600;
    expect([23 * hour, 24 * hour - 1, 1, 2, 1, 3].map((seconds) => clock.at(seconds))).toEqual([0, 3599, 3601, 3602, null, 3603]);
  });

  it('take half a day back for a clock that was set back, and more for midnight', () => {
    const back = (seconds: number): number | null => {
      const clock = dayClock();
      clock.at(50_000);
      return clock.at(50_000 - seconds);
    };
    expect([back(43_200), back(43_201)]).toEqual([null, 43_199]);
  });
});
