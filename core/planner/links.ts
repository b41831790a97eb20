import { ACHIEVABLE, type GpuId, GPUS, nodesWith, type NodeNetwork, type NodeType, type PciePath, type Weakest, type Wiring } from '../knowledge/index.ts';
import { gpuCount, type PlanInput } from './input.ts';
import { wired, type Wired } from './wires.ts';

export type LinkKind = 'nvlink' | 'pcie' | 'infiniband' | 'ethernet';

/** A link that ranks talk over. */
export interface Link {
  readonly kind: LinkKind;
  /** Line rate of one direction, bytes/s. */
  readonly rate: number;
  /** What it is where the wiring is known: some of a card's NVLinks, or a way over PCIe. */
  readonly via: `NV${number}` | PciePath | null;
  /** Fraction of it that collectives reach. */
  readonly achievable: number;
  /** The same where all ranks of a node or several sizes take part: the poor end of the range. */
  readonly achievablePoor: number;
  /** Seconds that one collective takes however small it is. */
  readonly latency: number;
}

/**
 * Least time of one collective: a kernel launch and a ring of small messages on NVLink, several host-driven hops elsewhere.
 * Inferred from common NCCL small-message figures; enters the expected range only, never a ceiling.
 */
const LATENCY: Readonly<Record<LinkKind, number>> = { nvlink: 10e-6, pcie: 25e-6, infiniband: 40e-6, ethernet: 100e-6 };

const ACHIEVED: Readonly<Record<LinkKind, number>> = {
  nvlink: ACHIEVABLE.nvlink.value,
  pcie: ACHIEVABLE.pcie.value,
  infiniband: ACHIEVABLE.nic.value,
  ethernet: ACHIEVABLE.nic.value,
};

/**
 * The poor end. NVLink: 200 of 300 GB/s of bus bandwidth on eight A100 (NVIDIA/nccl-tests issue 149). PCIe: 20 of 31.5 GB/s where a
 * ring crosses sockets (issue 178). Networks: nobody's figure, taken as the good end.
 */
const ACHIEVED_POOR: Readonly<Record<LinkKind, number>> = { nvlink: 0.67, pcie: 0.63, infiniband: ACHIEVED.infiniband, ethernet: ACHIEVED.ethernet };

function link(kind: LinkKind, rate: number): Link {
  return { kind, rate, via: null, achievable: ACHIEVED[kind], achievablePoor: ACHIEVED_POOR[kind], latency: LATENCY[kind] };
}

/** Paths that leave a host bridge: a ring over them gave 0.63 of the line (issue 178); a fifth less at the poor end, inferred. */
const FAR: Partial<Record<PciePath, { readonly achievable: number; readonly achievablePoor: number }>> = {
  NODE: { achievable: 0.63, achievablePoor: 0.5 },
  SYS: { achievable: 0.63, achievablePoor: 0.5 },
};

function linkOf(weakest: Weakest, input: PlanInput): Link {
  if (weakest.kind === 'nvlink') return { ...link('nvlink', weakest.rate), via: `NV${weakest.links}` };
  return { ...link('pcie', GPUS[input.gpu].pcie.bytesPerSecond), ...FAR[weakest.path], via: weakest.path };
}

/** Where the ranks of a plan sit. */
export interface Placement {
  /** The site's node type with this GPU, the smallest that holds the plan; null where the site has none. */
  readonly node: NodeType | null;
  readonly gpusPerNode: number;
  readonly gpus: number;
  readonly nodes: number;
  /** Between GPUs of a node. */
  readonly inside: Link;
  /** Between nodes; null where nothing is known of a network. */
  readonly between: Link | null;
  readonly tensor: Link;
  readonly pipeline: Link;
  readonly data: Link;
  /** The GPUs of a node that are taken, tensor groups one after another; null where the wiring is not known. */
  readonly chosen: Wired['groups'] | null;
}

/** GPUs of a node that the site does not describe: as in HGX and DGX machines; a chip that shares its memory with the CPU is a node of its own. */
function commonNode(gpu: GpuId): number {
  return GPUS[gpu].unified?.kind === 'shared' ? 1 : 8;
}

/** Between nodes that the site does not describe: the least that clusters for training are built with. */
const COMMON_NETWORK: NodeNetwork = { kind: 'infiniband', rate: 12.5e9 };

/** Places tensor ranks closest, then pipeline stages, then replicas, as engines and trainers do. */
export function placement(input: PlanInput): Placement {
  const gpus = gpuCount(input);
  const node = nodeFor(input, gpus);
  const gpusPerNode = node?.gpusPerNode ?? input.wiring?.length ?? commonNode(input.gpu);
  const network = node?.networks[0];
  const between = network === undefined ? null : link(network.kind, network.rate);
  const inside = insideLink(input);
  const wires = wiresOf(input, { node, gpusPerNode });
  const over = (ranks: number, own: Weakest | null): Link =>
    ranks > gpusPerNode ? (between ?? link(COMMON_NETWORK.kind, COMMON_NETWORK.rate)) : own === null ? inside : linkOf(own, input);
  return {
    node,
    gpusPerNode,
    gpus,
    nodes: Math.ceil(gpus / gpusPerNode),
    inside,
    between,
    tensor: over(input.tensorParallel, wires?.tensor ?? null),
    pipeline: over(input.tensorParallel * input.pipelineParallel, wires?.pipeline ?? null),
    data: over(gpus, wires?.data ?? null),
    chosen: wires?.groups ?? null,
  };
}

/** What is known of a plan's node: as the machine itself says, else the site; null where neither tells of as many GPUs as are taken. */
export function wiringFor(input: PlanInput, { node, gpusPerNode }: Pick<Placement, 'node' | 'gpusPerNode'>): Wiring | null {
  const wiring = input.wiring ?? node?.wiring ?? null;
  return wiring !== null && wiring.length >= Math.min(gpuCount(input), gpusPerNode) ? wiring : null;
}

/** The GPUs of a node and what joins them; null where that is not known, one is taken, or tensor groups cross nodes. */
function wiresOf(input: PlanInput, place: Pick<Placement, 'node' | 'gpusPerNode'>): Wired | null {
  const { tensorParallel: tensor, pipelineParallel, dataParallel } = input;
  const wiring = wiringFor(input, place);
  const groups = Math.floor(place.gpusPerNode / tensor);
  if (wiring === null || gpuCount(input) === 1 || groups === 0) return null;
  const stages = Math.min(pipelineParallel, groups);
  return wired(wiring, GPUS[input.gpu].nvlink, { tensor, stages, replicas: Math.min(dataParallel, Math.floor(groups / stages)) });
}

function nodeFor(input: PlanInput, gpus: number): NodeType | null {
  const same = nodesWith(input.site, input.gpu);
  return same.find((node) => node.gpusPerNode >= gpus) ?? same.at(-1) ?? null;
}

/** NVLink where every GPU of the node has it to every other; an optional bridge is not assumed. */
function insideLink(input: PlanInput): Link {
  const { nvlink, pcie } = GPUS[input.gpu];
  return nvlink?.reach === 'all' ? link('nvlink', nvlink.oneWay) : link('pcie', pcie.bytesPerSecond);
}

/** Every link that people choose between, for the communication table: the GPU's own and the site's networks. */
export function linkTable(input: PlanInput, place: Placement): readonly Link[] {
  const { nvlink, pcie } = GPUS[input.gpu];
  // Where the wiring is known the plan's own links stand for their kind, the slowest of them.
  const used = (kind: LinkKind): Link | undefined =>
    [place.tensor, place.pipeline, place.data].filter((one) => one.kind === kind && one.via !== null).sort((a, b) => a.rate - b.rate)[0];
  const own = [nvlink === null ? null : (used('nvlink') ?? link('nvlink', nvlink.oneWay)), used('pcie') ?? link('pcie', pcie.bytesPerSecond)].filter(
    (one) => one !== null,
  );
  return [...own, ...(['infiniband', 'ethernet'] as const).map((kind) => networkOf(kind, input, place)).filter((one) => one !== null)];
}

/** A kind of network: the one that the plan uses, else the fastest of the site; null where the site has none. */
function networkOf(kind: NodeNetwork['kind'], { site }: PlanInput, place: Placement): Link | null {
  const used = [place.between, place.tensor, place.pipeline, place.data].find((one) => one?.kind === kind);
  const rates = site.nodeTypes.flatMap(({ networks }) => networks.filter((network) => network.kind === kind).map(({ rate }) => rate));
  return used ?? (rates.length === 0 ? null : link(kind, Math.max(...rates)));
}
