import { DAY } from './day.ts';
import { ALVIS_NODES, type GpuId, type NodeNetwork, type NodeType } from '../hardware/index.ts';

/** What storage gives to a node. Null is "not published". */
interface SiteStorage {
  readonly name: string;
  /** Bytes/s that one node can read, apart from its network's limit. */
  readonly nodeBytesPerSecond: number | null;
  /** What jobs call the disk of their own node, such as $TMPDIR. */
  readonly scratch: string | null;
}

/** What an hour of one GPU costs, by node type id. Node types that are left out have no price. */
export interface SitePrices {
  readonly currency: string;
  readonly perGpuHour: Readonly<Record<string, number>>;
}

/** What Headroom knows of a cluster. */
export interface Site {
  readonly name: string;
  /** IANA name: "today" begins at this zone's midnight. */
  readonly timeZone: string;
  /** Seconds that a job may run at most; null where there is no limit, or nobody said one. */
  readonly longestJob: number | null;
  readonly nodeTypes: readonly NodeType[];
  readonly storage: SiteStorage;
  /** Null until somebody configures them. */
  readonly prices: SitePrices | null;
}

/** The built-in site. Another one is a headroom.site.json. */
export const ALVIS: Site = {
  name: 'Alvis',
  timeZone: 'Europe/Stockholm',
  longestJob: 7 * DAY,
  nodeTypes: ALVIS_NODES,
  storage: { name: 'Mimer (WEKA, flash)', nodeBytesPerSecond: null, scratch: '$TMPDIR' },
  prices: null,
};

/** A cluster that nobody described: nothing is told of its nodes, and its storage has no name. */
export const UNKNOWN_SITE: Site = {
  name: 'this cluster',
  timeZone: 'UTC',
  longestJob: null,
  nodeTypes: [],
  storage: { name: 'shared storage', nodeBytesPerSecond: null, scratch: null },
  prices: null,
};

/** GPU types of a site, each once, in the order of its node types. */
export function gpusOf(site: Site): readonly GpuId[] {
  return [...new Set(site.nodeTypes.map(({ gpu }) => gpu))];
}

/** A site's node types with a GPU, the fewest GPUs first. */
export function nodesWith(site: Site, gpu: GpuId): readonly NodeType[] {
  return site.nodeTypes.filter((node) => node.gpu === gpu).sort((a, b) => a.gpusPerNode - b.gpusPerNode);
}

/** A GPU type without its memory size. */
function kindOf(gpu: GpuId): string {
  return gpu.replace(/-\d+$/, '');
}

/**
 * The line that every node of a site with this GPU has at least; null where the site has no such node. A card of a size that
 * the site does not list sits in the nodes of its siblings: memory changes no network.
 */
export function siteLine(site: Site, gpu: GpuId): { readonly node: NodeType; readonly network: NodeNetwork } | null {
  const exact = nodesWith(site, gpu);
  const nodes = exact.length > 0 ? exact : site.nodeTypes.filter((node) => kindOf(node.gpu) === kindOf(gpu));
  const lines = nodes.flatMap((node) => {
    const [network] = node.networks;
    return network === undefined ? [] : [{ node, network }];
  });
  return lines.reduce<(typeof lines)[number] | null>((least, one) => (least === null || one.network.rate < least.network.rate ? one : least), null);
}

/** What jobs of a site call the disk of their own node, in words where it has no name. */
export function scratchName({ storage }: Site): string {
  return storage.scratch ?? "the node's own disk";
}

/** Price of some GPUs of a node type for an hour, null where none is configured. */
export function pricePerHour(site: Site, nodeType: string, gpus: number): number | null {
  const price = site.prices?.perGpuHour[nodeType];
  return price === undefined ? null : price * gpus;
}
