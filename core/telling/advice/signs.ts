import { CONTRIBUTING, DOMINANT, ONE_WAY, readRate, REDUCED_CLOCK, SLOWED_DOWN, WITHOUT_TENSOR_CORES } from '../../judging/index.ts';
import { GPUS } from '../../knowledge/index.ts';
import { formatAgainst } from '../../readings/index.ts';
import type { Situation } from './situation.ts';

/** GPUs of the job on one node, at least one. */
export function gpusPerNode({ context: { gpuCount, nodeCount } }: Situation): number {
  return Math.max(1, gpuCount / Math.max(1, nodeCount));
}

/** CPU cores that the job has for each of its GPUs on a node, whole ones; NaN where they are not known. */
export function coresPerGpu(job: Situation): number {
  return Math.floor((job.context.cores ?? Number.NaN) / gpusPerNode(job));
}

/** GPUs that one copy of the model is spread over by tensors; 1 where that is not said. */
export function tensorWidth({ context: { workload } }: Situation): number {
  return workload.tensorParallel ?? 1;
}

/** Layers in stages one after another, as a command says or as the GPUs show that take turns. */
export function isStaged({ context: { workload, takesTurns } }: Situation): boolean {
  return (workload.pipelineParallel ?? 1) > 1 || takesTurns === true;
}

/** Weights, optimiser or cache are kept in the host's memory, by what the command lines say. */
export function isOffloading(job: Situation): boolean {
  return job.commanded(/offload|--n-cpu-moe|-ot\b/i);
}

/** One rate does not outweigh the other: an exchange, not a copy one way. Not so where either is not known. */
export function bothWays(one: number, other: number): boolean {
  return one <= ONE_WAY * other && other <= ONE_WAY * one;
}

/**
 * What crosses PCIe is the GPUs' talk with each other: several of them on a node without NVLink between all, that send as they receive,
 * or that are known to share each layer. Copies for an offloaded part look alike and are known by the command line.
 */
export function talksOverPcie(job: Situation): boolean {
  if (gpusPerNode(job) <= 1 || job.context.ceilings?.nvlink?.reach === 'all' || isOffloading(job)) return false;
  return tensorWidth(job) > 1 || bothWays(job.mean('gpu.pcieRx'), job.mean('gpu.pcieTx'));
}

/** The clock against the card's highest, 0–1; NaN where either is not known. */
export function clockPart({ context: { ceilings }, mean }: Situation): number {
  const top = mean('gpu.smClockMax') > 0 ? mean('gpu.smClockMax') : (ceilings?.boostClock ?? Number.NaN);
  return mean('gpu.smClock') / top;
}

/** Slowed down for heat or by the power brake, which is never ordinary. */
export function isOverheated({ verdict }: Situation): boolean {
  return verdict.modifiers.some((text) => text.startsWith(SLOWED_DOWN));
}

/** Under its pace for whatever reason. */
export function isSlowed(job: Situation): boolean {
  return isOverheated(job) || clockPart(job) < 1 - REDUCED_CLOCK;
}

/** `825 MHz of 1.41 GHz`, or null where the clock is not known. */
export function clockText(job: Situation): string | null {
  const now = job.mean('gpu.smClock');
  return now > 0 ? formatAgainst(now, now / clockPart(job), 'hertz') : null;
}

/** A link of the GPU is in use for a third of the time: what is not explained may be waiting for others. */
export function exchanges(job: Situation): boolean {
  return (['nvlink', 'network', 'transfer'] as const).some((key) => job.shareOf(key) >= CONTRIBUTING);
}

/** GPUs that work together, whose links nobody measured: then waiting for each other looks as small kernels do. */
export function mayWaitForOthers(job: Situation): boolean {
  const { gpuCount, nodeCount } = job.context;
  const inside = gpuCount > nodeCount && Number.isNaN(job.shareOf('nvlink')) && Number.isNaN(job.shareOf('transfer'));
  return inside || (nodeCount > 1 && Number.isNaN(job.shareOf('network')));
}

/** The tensor cores are what works: not FP32 or FP64 pipes. */
export function usesTensorCores(job: Situation): boolean {
  return !job.verdict.modifiers.includes(WITHOUT_TENSOR_CORES) && !(job.shareOf('fp32') >= DOMINANT) && !(job.shareOf('fp64') >= DOMINANT);
}

/** Bytes per second that storage delivered; NaN where nothing shows any. */
export function readRateOf(job: Situation): number {
  const rate = readRate((id) => job.mean(id));
  return rate > 0 ? rate : Number.NaN;
}

/** More is written than read: checkpoints or results, not data. */
export function mostlyWrites(job: Situation): boolean {
  const rates = (['host.diskWriteRate', 'host.fsWriteRate', 'host.scratchWriteRate', 'process.writeChars', 'process.writeBytes'] as const).map((id) =>
    job.mean(id),
  );
  const written = Math.max(...rates.filter((rate) => rate > 0), 0);
  return written > 0 && !(readRateOf(job) >= written);
}

/** DCGM has no profiling fields of GeForce cards and of GB10. */
export function canProfile({ context: { gpu } }: Situation): boolean {
  return gpu === null || !/^(?:GeForce|GB10)/.test(GPUS[gpu].label);
}
