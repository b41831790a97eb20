import { GPU_IDS, type GpuId, GPUS, parseSite, type Site } from '../../core/knowledge/index.ts';
import type { Table } from '../../core/readings/index.ts';

/** A site file of a cluster that has nothing in common with the built-in one: 8 × H100 a node, 400 Gbit, Lustre. */
export const ANOTHER_SITE_FILE = {
  name: 'Fjord',
  storage: { name: 'Lustre' },
  nodeTypes: [
    {
      id: 'accelerated',
      gpu: 'H100-80',
      gpusPerNode: 8,
      nodes: 40,
      cores: 96,
      hostMemoryGB: [2048],
      networks: [{ kind: 'infiniband', gbit: 400 }],
    },
  ],
};

/** The same as a site. */
export const ANOTHER_SITE: Site = siteOf(ANOTHER_SITE_FILE);

function siteOf(file: unknown): Site {
  const result = parseSite(file);
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return result.site;
}

/** A table as such a cluster would have sent it: its node and its paths carry no name of the built-in one. */
export function sentFromThere({ entity, facts, ...rest }: Table, product: string | null): Table {
  const renamed = (text: string): string => text.replace(/alvis/gi, 'node').replace(/mimer\/NOBACKUP/gi, 'lustre');
  return {
    ...rest,
    entity: { ...entity, id: renamed(entity.id), ...(entity.node === undefined ? {} : { node: renamed(entity.node) }) },
    facts: new Map([...facts].map(([name, value]) => [name, name === 'name' && product !== null ? product : renamed(value)])),
  };
}

/** Names of the built-in cluster, its storage and its scratch, and of cards and node types. */
const NAMES =
  /alvis|mimer|c3se|naiss|weka|\$TMPDIR|A100\w*|A40\b|V100\w*|\bT4\b|H200|H100-(64|PCIE|NVL)|H100 (SXM 64 GB|PCIe|NVL)|\bL40S?\b|\bL4\b|\bA10G?\b|\bA30\b|\bA6000\b|RTX[- ]\w+|\bH20\b|\bB200\b|\bGB10\b/gi;

/**
 * Every name in a result that has no place on that site, each once. What the job itself runs on may be named; `source`
 * fields cite who measured a number, and are no advice.
 */
export function foreignNames(result: unknown, own: GpuId | null = null): string[] {
  const text = JSON.stringify(result, (key, value: unknown) => (key === 'source' ? undefined : value));
  const mine = own === null ? [] : [GPUS[own].label, own, ...PRODUCTS[own]];
  const others = mine.reduce((left, name) => left.replaceAll(name, ''), text);
  return [...new Set(others.match(NAMES))];
}

/** What tools print for a card. */
const PRODUCTS: Readonly<Record<GpuId, readonly string[]>> = {
  ...(Object.fromEntries(GPU_IDS.map((id): [GpuId, string[]] => [id, []])) as Record<GpuId, string[]>), // every id has its row
  'A100-40': ['A100-SXM4-40GB'],
  'A100-80': ['A100-SXM4-80GB'],
  'V100-16': ['V100-SXM2-16GB'],
  'V100-32': ['V100-SXM2-32GB'],
};
