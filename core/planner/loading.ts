import { ceilingsFor, loadSeconds } from '../knowledge/index.ts';
import type { PlanInput } from './input.ts';
import type { Placement } from './links.ts';
import { stageWeightBytes } from './memory.ts';

/** Seconds until weights are on the GPUs, at line rate: floors. */
export interface LoadPlan {
  /** Bytes that a node reads, its ranks together. */
  readonly nodeBytes: number;
  /** From shared storage over the node's network; null where no network is known. */
  readonly readSeconds: number | null;
  /** From host memory over PCIe, all GPUs at once. */
  readonly copySeconds: number;
  /** First load: read, then copy. */
  readonly totalSeconds: number;
  /** A later load, from the host's page cache. */
  readonly cachedSeconds: number;
  readonly storage: string;
}

/** Load times of a plan; replicas on a node read the same files, which the page cache then gives to all. */
export function loadPlan(input: PlanInput, place: Placement): LoadPlan {
  const gpuBytes = stageWeightBytes(input);
  const ranks = Math.min(place.gpusPerNode, input.tensorParallel * input.pipelineParallel);
  const nodeBytes = gpuBytes * ranks;
  const { read, copy, total } = loadSeconds({
    nodeBytes,
    gpuBytes,
    network: place.between?.rate ?? null,
    storage: input.site.storage.nodeBytesPerSecond,
    pcie: ceilingsFor(input.gpu, input.card).pcie.bytesPerSecond,
  });
  return {
    nodeBytes,
    readSeconds: place.between === null && input.site.storage.nodeBytesPerSecond === null ? null : read,
    copySeconds: copy,
    totalSeconds: total,
    cachedSeconds: copy,
    storage: input.site.storage.name,
  };
}
