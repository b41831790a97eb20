import type { NvLink } from './spec.ts';

/** What GPUs of a node talk over where NVLink does not join them, from the nearest to the farthest (the legend of `nvidia-smi topo -m`). */
export const PCIE_PATHS = ['PIX', 'PXB', 'PHB', 'NODE', 'SYS'] as const;
export type PciePath = (typeof PCIE_PATHS)[number];

/** What joins two GPUs: some NVLinks, or a way over PCIe. */
type Joint = { readonly kind: 'nvlink'; readonly links: number } | { readonly kind: 'pcie'; readonly path: PciePath };

/** What joins the GPUs of one node, row by row in the order of their indexes; null on the diagonal. */
export type Wiring = readonly (readonly (Joint | null)[])[];

/** The slowest that a group of GPUs has to pass, bytes/s of one direction over NVLink; PCIe by its path. */
export type Weakest = { readonly kind: 'nvlink'; readonly rate: number; readonly links: number } | { readonly kind: 'pcie'; readonly path: PciePath };

/** GPUs of one node: more than any machine has, so that a matrix is bounded. */
const MOST_GPUS = 64;

/** A wiring from the cells that `nvidia-smi topo -m` prints between GPUs; null where they are no square of known words. */
export function wiringFrom(cells: readonly (readonly string[])[]): Wiring | null {
  const size = cells.length;
  if (size === 0 || size > MOST_GPUS || cells.some((row) => row.length !== size)) return null;
  const joints = cells.map((row, a) => row.map((cell, b) => (a === b ? null : jointFrom(cell))));
  const whole = joints.every((row, a) => row.every((joint, b) => a === b || joint !== null));
  return whole ? joints : null;
}

function jointFrom(cell: string): Joint | null {
  const word = cell.toUpperCase();
  if (/^NV[1-9]\d?$/.test(word)) return { kind: 'nvlink', links: Number.parseInt(word.slice(2), 10) };
  const path = PCIE_PATHS.find((one) => one === word);
  return path === undefined ? null : { kind: 'pcie', path };
}

/** Whether any two GPUs are joined by NVLink. */
export function hasNvlink(wiring: Wiring): boolean {
  return wiring.some((row) => row.some((joint) => joint?.kind === 'nvlink'));
}

/** Bytes/s of one direction over some of a card's NVLinks; never more than all that it has. */
export function nvlinkRate({ oneWay, links: all }: NvLink, links: number): number {
  return (oneWay * Math.min(links, all)) / all;
}

/**
 * What limits a ring over some GPUs. Where NVLink joins them all, directly or through each other: the GPU with the fewest links into
 * the group (a switch shows all of a card's links in every cell, so they are counted once). Otherwise the nearest kind of PCIe path
 * without which the group would fall apart.
 */
export function weakestLink(wiring: Wiring, group: readonly number[], card: NvLink | null): Weakest {
  const over = (holds: (joint: Joint) => boolean) =>
    connected(group, (a, b) => {
      const joint = wiring[a]?.[b] ?? null;
      return joint !== null && holds(joint);
    });
  if (card !== null && over(({ kind }) => kind === 'nvlink')) {
    const links = Math.min(card.links, ...group.map((gpu) => linksInto(wiring, gpu, group)));
    return { kind: 'nvlink', rate: nvlinkRate(card, links), links };
  }
  const near = (farthest: PciePath) =>
    over((joint) => (joint.kind === 'nvlink' ? card !== null : PCIE_PATHS.indexOf(joint.path) <= PCIE_PATHS.indexOf(farthest)));
  return { kind: 'pcie', path: PCIE_PATHS.find(near) ?? 'SYS' };
}

function linksInto(wiring: Wiring, gpu: number, group: readonly number[]): number {
  const joints = group.map((other) => wiring[gpu]?.[other] ?? null);
  return joints.reduce((sum, joint) => sum + (joint?.kind === 'nvlink' ? joint.links : 0), 0);
}

function connected(group: readonly number[], joined: (a: number, b: number) => boolean): boolean {
  const [first] = group;
  if (first === undefined) return false;
  const reached = new Set([first]);
  const open = [first];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const from = at;
    for (const other of group.filter((one) => !reached.has(one) && joined(from, one))) {
      reached.add(other);
      open.push(other);
    }
  }
  return reached.size === group.length;
}
