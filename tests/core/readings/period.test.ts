import { describe, expect, it } from 'vitest';
import { recentPeriod } from '../../../core/readings/index.ts';

const from = (values: readonly number[]): Float64Array => Float64Array.from(values);

describe('what something is sampled at now', () => {
  it('is the median distance of the latest dozen samples, whatever came before', () => {
    const buckets = Array.from({ length: 20 }, (_, index) => 600 * index);
    const samples = Array.from({ length: 12 }, (_, index) => 12_000 + 5 * index);
    expect(recentPeriod(from([...buckets, ...samples]))).toBe(5);
    expect(recentPeriod(from([0, 5, 10, 40]))).toBe(5);
  });

  it('is not told by three samples', () => {
    expect(recentPeriod(from([0, 5, 10]))).toBeNull();
  });
});
