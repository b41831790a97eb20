// Past the door of server/store/series: buckets are compared with a slow reference, and with what a range is planned as.
import { describe, expect, it } from 'vitest';
import { addRollup, addSamples as addRows, drawn, newBuckets, rowsIn, samplingPeriod } from '../../../core/readings/index.ts';
import { planRange } from '../../../server/store/series/plan.ts';

const from = (values: readonly number[]): Float64Array => Float64Array.from(values);
const addSamples = (
  buckets: ReturnType<typeof newBuckets>,
  { t, values, from: start, to }: { t: Float64Array; values: Float64Array; from: number; to: number },
): void => {
  addRows(buckets, rowsIn(buckets.grid, t, start, to), values);
};
const plain = (series: ReturnType<typeof drawn>): Record<string, number[]> =>
  Object.fromEntries((['t', 'min', 'mean', 'max'] as const).map((name) => [name, [...series[name]]]));

describe('samples in buckets', () => {
  it('each bucket has the least, mean and greatest of its samples, at the time of its first', () => {
    const buckets = newBuckets({ start: 0, width: 10, count: 2 });
    addSamples(buckets, { t: from([1, 5, 9, 10]), values: from([3, 1, 8, 7]), from: 0, to: 20 });
    expect(plain(drawn(buckets, 4))).toEqual({ t: [1, 10], min: [1, 7], mean: [4, 7], max: [8, 7] });
  });

  it('absent values are no samples', () => {
    const buckets = newBuckets({ start: 0, width: 10, count: 1 });
    addSamples(buckets, { t: from([1, 2]), values: from([NaN, 6]), from: 0, to: 10 });
    expect(plain(drawn(buckets, 1))).toEqual({ t: [2], min: [6], mean: [6], max: [6] });
  });

  it('a silence of three periods or less leaves nothing but its buckets out', () => {
    const buckets = newBuckets({ start: 0, width: 10, count: 5 });
    addSamples(buckets, { t: from([0, 30]), values: from([1, 2]), from: 0, to: 50 });
    expect(plain(drawn(buckets, 10)).t).toEqual([0, 30]);
  });

  it('a longer one is one gap, at its first empty bucket', () => {
    const buckets = newBuckets({ start: 0, width: 10, count: 5 });
    addSamples(buckets, { t: from([0, 31]), values: from([1, 2]), from: 0, to: 50 });
    expect(plain(drawn(buckets, 10))).toEqual({ t: [0, 10, 31], min: [1, NaN, 2], mean: [1, NaN, 2], max: [1, NaN, 2] });
  });

  it('samples outside the time do not count', () => {
    const buckets = newBuckets({ start: 0, width: 10, count: 2 });
    addSamples(buckets, { t: from([4, 5, 15, 16]), values: from([1, 2, 3, 4]), from: 5, to: 16 });
    expect(plain(drawn(buckets, 5)).t).toEqual([5, 15]);
  });

  it('means of roll-ups weigh as many samples as they are of', () => {
    const buckets = newBuckets({ start: 0, width: 120, count: 1 });
    addRollup(buckets, { t: from([0, 60]), min: from([1, 0]), mean: from([2, 8]), max: from([3, 9]), count: from([3, 1]), seconds: 60 }, 0, 120);
    expect(plain(drawn(buckets, 60))).toEqual({ t: [0], min: [0], mean: [3.5], max: [9] });
  });
});

describe('roll-ups in buckets', () => {
  const rows = (t: readonly number[]) => {
    const ones = from(t.map(() => 1));
    return { t: from(t), min: ones, mean: ones, max: ones, count: ones, seconds: 60 };
  };
  it('count from the beginning of the time asked about to before its end: the last bucket holds nothing of what comes after', () => {
    const buckets = newBuckets({ start: 0, width: 60, count: 3 });
    addRollup(buckets, rows([0, 60, 120, 180]), 60, 180);
    expect([...buckets.count]).toEqual([0, 1, 1]);
  });

  it('last as long as they are of: between two that lie three periods apart there is no gap', () => {
    const drawnAt = (t: readonly number[]) => {
      const buckets = newBuckets({ start: 0, width: 60, count: 8 });
      addRollup(buckets, rows(t), 0, 480);
      return plain(drawn(buckets, 60)).t;
    };
    expect(drawnAt([0, 240])).toEqual([0, 240]);
    expect(drawnAt([0, 300])).toEqual([0, 60, 300]);
  });
});

describe('the sampling period', () => {
  it('is the median distance of what is there', () => {
    expect(samplingPeriod([{ t: from([0, 10, 20, 30, 100]), values: from([1, 1, 1, 1, 1]) }])).toBe(10);
    expect(samplingPeriod([{ t: from([0, 10, 20, 30, 40]), values: from([1, NaN, 1, NaN, 1]) }])).toBe(20);
    expect(samplingPeriod([{ t: from([0, 10]), values: from([1, NaN]) }])).toBeNull();
    expect(
      samplingPeriod([
        { t: from([0, 10]), values: from([1, 1]) },
        { t: from([500, 510]), values: from([1, 1]) },
      ]),
    ).toBe(10);
  });
});

describe('the plan of a range', () => {
  it('takes as many equal buckets as points where that is finer than three minutes', () => {
    expect(planRange({ from: 100, to: 86500, points: 600 })).toEqual({ grid: { start: 100, width: 144, count: 600 }, level: null });
  });

  it('takes the minute roll-up at exactly three minutes a bucket', () => {
    expect(planRange({ from: 0, to: 1800, points: 10 })).toEqual({ grid: { start: 0, width: 180, count: 10 }, level: 60 });
    expect(planRange({ from: 0, to: 1799, points: 10 }).level).toBeNull();
  });

  it('has no more buckets than points, though its edges are moved to the roll-up’s', () => {
    expect(planRange({ from: 30, to: 1830, points: 10 })).toEqual({ grid: { start: 0, width: 240, count: 8 }, level: 60 });
  });

  it('takes the five-minute roll-up over a week, on its edges, with no more buckets than points', () => {
    const plan = planRange({ from: 1000, to: 1000 + 7 * 86400, points: 600 });
    expect(plan).toEqual({ grid: { start: 900, width: 1200, count: 505 }, level: 300 });
  });
});
