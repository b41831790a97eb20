import type { Bottleneck } from '../contract/index.ts';
import { known } from './stats.ts';
import { CONTRIBUTING, DOMINANT, LEAN_EMPTY, TIE } from './thresholds.ts';

/** The resources that are compared, busy ones first. */
const RESOURCES = ['compute', 'memory', 'nvlink', 'pcie', 'nic', 'disk', 'empty'] as const;
export type Resource = (typeof RESOURCES)[number];
export type ResourceShares = Record<Resource, number>;

/** What else the rules ask. */
export interface LabelFacts {
  readonly busy: number;
  /** Both compute and memory shares are complete: counters, or a model that left nothing out. */
  readonly complete: boolean;
  /** Whether the NIC's share may decide: not against a GPU of which no share is known, unless the line is full. */
  readonly nicCounts: boolean;
  /** Disk time counts only with I/O pressure: it is "some request in flight", an upper bound. */
  readonly diskCounts: boolean;
  /** Links that carry traffic both ways: kernels may spin on them, as collectives do, whether or not they may decide. */
  readonly exchanged: readonly Resource[];
}

/** Which rule decided; `unexplained`: busy time is left over, but it need not be more than any share. */
type Rule = 'link' | 'empty' | 'busy' | 'balanced' | 'overhead' | 'unexplained' | 'unmeasured';

export interface Label {
  readonly rule: Rule;
  readonly first: Resource | null;
  readonly next: Resource | null;
  readonly s1: number;
  readonly s2: number;
  /** The share that `first` had to reach. */
  readonly threshold: number;
  readonly lean: Resource | null;
}

/** The tree of §7.2 from links to busy: pure arithmetic on shares, so that it can be asked again with an η moved. */
export function labelOf(shares: ResourceShares, facts: LabelFacts): Label {
  const compared: Compared = { shares, facts };
  const { compute, memory, empty } = shares;
  const own = Math.max(known(compute) ? compute : Number.NEGATIVE_INFINITY, known(memory) ? memory : Number.NEGATIVE_INFINITY);
  const link = top(compared, LINKS, null);
  const linkShare = link === null ? Number.NaN : shares[link];
  if (link !== null && linkShare >= DOMINANT && linkShare >= TIE * own) {
    // A link works while no kernel does: it explains empty time and does not compete with it.
    const next = top(compared, NOT_EMPTY, link);
    return { rule: 'link', first: link, next, s1: linkShare, s2: Math.max(0, own), threshold: DOMINANT, lean: null };
  }
  const first = top(compared, ALL, null);
  if (first === null) return { rule: 'unmeasured', first: null, next: null, s1: Number.NaN, s2: Number.NaN, threshold: DOMINANT, lean: null };
  if (first === 'empty' && empty >= CONTRIBUTING) {
    const label = waiting(compared);
    return label.s2 >= CONTRIBUTING && empty < TIE * label.s2 ? { ...label, rule: 'balanced' } : label;
  }
  const s1 = shares[first];
  if (first !== 'empty' && s1 >= DOMINANT) {
    const label = made('busy', first, compared, DOMINANT);
    return s1 < TIE * label.s2 ? { ...label, rule: 'balanced' } : label;
  }
  if (!(facts.busy >= DOMINANT) || !facts.complete) return made('unmeasured', first, compared, DOMINANT);
  // A third of the time empty and nothing at a half: the unexplained busy time is then less than the empty time (1 − e − s < e
  // for s ≥ 1.25·e), so waiting costs more than overhead, and is named.
  if (empty >= CONTRIBUTING) {
    if (s1 < TIE * empty) return { ...made('balanced', first, compared, CONTRIBUTING), next: 'empty', s2: empty };
    return waiting(compared);
  }
  const busiest = top(compared, BUSY, null);
  const { least, share } = leftOver(shares, facts);
  const label = made(least >= share ? 'overhead' : 'unexplained', busiest ?? first, compared, DOMINANT);
  const runnerUp = busiest === null ? null : top(compared, NOT_EMPTY, busiest);
  const leads = busiest !== null && (runnerUp === null || shares[busiest] > TIE * shares[runnerUp]);
  const leaning = leads && label.s1 >= CONTRIBUTING && empty < LEAN_EMPTY;
  return { ...label, lean: leaning ? busiest : null };
}

interface Compared {
  readonly shares: ResourceShares;
  readonly facts: LabelFacts;
}

const BUSY: readonly Resource[] = ['compute', 'memory', 'nvlink'];
const LINKS: readonly Resource[] = ['pcie', 'nic', 'disk'];
const NOT_EMPTY: readonly Resource[] = [...BUSY, ...LINKS];
const ALL: readonly Resource[] = RESOURCES;

function made(rule: Rule, first: Resource, compared: Compared, threshold: number): Label {
  const next = top(compared, ALL, first);
  return { rule, first, next, s1: compared.shares[first], s2: next === null ? 0 : compared.shares[next], threshold, lean: null };
}

/** Empty time against what keeps the GPU busy. A link is no rival: it may be what the GPU waits for. */
function waiting(compared: Compared): Label {
  const next = top(compared, BUSY, null);
  const { shares } = compared;
  return { rule: 'empty', first: 'empty', next, s1: shares.empty, s2: next === null ? 0 : shares[next], threshold: CONTRIBUTING, lean: null };
}

/** Busy time that no resource explains, as shares of time, and what it is up against. */
export interface LeftOver {
  /** With all resources one after another, and all at once. */
  readonly least: number;
  readonly most: number;
  /** The largest share, empty time and links among them. */
  readonly rival: Resource | null;
  readonly share: number;
}

/** The unexplained busy time as the two ends of what it can be (§7.1). What goes over one link of a node goes over the others meanwhile. */
export function leftOver(shares: ResourceShares, facts: LabelFacts): LeftOver {
  const spun = facts.exchanged.map((name) => shares[name]).filter(known);
  const worked = [...BUSY.map((name) => shares[name]).filter(known), Math.max(0, ...spun)];
  const compared = [...ALL.filter((name) => name !== 'disk' && name !== 'nic'), ...facts.exchanged].filter((name) => known(shares[name]));
  const rival = compared.reduce<Resource | null>((best, name) => (best === null || shares[name] > shares[best] ? name : best), null);
  return {
    least: Math.max(0, facts.busy - worked.reduce((sum, share) => sum + share, 0)),
    most: Math.max(0, facts.busy - Math.max(...worked)),
    rival,
    share: rival === null ? 0 : shares[rival],
  };
}

function top({ shares, facts }: Compared, among: readonly Resource[], except: Resource | null): Resource | null {
  let best: Resource | null = null;
  for (const name of among) {
    if (name === except || !known(shares[name]) || (name === 'disk' && !facts.diskCounts) || (name === 'nic' && !facts.nicCounts)) continue;
    if (best === null || shares[name] > shares[best]) best = name;
  }
  return best;
}

/** Whether two labels mean the same, apart from the cause of empty time and the kind of traffic, which no η moves. */
export function sameLabel(a: Label, b: Label): boolean {
  if (a.rule !== b.rule) return false;
  if (a.rule === 'overhead' || a.rule === 'unexplained' || a.rule === 'unmeasured') return true;
  if (a.rule !== 'balanced') return a.first === b.first;
  return (a.first === b.first && a.next === b.next) || (a.first === b.next && a.next === b.first);
}

/** The bottleneck that a busy resource or PCIe stands for; null for those that need a cause (empty, nic). */
export const BOTTLENECK_OF = {
  compute: 'compute',
  memory: 'memory',
  nvlink: 'network',
  pcie: 'transfer',
  disk: 'storage',
  nic: null,
  empty: null,
} as const satisfies Record<Resource, Bottleneck | null>;
