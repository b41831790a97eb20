import { ALVIS_NODES, type NodeType } from '../hardware/index.ts';

/** What storage gives to a node. Null is "not published". */
export interface SiteStorage {
  readonly name: string;
  /** Bytes/s that one node can read, apart from its network's limit. */
  readonly nodeBytesPerSecond: number | null;
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
  readonly nodeTypes: readonly NodeType[];
  readonly storage: SiteStorage;
  /** Null until somebody configures them. */
  readonly prices: SitePrices | null;
}

/** The built-in site. Another one is a headroom.site.json. */
export const ALVIS: Site = {
  name: 'Alvis',
  timeZone: 'Europe/Stockholm',
  nodeTypes: ALVIS_NODES,
  storage: { name: 'Mimer (WEKA, flash)', nodeBytesPerSecond: null },
  prices: null,
};

/** Price of some GPUs of a node type for an hour, null where none is configured. */
export function pricePerHour(site: Site, nodeType: string, gpus: number): number | null {
  const price = site.prices?.perGpuHour[nodeType];
  return price === undefined ? null : price * gpus;
}
