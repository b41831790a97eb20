import type { Phase } from '../contract/index.ts';
import type { JudgedPhase } from './judged-run.ts';
import { BRIDGED_PERIODS } from './thresholds.ts';

/** A stretch of time and the phases in it, seconds. */
export interface Stretch<P extends Phase = JudgedPhase> {
  readonly from: number;
  readonly to: number;
  readonly phases: readonly P[];
}

/** Stretches of consecutive phases for which something holds; a gap of a few samples does not end one. `period` in seconds. */
export function stretchesOf<P extends Phase>(phases: readonly P[], period: number, holds: (phase: P) => boolean): Stretch<P>[] {
  const out: { from: number; to: number; phases: P[] }[] = [];
  let open: (typeof out)[number] | null = null;
  for (const phase of phases) {
    if (!holds(phase)) open = null;
    else if (open !== null && phase.from - open.to <= BRIDGED_PERIODS * period) {
      open.to = phase.to;
      open.phases.push(phase);
    } else {
      open = { from: phase.from, to: phase.to, phases: [phase] };
      out.push(open);
    }
  }
  return out;
}

/** Samples of some phases together. */
export function samplesOf(phases: readonly JudgedPhase[]): number {
  return phases.reduce((sum, { figures }) => sum + figures.samples, 0);
}
