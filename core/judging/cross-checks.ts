import { limitOf, powerOf, worksBetweenLooks } from './at-rest.ts';
import { formatPercent, formatValue } from '../readings/index.ts';
import type { WindowShares } from './shares.ts';
import { SLOW_CAUSES, slowedIn } from './slowed.ts';
import { type JudgedMetric, known, largest, mean } from './stats.ts';
import { CONTEXT_MEMORY, CONTRIBUTING, DISAGREE, DOMINANT, IDLE_POWER, IN_USE_MEMORY, INACTIVE, LOW_POWER, REST_CLOCK } from './thresholds.ts';

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
  {
    id: 'memory-of-nobody',
    /** A resting GPU only: where kernels run, a list without their process is the tool's, which looks from another container. */
    isSo: ({ stats, busy }: WindowShares) => mean(stats, 'gpu.processes') === 0 && mean(stats, 'gpu.memUsed') >= IN_USE_MEMORY && busy < INACTIVE,
    text: ({ stats }: WindowShares) =>
      `${formatValue(mean(stats, 'gpu.memUsed'), 'bytes')} of device memory are held while no process is listed on the GPU: one in another container or of another user holds them, or one that died left them`,
    remedy: 'who holds the memory: nvidia-smi on the node itself, outside of containers (fuser -v /dev/nvidia*)',
  },
  {
    id: 'process-without-memory',
    isSo: ({ stats }: WindowShares) => mean(stats, 'gpu.processes') >= 1 && mean(stats, 'gpu.memUsed') < CONTEXT_MEMORY,
    text: ({ stats }: WindowShares) =>
      `processes are listed on the GPU while ${formatValue(mean(stats, 'gpu.memUsed'), 'bytes')} of its memory are used, less than a context takes: they are another GPU’s, or memory is not reported`,
    remedy: 'the memory of each process: nvidia-smi --query-compute-apps=gpu_uuid,pid,used_memory --format=csv on the node itself',
  },
  {
    id: 'clocks-at-rest',
    isSo: worksAtRest,
    text: ({ stats, busy }: WindowShares) =>
      `the GPU is said to be busy ${formatPercent(busy)} of the time while its clock stands at ${formatValue(mean(stats, 'gpu.smClock'), 'hertz')}, as at rest, and nothing slows it down: clock and utilisation are not of the same GPU or time`,
    remedy: 'clock and utilisation of one tool and one time: nvidia-smi --query-gpu=timestamp,uuid,utilization.gpu,clocks.sm,power.draw --format=csv -l 1',
  },
  {
    id: 'trainer-count',
    isSo: countsOtherwise,
    text: ({ work, subject }: WindowShares) => {
      const { logged, counted, peak } = work?.trainer ?? { logged: Number.NaN, counted: Number.NaN, peak: Number.NaN };
      const share = (rate: number) => (known(peak) ? ` (MFU ${formatPercent(rate / peak)})` : '');
      return `${subject.engineName ?? 'the trainer'} logs ${formatValue(logged, 'flop/s')} per GPU${share(logged)}, and by Headroom’s count of its tokens and the model it is ${formatValue(counted, 'flop/s')}${share(counted)}: model, tokens, GPUs or peak are not what one of the two takes`;
    },
    remedy: 'what the trainer trains and counts: the model (its name or config.json), whether adapters, the number of its GPUs, the peak that its MFU is of',
  },
] as const;

/**
 * A trainer's own FLOPs and ours are further apart than our model may err (§7.4: 1.25): less than ours, which is the least, or more than
 * ours with long sequences and the forward pass computed twice.
 */
function countsOtherwise({ work }: WindowShares): boolean {
  const { logged, counted, atMost } = work?.trainer ?? { logged: Number.NaN, counted: Number.NaN, atMost: Number.NaN };
  return logged * DISAGREE < counted || logged > DISAGREE * atMost;
}

/** Work is claimed at the clock of a GPU at rest, and neither heat, power nor a setting holds it there, nor does the card draw power. */
function worksAtRest({ stats, subject, tally, busy }: WindowShares): boolean {
  const top = largest(mean(stats, 'gpu.smClockMax'), subject.ceilings?.boostClock ?? Number.NaN);
  const held =
    SLOW_CAUSES.some((cause) => slowedIn(tally.slowed[cause]) !== null) || tally.flags.some((count) => count > 0) || mean(stats, 'gpu.capPowerTime') > 0;
  return busy >= DOMINANT && mean(stats, 'gpu.smClock') < REST_CLOCK * top && !held && isPowered({ stats, subject, tally }) !== true;
}

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
