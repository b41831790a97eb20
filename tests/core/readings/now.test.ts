import { describe, expect, it } from 'vitest';
import { isNow, meanNow } from '../../../core/readings/index.ts';

describe('now', () => {
  it('is the last five minutes before the end of what is shown', () => {
    expect([699.9, 700, 700.1, 1000].map((at) => isNow(at, 1000))).toEqual([false, false, true, true]);
  });

  it('is the mean of what came in it, gaps left out', () => {
    const line = { t: Float64Array.from([600, 800, 900, 1000]), y: Float64Array.from([9, 2, Number.NaN, 4]) };
    expect(meanNow(line, 1000)).toBe(3);
  });

  it('is not known where all is older, however it ended', () => {
    expect(meanNow({ t: Float64Array.from([600, 700]), y: Float64Array.from([9, 9]) }, 1000)).toBeNull();
    expect(meanNow({ t: Float64Array.from([900]), y: Float64Array.from([Number.NaN]) }, 1000)).toBeNull();
  });
});
