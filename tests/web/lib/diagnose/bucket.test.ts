import { describe, expect, it } from 'vitest';
import { tableOf } from '../../../../core/readings/index.ts';
import { bucketed as typed, seriesReply } from '../../../../web/lib/diagnose/bucket.ts';

const array = (values: number[]): Float64Array => Float64Array.from(values);

const bucketed = (...about: Parameters<typeof typed>) => {
  const { t, min, mean, max } = typed(...about);
  const plain = (values: Float64Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  return { t: plain(t), min: plain(min), mean: plain(mean), max: plain(max) };
};

describe('buckets', () => {
  it('keep the least, the mean and the most of their samples at the first one’s time', () => {
    expect(bucketed(array([0, 1, 2, 3, 4, 5, 6, 7]), array([1, 2, 3, 4, 5, 6, 7, 8]), { from: 0, to: 8, points: 2 })).toEqual({
      t: [0, 4],
      min: [1, 5],
      mean: [2.5, 6.5],
      max: [4, 8],
    });
  });

  it('leave absent values out, and put one null where silence lasts more than three periods', () => {
    expect(bucketed(array([0, 1, 2, 3, 4, 5, 10, 11]), array([1, 1, Number.NaN, 1, 1, 1, 5, 5]), { from: 0, to: 12, points: 12 })).toEqual({
      t: [0, 1, 3, 4, 5, 6, 10, 11],
      min: [1, 1, 1, 1, 1, null, 5, 5],
      mean: [1, 1, 1, 1, 1, null, 5, 5],
      max: [1, 1, 1, 1, 1, null, 5, 5],
    });
    expect(bucketed(array([0, 1, 2, 5]), array([1, 1, 1, 1]), { from: 0, to: 6, points: 6 }).mean).toEqual([1, 1, 1, 1]);
  });

  it('hold the last instant too', () => {
    expect(bucketed(array([0, 10]), array([1, 2]), { from: 0, to: 10, points: 5 }).t).toEqual([0, 10]);
  });
});

describe('a series request answered from memory', () => {
  const host = { kind: 'host', id: 'n1' } as const;
  const table = tableOf(host, [
    { entity: host, at: 0, values: { 'host.netRx': 0, 'host.cpu': 0.5 } },
    { entity: host, at: 5, values: { 'host.netRx': 500, 'host.cpu': 0.7 } },
  ]);

  it('has counters as rates, and says what the files do not hold', () => {
    const reply = seriesReply([table], { metrics: ['host.netRxRate', 'host.cpu', 'gpu.util'], points: 10 }, { from: 0, to: 5 });
    expect(reply.series.map(({ metric, unit, t, mean }) => ({ metric, unit, t: [...t], mean: [...mean] }))).toEqual([
      { metric: 'host.netRxRate', unit: 'bytes/s', t: [5], mean: [100] },
      { metric: 'host.cpu', unit: 'ratio', t: [0, 5], mean: [0.5, 0.7] },
    ]);
    expect(reply.absent).toEqual([{ metric: 'gpu.util', reason: 'Not in the given files.' }]);
  });
});
