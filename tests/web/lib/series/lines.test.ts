import { describe, expect, it } from 'vitest';
import { lastValue, lineOf, meanOver, nearest, stepAt, valueAt } from '../../../../web/lib/series/lines.ts';
import type { Track } from '../../../../web/lib/series/tracks.ts';

function track(id: string, t: number[], mean: number[]): Track {
  return {
    entity: { kind: 'gpu', id, node: null },
    metric: 'gpu.util',
    t: Float64Array.from(t),
    mean: Float64Array.from(mean),
    min: Float64Array.from(mean, (value) => value - 0.1),
    max: Float64Array.from(mean, (value) => value + 0.1),
  };
}
const ask = { from: 0, to: 20, points: 4, combine: 'mean' } as const;

describe('a line', () => {
  it('of one entity is drawn as it came, gaps as gaps, scaled', () => {
    const line = lineOf([track('a', [0, 5, 10, 30], [0.5, Number.NaN, 0.7, 1])], { ...ask, scale: 10 });
    expect([...line.t]).toEqual([0, 5, 10]);
    expect([...line.y]).toEqual([5, Number.NaN, 7]);
    expect(line.high[0]).toBeCloseTo(6, 10);
  });

  it('of several is their mean, its band from the lowest to the highest of all', () => {
    const line = lineOf([track('a', [0, 5, 10, 15], [0.2, 0.2, 0.2, 0.2]), track('b', [2, 7, 12, 17], [0.6, 0.6, 0.6, 0.6])], ask);
    expect([...line.t]).toEqual([2.5, 7.5, 12.5, 17.5]);
    expect([...line.y].map((value) => Number(value.toFixed(9)))).toEqual([0.4, 0.4, 0.4, 0.4]);
    expect([line.low[0], line.high[0]].map((value) => Number(value?.toFixed(9)))).toEqual([0.1, 0.7]);
  });

  it('keeps an entity’s last value for one missed sample, so that the mean does not jump', () => {
    const line = lineOf([track('a', [0, 5, 10, 15], [0.2, 0.2, 0.2, 0.2]), track('b', [0, 5, 15], [0.6, 0.6, 0.6])], ask);
    expect([...line.y].map((value) => Number(value.toFixed(9)))).toEqual([0.4, 0.4, 0.4, 0.4]);
  });

  it('sums where the job’s work is asked for', () => {
    const sum = lineOf([track('a', [0, 5, 10, 15], [1, 1, 1, 1]), track('b', [0, 5, 10, 15], [2, 2, 2, 2])], { ...ask, combine: 'sum' });
    expect([...sum.y]).toEqual([3, 3, 3, 3]);
  });

  it('is empty without tracks, and without samples in the time asked for', () => {
    expect(lineOf([], ask).t).toHaveLength(0);
    expect(lineOf([track('a', [50], [1]), track('b', [60], [1])], ask).t).toHaveLength(0);
  });
});

describe('reading a line', () => {
  const line = { t: [0, 10, 20], y: [1, Number.NaN, 3] };
  it('takes the nearest time, says nothing in a gap and nothing far outside', () => {
    expect([valueAt(line, 2), valueAt(line, 9), valueAt(line, 19), valueAt(line, 41)]).toEqual([1, null, 3, null]);
    expect(nearest([], 5)).toBeNull();
  });

  it('reads steps where they stand and means them over time', () => {
    const steps = { t: [0, 10, 10, 30, 30, 40], y: [0.2, 0.2, Number.NaN, Number.NaN, 0.8, 0.8] };
    expect([stepAt(steps, 5), stepAt(steps, 20), stepAt(steps, 35), stepAt(steps, 41)]).toEqual([0.2, null, 0.8, null]);
    expect(meanOver(steps, 0, 40)).toBe(0.5);
    expect(meanOver(steps, 5, 35)).toBe(0.5);
    expect(meanOver(steps, 12, 28)).toBeNull();
  });

  it('finds the last value that is there', () => {
    expect(lastValue({ t: [0, 10], y: [1, Number.NaN] })).toEqual({ at: 0, value: 1 });
    expect(lastValue({ t: [0], y: [Number.NaN] })).toBeNull();
  });
});
