import type { Advice } from '../../contract/index.ts';
import { formatFactor, formatPercent } from '../../readings/index.ts';
import type { Situation } from './situation.ts';

/** One piece of advice: what is said, and the evidence that makes it right. A label alone never is. */
export interface Piece {
  readonly id: string;
  /** The evidence in words, for docs/advice.md: what must be seen, and what takes it back. */
  readonly when: string;
  /** The same in numbers. */
  readonly holds: (job: Situation) => boolean;
  /** The words, computed on a job's numbers; null where they give no gain or none that is worth it. */
  readonly say: (job: Situation) => Advice | null;
}

/** A gain of less than a twentieth is within the error of what it is computed from. */
export const WORTH_TRYING = 1.05;

/** Amdahl: the speed-up when a share of the time shrinks to `factor` of itself and the rest stays. */
export function shrinking(share: number, factor: number): number {
  return 1 / (1 - share + share * factor);
}

/** The same in words, for the arithmetic of an advice. */
export function shrinkingText(share: number, factor: number): string {
  return `1 ÷ (1 − ${share.toFixed(2)} + ${share.toFixed(2)} × ${factor.toFixed(2)}) = ${formatFactor(shrinking(share, factor))}`;
}

/** When waiting and working go on at the same time, the longer one is left. */
export function overlapping(share: number): number {
  return 1 / Math.max(share, 1 - share);
}

/** The same in words, for the arithmetic of an advice; `share` 0–1. */
export function overlappingText(share: number): string {
  return `at best the longer of waiting (${formatPercent(share)}) and the rest (${formatPercent(1 - share)}) is left: ${formatFactor(overlapping(share))}`;
}

interface Told {
  readonly text: string;
  /** Speed-up at best; null where the job's numbers give none. */
  readonly gain: number | null;
  readonly arithmetic: string;
}

/**
 * An advice whose gain is bounded by the verdict's relief: beyond it the next resource is the limit. Null where the gain is
 * not worth the effort, or not a number: then there is no arithmetic behind it.
 */
export function advise({ verdict }: Situation, { text, gain, arithmetic }: Told): Advice | null {
  if (gain === null) return { text, gain: null, arithmetic };
  const bound = verdict.relief ?? Number.POSITIVE_INFINITY;
  const best = Math.min(gain, bound);
  if (!(best >= WORTH_TRYING)) return null;
  return {
    text,
    gain: Math.round(best * 100) / 100,
    arithmetic: bound < gain ? `${arithmetic}; at most ${formatFactor(bound)} until the next limit` : arithmetic,
  };
}
