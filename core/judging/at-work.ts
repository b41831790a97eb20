import type { Phase } from '../contract/index.ts';
import type { JudgedPhase } from './judged-run.ts';
import { INACTIVE } from './thresholds.ts';

/** Whether anything was asked of a GPU in a phase, which is all but idle (§7.2.4): kernels, copies, a load, requests that wait for its host. */
export function isAtWork({ verdict }: Pick<Phase, 'verdict'>): boolean {
  return verdict.bottleneck !== 'idle';
}

/**
 * Whether kernels were seen on a GPU in a phase. Narrower than being at work: a GPU that loads for its first ten minutes has
 * computed nothing yet, and of one whose utilisation nobody measured it is not known.
 */
export function ranKernels(phase: JudgedPhase): boolean {
  const { busy } = phase.figures;
  return isAtWork(phase) && busy !== null && busy >= INACTIVE;
}
