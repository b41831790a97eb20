import { restPower } from '../knowledge/index.ts';
import { formatPercent, formatValue } from '../readings/index.ts';
import type { WindowShares } from './shares.ts';
import { known, largest, mean } from './stats.ts';
import { DOMINANT, INACTIVE, POWER_AT_WORK, SLOWEST_LINE } from './thresholds.ts';

/** Watts that the card may draw: what it reports, else its type's; NaN where neither is known. */
export function limitOf({ stats, subject }: Pick<WindowShares, 'stats' | 'subject'>): number {
  const reported = mean(stats, 'gpu.powerLimit');
  return known(reported) ? reported : (subject.ceilings?.powerLimit ?? Number.NaN);
}

/**
 * The least share of the time that a GPU must have worked to draw what it drew: no kernel takes it past its limit, so
 * (power − rest) ÷ (limit − rest). NaN where power, limit or the type’s rest is not known.
 */
function workByPower({ stats, subject }: Pick<WindowShares, 'stats' | 'subject'>): number {
  const limit = limitOf({ stats, subject });
  const rest = (subject.type === null ? null : restPower(subject.type)) ?? POWER_AT_WORK.restFraction * limit;
  return (mean(stats, 'gpu.power') - rest) / (limit - rest);
}

/**
 * A GPU that is said to be empty and draws far more than at rest: its kernels run between the sampler’s looks (utilization.gpu is
 * of one stretch of up to a second, and reads 0 for a job that works in the first fifth of each).
 */
export function worksBetweenLooks(window: WindowShares): boolean {
  return window.busyFrom === 'nvidia-smi' && window.busy < INACTIVE && workByPower(window) >= POWER_AT_WORK.share;
}

/** Whether power can bear witness that the card rests: without it utilization.gpu alone says so, and that is sampled. */
export function powerTells(window: WindowShares): boolean {
  return window.busyFrom !== 'nvidia-smi' || known(workByPower(window));
}

/** What the card drew, and the work that it proves. */
export function powerOf(window: WindowShares): string {
  const watts = formatValue(mean(window.stats, 'gpu.power'), 'watts');
  return `${watts} of ${formatValue(limitOf(window), 'watts')}: it worked at least ${formatPercent(workByPower(window))} of the time`;
}

/** A little runs in most of the samples: a job whose steps are short and whose host is slow looks so, and an unused card does not. */
export function worksSteadily({ tally }: Pick<WindowShares, 'tally'>): boolean {
  return tally.touched > 0 && tally.touched >= DOMINANT * tally.busyCount;
}

/**
 * Whether anything beside the counter of kernels shows that the GPU was used: nvidia-smi sees it busy, pipes or DRAM that are counted
 * over all of the time worked where kernels were only looked for at moments, or its copy engines move bytes (a twentieth of the line, of
 * the slowest one where the line is not known).
 */
export function isUsed(window: WindowShares): boolean {
  const { stats, pcie, nvlink, busyFrom, pipes, memory, memoryFrom } = window;
  const worked = busyFrom === 'nvidia-smi' && (pipes >= INACTIVE || (memoryFrom === 'counter' && memory >= INACTIVE));
  return worked || mean(stats, 'gpu.util') >= INACTIVE || pcie >= INACTIVE || nvlink >= INACTIVE || copiesUnknown(window);
}

/** Bytes/s over PCIe, the busier way; NaN where neither was collected. */
export function copyRate({ stats }: Pick<WindowShares, 'stats'>): number {
  return largest(mean(stats, 'gpu.pcieRx'), mean(stats, 'gpu.pcieTx'));
}

/** Whether copies go over a line of which nobody knows what it carries: they may be what the GPU waits for. */
export function copiesUnknown(window: WindowShares): boolean {
  return !known(window.pcie) && copyRate(window) >= INACTIVE * (window.subject.ceilings?.pcie.bytesPerSecond ?? SLOWEST_LINE);
}
