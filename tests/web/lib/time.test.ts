import { describe, expect, it } from 'vitest';
import { formatAgo, formatInstant, formatStamp, tickTimes } from '../../../web/lib/time.ts';

// 2026-11-22 10:00:00 UTC; the local zone decides how it is written, so UTC cases build their stamps from local parts.
const TEN = new Date(2026, 10, 22, 10, 0, 0).getTime() / 1000;

describe('instants', () => {
  it('writes as much as the span needs', () => {
    expect(formatInstant(TEN + 65, 'utc', 300)).toBe('10:01:05');
    expect(formatInstant(TEN + 65, 'utc', 600)).toBe('10:01');
    expect(formatInstant(TEN + 65, 'utc', 86_400)).toBe('10:01');
    expect(formatInstant(TEN + 65, 'utc', 86_401)).toBe('22 Nov 10:01');
    expect(formatInstant(TEN + 65, 'utc', 9 * 86_400)).toBe('22 Nov');
    expect(formatStamp(TEN, 'utc')).toBe('2026-11-22 10:00:00');
  });

  it('writes a relative clock as a stopwatch', () => {
    expect([0, 5, 65, 3725, -5].map((at) => formatInstant(at, 'relative', 60))).toEqual(['0:00', '0:05', '1:05', '1:02:05', '−0:05']);
  });
});

describe('ticks', () => {
  it('falls on round times inside the span, no more than asked for', () => {
    expect(tickTimes(TEN - 5, TEN + 3600, 7, 'utc').map((at) => formatInstant(at, 'utc', 3600))).toEqual([
      '10:00',
      '10:10',
      '10:20',
      '10:30',
      '10:40',
      '10:50',
      '11:00',
    ]);
    expect(tickTimes(0, 100, 4, 'relative')).toEqual([0, 30, 60, 90]);
  });

  it('is empty for no time at all', () => {
    expect(tickTimes(5, 5, 4, 'utc')).toEqual([]);
    expect(tickTimes(5, Number.NaN, 4, 'utc')).toEqual([]);
  });
});

describe('how long ago', () => {
  it.each([
    [-2, 'now'],
    [0.9, 'now'],
    [1, '1 s ago'],
    [59.9, '59 s ago'],
    [60, '1 min ago'],
    [3599, '59 min ago'],
    [3720, '1 h 02 min ago'],
  ])('%d s is %s', (seconds, text) => {
    expect(formatAgo(seconds)).toBe(text);
  });
});
