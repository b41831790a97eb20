import type { Phase } from '../contract/index.ts';
import { isAtWork } from './at-work.ts';
import type { JudgedPhase } from './judged-run.ts';
import { samplesOf, type Stretch, stretchesOf } from './stretches.ts';
import { IDLE_FINDING_SECONDS, IDLE_SAMPLES } from './thresholds.ts';

/** A GPU's rests (§7.2.4): ten minutes and more without work, however many phases they were cut into, and looked at often enough. `period` in seconds. */
export function restsOf(phases: readonly JudgedPhase[], period: number): Stretch[] {
  return idleStretches(phases, period).filter((stretch) => isLong(stretch, samplesOf(stretch.phases)));
}

/** The rests of a job, of which all GPUs rest: its phases have no samples of their own, but as many as their time holds. */
export function jobRests(phases: readonly Phase[], period: number): Stretch<Phase>[] {
  return idleStretches(phases, period).filter((stretch) => isLong(stretch, (stretch.to - stretch.from) / period));
}

function idleStretches<P extends Phase>(phases: readonly P[], period: number): Stretch<P>[] {
  return stretchesOf(phases, period, (phase) => !isAtWork(phase));
}

function isLong({ from, to }: Stretch<Phase>, samples: number): boolean {
  return to - from >= IDLE_FINDING_SECONDS && samples >= IDLE_SAMPLES;
}
