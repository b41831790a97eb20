import { limitOf, powerOf, worksBetweenLooks } from './at-rest.ts';
import { formatPercent, formatValue } from '../readings/index.ts';
import type { WindowShares } from './shares.ts';
import { type JudgedMetric, known, mean } from './stats.ts';
import { CONTRIBUTING, DOMINANT, IDLE_POWER, INACTIVE, LOW_POWER } from './thresholds.ts';

/** Two sources that cannot both be right (§7.8.3): what each says, and what would tell. Told before any verdict. */
export interface Contradiction {
  readonly id: (typeof CROSS_CHECKS)[number]['id'];
  readonly text: string;
  readonly remedy: string;
}

/** Who must agree with whom, and what it means where they do not. A row is a check; the pages and the finding tell its words. */
const CROSS_CHECKS = [
  {
    id: 'profiling-paused',
    /** NVML sees kernels in half of the time; DCGM's profiling fields all stand at 0 in the same samples. */
    isSo: ({ tally, samples }: WindowShares) => samples > 0 && tally.paused >= CONTRIBUTING * samples,
    text: ({ tally, samples }: WindowShares) =>
      `DCGM’s profiling fields stood at 0 in ${formatPercent(tally.paused / samples)} of the samples while nvidia-smi saw the GPU busy: profiling was paused or taken by another tool, and they are left out`,
    remedy: 'profiling: dcgmi profile --resume, and no Nsight or CUPTI tool beside it',
  },
  {
    id: 'other-gpus',
    isSo: worksElsewhere,
    text: ({ subject }: WindowShares) =>
      `${subject.engineElsewhere ?? 'the engine'} produced tokens while no GPU that is shown did anything: these are not its GPUs, or they were recorded at another time`,
    remedy: 'the GPUs that the engine works on: record nvidia-smi or dcgmi on its node at the same time',
  },
  {
    id: 'uncollected-pipe',
    isSo: hasUncollectedPipe,
    text: (window: WindowShares) =>
      `the GPU drew ${formatValue(mean(window.stats, 'gpu.power'), 'watts')} of ${formatValue(limitOf(window), 'watts')}, and nothing that was measured worked: a pipe that was not collected does (FP64, integer, FP16)`,
    remedy: 'every pipe: dcgmi dmon -e 1002,1004,1005,1006,1007,1008,1013,1014,1016 (FP64 is 1006, FP32 1007, FP16 1008)',
  },
  {
    id: 'between-looks',
    isSo: worksBetweenLooks,
    text: (window: WindowShares) =>
      `nvidia-smi saw a kernel ${formatPercent(window.busy)} of the time, and the GPU drew ${powerOf(window)}, between the moments that utilization.gpu shows`,
    remedy: 'busy time that is counted and not sampled: dcgmi dmon -e 1001, or nvidia-smi every second for some minutes',
  },
] as const;

/** Tokens come out of an engine, and none of the GPUs that were given was used once. */
export function worksElsewhere({ subject, busy }: WindowShares): boolean {
  return subject.engineElsewhere !== null && !(busy >= INACTIVE);
}

/** Power well above idle, and nothing that was measured did any work: FP64, integer or FP16 units draw it, or a pipe's counter fails. */
export function hasUncollectedPipe(window: WindowShares): boolean {
  return window.busy >= DOMINANT && isPowered(window) === true && nothingWorks(window);
}

/** The contradictions of a window. */
export function contradictionsIn(window: WindowShares): Contradiction[] {
  return CROSS_CHECKS.filter(({ isSo }) => isSo(window)).map(({ id, text, remedy }) => ({ id, text: text(window), remedy }));
}

/** Whether the card draws at least half of what lies between rest and its limit; null where power or limit is not known. */
export function isPowered(window: Pick<WindowShares, 'stats' | 'subject' | 'tally'>): boolean | null {
  const power = mean(window.stats, 'gpu.power');
  const limit = limitOf(window);
  if (!known(power) || !known(limit)) return null;
  const { idlePower, idlePowerCount } = window.tally;
  const rest = idlePowerCount > 0 ? idlePower / idlePowerCount : IDLE_POWER * limit;
  return power >= rest + LOW_POWER * (limit - rest);
}

const PIPES: readonly JudgedMetric[] = ['gpu.tensorActive', 'gpu.fp32Active', 'gpu.fp64Active', 'gpu.fp16Active', 'gpu.intActive'];

/** At least one pipe and DRAM are measured; no pipe reaches a twentieth, DRAM is no contributor and no link is. */
function nothingWorks({ stats, pipes, memory, memoryFrom, nvlink, pcie }: WindowShares): boolean {
  const measured = PIPES.some((id) => known(mean(stats, id)));
  const links = nvlink >= CONTRIBUTING || pcie >= CONTRIBUTING;
  return measured && pipes < INACTIVE && memoryFrom === 'counter' && memory < CONTRIBUTING && !links;
}
