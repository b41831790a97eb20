import { TIE } from '../../judging/index.ts';
import { GPUS, gpusOf, type GpuId, siteLine, type NodeNetwork, type NodeType, nodesWith } from '../../knowledge/index.ts';
import { formatFactor, formatValue } from '../../readings/index.ts';
import { AS_LARGE, SMALL_BOARD } from './limits.ts';
import { usesTensorCores } from './signs.ts';
import type { Situation } from './situation.ts';
import { shrinking, shrinkingText, advise, type Piece } from './gain.ts';

/** Less is a tie within the error of what is computed (core/judging/thresholds.ts). */
const WORTH = TIE;

/** Cards of the site; who has one that it lacks is not on it and is told of none. */
function offered({ context: { gpu, site } }: Situation): readonly GpuId[] {
  const all = gpusOf(site);
  return gpu !== null && all.includes(gpu) ? all : [];
}

/** A card with about as much memory, or as much as the job uses, and with the data type that it uses. */
function holds(gpu: GpuId, { context: { ceilings, workload }, mean }: Situation): boolean {
  const needed = Math.min(
    mean('gpu.memUsed') > 0 ? mean('gpu.memUsed') : Number.POSITIVE_INFINITY,
    ceilings === null ? Number.POSITIVE_INFINITY : AS_LARGE * ceilings.memoryBytes,
  );
  const bf16 = workload.dtype !== null && /bf16|bfloat16/.test(workload.dtype);
  return GPUS[gpu].memoryBytes >= needed && (!bf16 || GPUS[gpu].peaks.bf16 !== null);
}

/** A card with a faster memory, the nearest step that is worth it. */
export const fasterMemory: Piece = {
  id: 'faster-memory',
  when: 'a measured share of the memory, and a card of the job’s site that holds the job and reads 1.25 times as fast',
  holds: (job) => !Number.isNaN(job.share),
  say: (job) => {
    const {
      context: { gpu, ceilings },
      share,
    } = job;
    if (gpu === null || ceilings === null || Number.isNaN(share)) return null;
    const better = offered(job)
      .filter((one) => GPUS[one].bandwidth >= WORTH * ceilings.bandwidth && holds(one, job))
      .sort((a, b) => GPUS[a].bandwidth - GPUS[b].bandwidth);
    const [next] = better;
    if (next === undefined) return null;
    const factor = ceilings.bandwidth / GPUS[next].bandwidth;
    return advise(job, {
      text: `${GPUS[gpu].label} reads at most ${formatValue(ceilings.bandwidth, 'bytes/s')}: ${GPUS[next].label} has ${formatValue(GPUS[next].bandwidth, 'bytes/s')}. More FLOP/s would not help this job.`,
      gain: shrinking(share, factor),
      arithmetic: `${formatFactor(1 / factor)} the bandwidth: ${shrinkingText(share, factor)}`,
    });
  },
};

/** A card with more arithmetic in the type that is multiplied. */
export const fasterArithmetic: Piece = {
  id: 'faster-arithmetic',
  when: 'tensor cores that work in 16 bits, and a card of the job’s site that holds the job and multiplies 1.25 times as fast',
  holds: usesTensorCores,
  say: (job) => {
    const {
      context: { gpu, ceilings },
      share,
    } = job;
    if (gpu === null || ceilings === null || Number.isNaN(share)) return null;
    const now = ceilings.peaks.bf16 ?? ceilings.peaks.fp16;
    if (now === null) return null;
    const rate = (one: GpuId) => GPUS[one].peaks.fp16 ?? Number.NaN;
    const [next] = offered(job)
      .filter((one) => rate(one) >= WORTH * now && holds(one, job))
      .sort((a, b) => rate(a) - rate(b));
    if (next === undefined) return null;
    const factor = now / rate(next);
    return advise(job, {
      text: `${GPUS[gpu].label} multiplies at most ${formatValue(now, 'flop/s')} in 16 bits: ${GPUS[next].label} has ${formatValue(rate(next), 'flop/s')}.`,
      gain: shrinking(share, factor),
      arithmetic: `${formatFactor(1 / factor)} the peak: ${shrinkingText(share, factor)}`,
    });
  },
};

/** GPUs of one node: as the site's largest node with the job's card has, at least as many as the job shows. */
export function gpusInNode({ context: { gpu, site, gpuCount, nodeCount } }: Situation): number {
  const sizes = gpu === null ? [] : nodesWith(site, gpu).map(({ gpusPerNode }) => gpusPerNode);
  return Math.max(sizes.length === 0 ? SMALL_BOARD : Math.max(...sizes), Math.ceil(gpuCount / Math.max(1, nodeCount)));
}

/** The lines that the job's nodes report, bytes/s; -∞ where they report none. */
export function reportedLine({ mean }: Situation): number {
  return Math.max(...[mean('host.ibSpeed'), mean('host.netSpeed')].filter((rate) => rate > 0), Number.NEGATIVE_INFINITY);
}

/** The line that nodes of the site with the job's card have, bytes/s; -∞ where that is not known. */
export function lineOfNodes({ context: { gpu, site } }: Situation): number {
  return (gpu === null ? null : siteLine(site, gpu))?.network.rate ?? Number.NEGATIVE_INFINITY;
}

/** Nodes of the site that hold the job and have a faster line than nodes with its card. */
interface BetterConnected {
  readonly own: NodeNetwork;
  readonly node: NodeType;
  readonly network: NodeNetwork;
}

/** The first of them in the order of the site; null where there are none, or the site lacks the job's card. */
export function betterConnected(job: Situation): BetterConnected | null {
  const { gpu, site } = job.context;
  const own = gpu === null ? null : siteLine(site, gpu);
  if (own === null) return null;
  const node = site.nodeTypes.find((one) => (one.networks[0]?.rate ?? Number.NaN) >= WORTH * own.network.rate && holds(one.gpu, job));
  const [network] = node?.networks ?? [];
  return node === undefined || network === undefined ? null : { own: own.network, node, network };
}

/** How networks are called. */
export const NETWORK_NAMES: Readonly<Record<NodeNetwork['kind'], string>> = { infiniband: 'InfiniBand', ethernet: 'Ethernet' };
