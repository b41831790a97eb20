import { formatPercent } from '../readings/index.ts';
import type { Base, Labelled } from './by-label.ts';
import type { Decision } from './decision.ts';
import { agrees, ceilingOf, shareLines } from './evidence.ts';
import type { Sight } from './sight.ts';
import { known, mean } from './stats.ts';
import { CONTRIBUTING, DOMINANT, FLIP_CAP, HUNG_BUSY, HUNG_SECONDS, INACTIVE, NO_TENSOR, WORTH_NAMING } from './thresholds.ts';

/** Busy, and no resource explains it: latency, small kernels, synchronisation, inefficient kernels, or nothing at all. */
export function overhead(sight: Sight, { label, first, around }: Labelled, { common, caps, coverage }: Base): Decision {
  const unseen = sight.computeFrom === 'counter' && sight.tensor < NO_TENSOR && !known(sight.fp32);
  const noProgress = isHung(sight);
  const waits = around.empty;
  const waiting = sight.empty >= WORTH_NAMING && waits !== null && waits.bottleneck !== 'unknown' ? waits.bottleneck : null;
  return {
    ...common,
    bottleneck: 'overhead',
    second: waiting,
    noProgress,
    grade: {
      ceiling: ceilingOf(common.tier, agrees(sight, first)),
      coverage,
      ratios: [...(label.s1 > 0 ? [DOMINANT / label.s1] : []), sight.busy / DOMINANT],
      caps: [...caps, ...(unseen ? [{ value: FLIP_CAP, why: 'the FP32, FP64 and integer pipes were not measured' }] : [])],
    },
    // A model counts the least that was read: one that contributes may well be more.
    candidates: [
      ...(unseen || (sight.computeFrom === 'model' && sight.compute >= CONTRIBUTING) ? ['compute' as const] : []),
      ...(sight.memoryFrom === 'model' && sight.memory >= CONTRIBUTING ? ['memory' as const] : []),
    ],
    missing: [...common.missing, ...(unseen ? ['gpu.fp32Active, gpu.fp64Active (DCGM 1007, 1006): work without tensor cores looks the same'] : [])],
    why: [noProgress ? 'kernels resident but no work: hung collective, deadlock or spin wait' : loose(sight), ...shareLines(sight, label, around)],
  };
}

function loose(sight: Sight): string {
  return `busy ${formatPercent(sight.busy)}, but no resource reaches ${formatPercent(DOMINANT)}: latency, small kernels, synchronisation or inefficient kernels`;
}

/** Kernels resident for five minutes with every measured share under a twentieth, DRAM among at least two, and no token out (§7.2). */
export function isHung(sight: Sight): boolean {
  const work = [sight.pipes, sight.memory, sight.nvlink, sight.pcie, sight.nic].filter(known);
  const progress = (['engine.generationRate', 'engine.trainTokenRate', 'engine.trainSteps'] as const).some((id) => mean(sight.stats, id) > 0);
  return (
    sight.busy >= HUNG_BUSY &&
    sight.memoryFrom === 'counter' &&
    work.length >= 2 &&
    work.every((share) => share < INACTIVE) &&
    sight.samples * sight.tally.period >= HUNG_SECONDS &&
    !progress
  );
}
