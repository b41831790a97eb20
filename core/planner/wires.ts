import { type NvLink, PCIE_PATHS, weakestLink, type Weakest, type Wiring } from '../knowledge/index.ts';

/** How many ranks of each kind a plan puts into one node. */
interface Ranks {
  readonly tensor: number;
  readonly stages: number;
  readonly replicas: number;
}

/** Which GPUs of a node a plan takes, tensor groups in the order of stages and replicas, and what limits each kind of exchange among them. */
export interface Wired {
  readonly groups: readonly (readonly number[])[];
  /** Null where the plan has no such exchange inside the node. */
  readonly tensor: Weakest | null;
  readonly pipeline: Weakest | null;
  readonly data: Weakest | null;
}

/**
 * The GPUs that are joined best: tensor ranks first, since they wait for each other in every layer, then stages, then replicas. Greedy:
 * no machine has so many kinds of joints that it misses one.
 */
export function wired(wiring: Wiring, card: NvLink | null, { tensor, stages, replicas }: Ranks): Wired {
  const all = wiring.map((_, gpu) => gpu);
  const weakest = (gpus: readonly number[]): Weakest => weakestLink(wiring, gpus, card);
  const needed = stages * replicas;
  // Replicas alone form one ring: the best group of that size.
  const alone = tensor === 1 && stages === 1 ? bestGroup(all, needed, weakest).map((gpu) => [gpu]) : null;
  const groups = alone ?? chained(tensorGroups(all, tensor, weakest), needed, weakest);
  const hops = groups.slice(1).flatMap((group, i) => ((i + 1) % stages === 0 ? [] : acrossOf(groups[i] ?? [], group)));
  const rings = Array.from({ length: stages * tensor }, (_, place) =>
    Array.from({ length: replicas }, (_, replica) => groups[replica * stages + Math.floor(place / tensor)]?.[place % tensor]).filter(
      (gpu) => gpu !== undefined,
    ),
  );
  return {
    groups,
    tensor: tensor === 1 ? null : worst(groups.map(weakest)),
    pipeline: stages === 1 ? null : worst(hops.map(weakest)),
    data: replicas === 1 ? null : worst(rings.map(weakest)),
  };
}

function tensorGroups(all: readonly number[], size: number, weakest: (gpus: readonly number[]) => Weakest): number[][] {
  const groups: number[][] = [];
  let left = all;
  while (left.length >= size) {
    const group = bestGroup(left, size, weakest);
    groups.push(group);
    left = left.filter((gpu) => !group.includes(gpu));
  }
  return groups;
}

/** The group that grows from any of the GPUs by the neighbour that weakens it least; the lowest indexes where several are alike. */
function bestGroup(from: readonly number[], size: number, weakest: (gpus: readonly number[]) => Weakest): number[] {
  const grown = from.map((seed) => {
    const group = [seed];
    while (group.length < size) {
      const next = best(
        from.filter((gpu) => !group.includes(gpu)),
        (gpu) => strength(weakest([...group, gpu])),
      );
      if (next === undefined) break;
      group.push(next);
    }
    return group.sort((a, b) => a - b);
  });
  return best(grown, (group) => (group.length < 2 ? 0 : strength(weakest(group)))) ?? [];
}

/** Groups in the order in which each is joined best to the one before. */
function chained(groups: readonly number[][], needed: number, weakest: (gpus: readonly number[]) => Weakest): number[][] {
  const between = (a: readonly number[], b: readonly number[]) => Math.min(...acrossOf(a, b).map((pair) => strength(weakest(pair))));
  const chains = groups.map((first) => {
    const chain = [first];
    while (chain.length < needed) {
      const last = chain.at(-1) ?? first;
      const next = best(
        groups.filter((group) => !chain.includes(group)),
        (group) => between(last, group),
      );
      if (next === undefined) break;
      chain.push(next);
    }
    return chain;
  });
  return best(chains, (chain) => Math.min(Infinity, ...chain.slice(1).map((group, i) => between(chain[i] ?? group, group)))) ?? [];
}

/** The ranks of two groups that hand over to each other. */
function acrossOf(a: readonly number[], b: readonly number[]): number[][] {
  return a.flatMap((gpu, i) => {
    const other = b[i];
    return other === undefined ? [] : [[gpu, other]];
  });
}

function worst(links: readonly Weakest[]): Weakest | null {
  return best(links, (link) => -strength(link)) ?? null;
}

/** NVLink by its rate, above every PCIe path; those by how near they are. */
function strength(link: Weakest): number {
  return link.kind === 'nvlink' ? PCIE_PATHS.length + link.rate : PCIE_PATHS.length - PCIE_PATHS.indexOf(link.path);
}

function best<T>(many: readonly T[], score: (one: T) => number): T | undefined {
  let found: { readonly one: T; readonly score: number } | undefined;
  for (const one of many) {
    const value = score(one);
    if (found === undefined || value > found.score) found = { one, score: value };
  }
  return found?.one;
}
