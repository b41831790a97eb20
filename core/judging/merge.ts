import type { Verdict } from '../contract/index.ts';
import { addTallies, type Tally } from './tally.ts';
import { MIN_SAMPLES, SHARE_MOVE } from './thresholds.ts';

/** A stretch with its verdict while phases are being put together. */
export interface Judged {
  readonly tally: Tally;
  readonly verdict: Verdict;
}

const MOVING = ['compute', 'memory', 'network', 'transfer', 'storage', 'host', 'nvlink', 'busy'] as const;

/** Whether an edge between two neighbours is worth keeping: the verdict changes, or a share moves by a tenth. */
export function sameVerdict(a: Verdict, b: Verdict): boolean {
  if (a.bottleneck !== b.bottleneck || a.activity !== b.activity || a.tier !== b.tier) return false;
  return a.bottleneck === 'idle' || sameShares(a, b);
}

function sameShares(a: Verdict, b: Verdict): boolean {
  return MOVING.every((key) => moved(a.shares[key], b.shares[key]) < SHARE_MOVE);
}

/** Too short to say anything: it belongs to its neighbour. An engine without demand says something in one sample. */
function isTiny({ tally, verdict }: Judged): boolean {
  return tally.seen < MIN_SAMPLES && verdict.bottleneck !== 'idle';
}

/** A share measured on one side only has come or gone as a whole. */
function moved(a: number | null, b: number | null): number {
  if (a === null) return b ?? Number.NEGATIVE_INFINITY;
  return b === null ? a : Math.abs(a - b);
}

/**
 * Appends a segment to a run's phases, merging neighbours with one verdict. Changes the list. A segment that `continues` the
 * one before was cut off by the length of a span, not by an edge: only shares that moved part them.
 */
export function append(list: Judged[], tally: Tally, judge: (tally: Tally) => Verdict, continues = false): void {
  list.push({ tally, verdict: judge(tally) });
  for (let first = true; ; first = false) {
    const b = list[list.length - 1];
    const a = list[list.length - 2];
    if (a === undefined || b === undefined || a.tally.endBin !== b.tally.firstBin) return;
    const tiny = isTiny(a) || isTiny(b);
    const one = continues && first && sameShares(a.verdict, b.verdict);
    if (!tiny && !one && !sameVerdict(a.verdict, b.verdict)) return;
    const joined = addTallies(a.tally, b.tally);
    list.splice(list.length - 2, 2, { tally: joined, verdict: judge(joined) });
  }
}
