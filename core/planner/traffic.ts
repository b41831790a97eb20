import { ceilingsFor, hostBytesPerSecond, loadSeconds } from '../knowledge/index.ts';
import type { PlanInput } from './input.ts';
import type { Link, LinkKind, Placement } from './links.ts';
import { stageWeightBytes } from './memory.ts';
import { exchange } from './stage.ts';
import { gradientBytes } from './train.ts';

/** One kind of traffic of one step, and what it would take on each link at line rate. */
export interface Traffic {
  readonly kind: 'tensor' | 'pipeline' | 'data';
  /** Bytes per step that one end of the link sends. */
  readonly bytes: number;
  /** The link that this plan uses. */
  readonly uses: LinkKind;
  readonly seconds: Readonly<Partial<Record<LinkKind, number>>>;
}

/**
 * Communication per step: a decode step when serving, an optimiser step when training. Tensor and pipeline traffic are
 * per GPU, data-parallel traffic is per GPU inside a node and per node between nodes. Empty for one GPU.
 */
export function communication(input: PlanInput, place: Placement, links: readonly Link[]): readonly Traffic[] {
  const tokens = input.mode === 'serve' ? input.batch : input.batch * input.context;
  const passes = input.mode === 'serve' ? 1 : input.train.checkpointing ? 3 : 2;
  const sent = exchange(input, tokens);
  const rows: readonly Omit<Traffic, 'seconds'>[] = [
    { kind: 'tensor', bytes: passes * sent.tensorBytes, uses: place.tensor.kind },
    { kind: 'pipeline', bytes: Math.min(passes, 2) * sent.pipelineBytes, uses: place.pipeline.kind },
    { kind: 'data', bytes: input.mode === 'serve' ? 0 : gradientBytes(input, place), uses: place.data.kind },
  ];
  return rows
    .filter((row) => row.bytes > 0)
    .map((row) => ({
      ...row,
      seconds: Object.fromEntries(links.map((link) => [link.kind, row.bytes / link.rate])),
    }));
}

/** Seconds until weights are on the GPUs, at line rate: floors. */
export interface LoadPlan {
  /** Bytes that a node reads, its ranks together. */
  readonly nodeBytes: number;
  /** From shared storage over the node's network; null where no network is known. */
  readonly readSeconds: number | null;
  /** From host memory over PCIe, or over what takes its place, all GPUs at once. */
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
    host: hostBytesPerSecond(ceilingsFor(input.gpu, input.card)),
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
