// Past the door of collectors/nvidia-smi: sweeps are numbered row by row, with times of our choice.
import { describe, expect, it } from 'vitest';
import { sweepSplitter } from '../../../collectors/nvidia-smi/sweep.ts';

/** Slots of rows at these milliseconds. */
function slots(...milliseconds: number[]): number[] {
  const seen: number[] = [];
  const splitter = sweepSplitter<null>((slot) => seen.push(slot));
  for (const at of milliseconds) splitter.push(at / 1000, null);
  splitter.end();
  return seen;
}

describe('rows that name no GPU', () => {
  it('are one GPU when they come a second apart', () => {
    expect(slots(0, 1000, 2000)).toEqual([0, 0, 0]);
  });
  it('are one sweep when they come a few milliseconds apart and then pause', () => {
    expect(slots(0, 4, 8, 1000, 1004, 1008)).toEqual([0, 1, 2, 0, 1, 2]);
  });
  it('are one sweep when they have the same stamp', () => {
    expect(slots(0, 0, 1000, 1000)).toEqual([0, 1, 0, 1]);
  });
  it('are one GPU when they come fast and evenly', () => {
    expect(slots(...Array.from({ length: 200 }, (_, index) => index * 10))).toEqual(Array.from({ length: 200 }, () => 0));
    expect(slots(0, 100, 150, 250, 350)).toEqual([0, 0, 0, 0, 0]);
  });
  it('stay one sweep up to 60 ms apart, and no further', () => {
    expect(slots(0, 60, 1000, 1060)).toEqual([0, 1, 0, 1]);
    expect(slots(0, 61, 1000, 1061)).toEqual([0, 0, 0, 0]);
  });
  it('are a lone sweep when nothing follows: 16 at most', () => {
    expect(slots(0, 3, 6, 9)).toEqual([0, 1, 2, 3]);
    expect(slots(...Array.from({ length: 17 }, (_, index) => index)).at(-1)).toBe(0);
  });
  it('find more GPUs when the first sweep was joined late', () => {
    expect(slots(0, 1000, 1004, 2000, 2004)).toEqual([0, 0, 1, 0, 1]);
  });
  it('come through a clock that goes back', () => {
    expect(slots(1000, 0, 4, 1000)).toEqual([0, 0, 1, 0]);
  });
});
