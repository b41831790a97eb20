import { HUNG_BUSY, INACTIVE, type JudgedPhase } from '../../judging/index.ts';
import { ACHIEVABLE } from '../../knowledge/index.ts';
import type { MetricId } from '../../readings/index.ts';
import { settled } from './stretches.ts';

/** A share of work in a phase, with its name for texts. */
interface WorkShare {
  readonly name: string;
  readonly share: number;
}

const COUNTERS: readonly { readonly name: string; readonly id: MetricId; readonly eta: number }[] = [
  { name: 'DRAM', id: 'gpu.dramActive', eta: ACHIEVABLE.dramCounter.value },
  { name: 'tensor', id: 'gpu.tensorActive', eta: ACHIEVABLE.tensorCounter.value },
  { name: 'FP32', id: 'gpu.fp32Active', eta: ACHIEVABLE.vectorCounter.value },
  { name: 'FP64', id: 'gpu.fp64Active', eta: ACHIEVABLE.vectorCounter.value },
  { name: 'FP16', id: 'gpu.fp16Active', eta: ACHIEVABLE.vectorCounter.value },
  { name: 'integer', id: 'gpu.intActive', eta: ACHIEVABLE.vectorCounter.value },
];
const LINKS = [
  ['NVLink', 'nvlink'],
  ['PCIe', 'transfer'],
  ['network', 'network'],
] as const;

/** Every measured share of work of a phase: pipes and memory by counters, links as the verdict has them. */
export function workShares({ figures, verdict }: JudgedPhase): WorkShare[] {
  const counters = COUNTERS.flatMap(({ name, id, eta }) => {
    const value = figures.mean.get(id);
    return value === undefined ? [] : [{ name, share: settled(value / eta) }];
  });
  const links = LINKS.flatMap(([name, key]) => {
    const share = verdict.shares[key];
    return share === null ? [] : [{ name, share }];
  });
  return [...counters, ...links];
}

/**
 * Kernels resident without work (§7.2): busy nearly all the time, DRAM and at least one more share of work measured, each
 * under a twentieth, and no token or step out where those are known.
 */
export function isSpinning(phase: JudgedPhase): boolean {
  const { busy, mean } = phase.figures;
  const shares = workShares(phase);
  const progress = ['engine.generationRate', 'engine.promptRate', 'engine.trainTokenRate', 'engine.trainSteps'] as const;
  return (
    busy !== null &&
    busy >= HUNG_BUSY &&
    mean.has('gpu.dramActive') &&
    shares.length > 1 &&
    shares.every(({ share }) => share < INACTIVE) &&
    !progress.some((id) => (mean.get(id) ?? Number.NaN) > 0)
  );
}
