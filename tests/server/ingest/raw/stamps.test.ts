// Past the door of server/ingest/raw: stamps of three clocks are tried by themselves.
import { describe, expect, it } from 'vitest';
import { stamper } from '../../../../server/ingest/raw/stamps.ts';

describe('lines with no time', () => {
  it('are stamped when they arrive', () => {
    const stamps = stamper();
    expect([0].map(stamps.stamp('ordinal', [0], 1000))).toEqual([1000]);
    expect([1].map(stamps.stamp('ordinal', [1], 1001.2))).toEqual([1001.2]);
  });

  it('that arrive together are spread over the time since the last arrival', () => {
    const stamps = stamper();
    stamps.stamp('ordinal', [0], 1000);
    expect([1, 2, 3, 4].map(stamps.stamp('ordinal', [1, 2, 3, 4], 1008))).toEqual([1002, 1004, 1006, 1008]);
  });

  it('that are the first, and several, are taken to be a second apart', () => {
    expect([0, 1, 2].map(stamper().stamp('ordinal', [0, 1, 2], 1000))).toEqual([998, 999, 1000]);
  });

  it('of one sweep that came in two pieces share their time', () => {
    const stamps = stamper();
    stamps.stamp('ordinal', [0, 0], 1000);
    expect([0, 1].map(stamps.stamp('ordinal', [0, 1], 1005))).toEqual([1000, 1005]);
  });

  it('never fall on one instant, even when the clock stands still', () => {
    const stamps = stamper();
    stamps.stamp('ordinal', [0], 1000);
    expect([1, 2].map(stamps.stamp('ordinal', [1, 2], 1000))).toEqual([1000.001, 1000.002]);
  });
});

describe('lines with a time', () => {
  it('of a stop-watch count from the first arrival', () => {
    const stamps = stamper();
    expect([5, 6].map(stamps.stamp('relative', [5, 6], 1000))).toEqual([999, 1000]);
    expect([7].map(stamps.stamp('relative', [7], 1003))).toEqual([1001]);
  });

  it('keep their date, and a clock that goes back is noticed', () => {
    const stamps = stamper();
    expect([500].map(stamps.stamp('utc', [500], 1000))).toEqual([500]);
    expect(stamps.wentBack).toBe(0);
    stamps.stamp('utc', [440, 441], 1001);
    expect(stamps.wentBack).toBe(60);
  });
});

describe('lines of a recorded file', () => {
  const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

  it('that have no time are refused at once: no tool has printed hundreds of them when its stream begins', () => {
    expect(() => stamper().stamp('ordinal', rows(0, 201), 1000)).toThrow('this is a recorded file');
    const stamps = stamper();
    stamps.stamp('ordinal', rows(0, 150), 1000);
    expect(() => stamps.stamp('ordinal', rows(150, 150), 1000.01)).toThrow('this is a recorded file');
  });

  it('are not those of a tool whose network was away for a while', () => {
    const stamps = stamper();
    stamps.stamp('ordinal', [0], 1000);
    stamps.stamp('ordinal', rows(1, 1200), 2200);
    expect(() => stamps.stamp('ordinal', rows(1201, 1200), 2200.01)).not.toThrow();
  });

  it('have the times that their sender gives: a start and a period', () => {
    const stamps = stamper({ start: 500, period: 10 });
    expect([0, 1].map(stamps.stamp('ordinal', [0, 1], 1000))).toEqual([500, 510]);
    expect([100_000].map(stamps.stamp('ordinal', [100_000], 1000.01))).toEqual([1_000_500]);
    expect([7].map(stamper({ start: 500 }).stamp('relative', [7], 1000))).toEqual([507]);
    expect([9].map(stamper({ start: 500 }).stamp('utc', [9], 1000))).toEqual([9]);
  });

  it('with a start alone need the period, unless they have a stop-watch, which is refused where it runs ahead', () => {
    expect(() => stamper({ start: 500 }).stamp('ordinal', [0], 1000)).toThrow('recorded file');
    const stamps = stamper();
    stamps.stamp('relative', [0, 1], 1000);
    expect(() => stamps.stamp('relative', [300], 1001)).toThrow('runs ahead');
    expect(() => stamps.stamp('relative', [30], 1001)).not.toThrow();
  });
});
