import type { Verdict } from '../contract/index.ts';
import { ACHIEVABLE } from '../knowledge/index.ts';
import { isPowered } from './cross-checks.ts';
import type { JudgedPhase, WorkShare } from './judged-run.ts';
import type { WindowShares } from './shares.ts';
import { exact, type JudgedMetric, known, mean } from './stats.ts';
import { stretchesOf } from './stretches.ts';
import { HUNG_BUSY, HUNG_SECONDS, INACTIVE, MIN_SAMPLES } from './thresholds.ts';

const DRAM = 'DRAM';
const COUNTERS: readonly { readonly name: string; readonly id: JudgedMetric; readonly eta: number }[] = [
  { name: DRAM, id: 'gpu.dramActive', eta: ACHIEVABLE.dramCounter.value },
  { name: 'tensor', id: 'gpu.tensorActive', eta: ACHIEVABLE.tensorCounter.value },
  { name: 'FP32', id: 'gpu.fp32Active', eta: ACHIEVABLE.vectorCounter.value },
  { name: 'FP64', id: 'gpu.fp64Active', eta: ACHIEVABLE.vectorCounter.value },
  { name: 'FP16', id: 'gpu.fp16Active', eta: ACHIEVABLE.vectorCounter.value },
  { name: 'integer', id: 'gpu.intActive', eta: ACHIEVABLE.vectorCounter.value },
];
const LINKS = [
  ['NVLink', 'nvlink'],
  ['PCIe', 'pcie'],
  ['network', 'nic'],
] as const;

/** Every measured share of work of a window: pipes and memory by counters, and links. */
export function workShares(window: WindowShares): WorkShare[] {
  const counters = COUNTERS.map(({ name, id, eta }) => ({ name, share: exact(mean(window.stats, id) / eta) }));
  const links = LINKS.map(([name, key]) => ({ name, share: window[key] }));
  return [...counters, ...links].filter(({ share }) => known(share));
}

/** What comes out of a job that gets on. */
const PROGRESS = ['engine.generationRate', 'engine.promptRate', 'engine.trainTokenRate', 'engine.trainSteps'] as const;

/**
 * Kernels resident without work (§7.2.5): busy nearly all the time, DRAM and at least one more share of work measured, each
 * under a twentieth, and no token or step out where those are known. However short: five minutes of it are no progress.
 */
export function isSpinning(window: WindowShares, work: readonly WorkShare[]): boolean {
  return (
    window.busy >= HUNG_BUSY &&
    window.samples >= MIN_SAMPLES &&
    work.length > 1 &&
    work.some(({ name }) => name === DRAM) &&
    work.every(({ share }) => share < INACTIVE) &&
    isRest(window) &&
    !PROGRESS.some((id) => mean(window.stats, id) > 0)
  );
}

/** Nothing else can work: every pipe that could have was measured, and the power does not speak against it, or the power is low. */
function isRest(window: WindowShares): boolean {
  const powered = isPowered(window);
  return powered === null ? known(window.tensor) && known(window.fp32) : !powered;
}

/** Whether so many seconds of spinning are no progress. */
export function isNoProgress(seconds: number): boolean {
  return seconds >= HUNG_SECONDS;
}

/** The modifier of a stretch in which kernels sat on the GPU and nothing was done. */
export const NO_PROGRESS = 'no progress';

/** A verdict of which that is told. */
export function withoutProgress(verdict: Verdict): Verdict {
  // The first line of an overhead says what could be tuned: here nothing can.
  const why = verdict.bottleneck === 'overhead' ? verdict.why.slice(1) : verdict.why;
  return {
    ...verdict,
    modifiers: [NO_PROGRESS, ...verdict.modifiers],
    why: ['kernels resident but no work: hung collective, deadlock or spin wait', ...why],
  };
}

/** A GPU's phases with no progress told of those that spin for five minutes together, however they were cut. `period` in seconds. */
export function withNoProgress(phases: readonly JudgedPhase[], period: number): JudgedPhase[] {
  const stuck = new Set(
    stretchesOf(phases, period, ({ states }) => states.isSpinning)
      .filter(({ from, to }) => isNoProgress(to - from))
      .flatMap((stretch) => stretch.phases),
  );
  return phases.map((phase) => (stuck.has(phase) ? { ...phase, verdict: withoutProgress(phase.verdict) } : phase));
}
