import type { Bottleneck } from '../contract/index.ts';
import { known } from './stats.ts';
import { CONTRIBUTING, DOMINANT, LEAN_EMPTY, TIE } from './thresholds.ts';

/** The resources that are compared, busy ones first. */
export const RESOURCES = ['compute', 'memory', 'nvlink', 'pcie', 'nic', 'disk', 'empty'] as const;
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
}

/** Which rule decided. */
export type Rule = 'link' | 'empty' | 'busy' | 'balanced' | 'overhead' | 'unmeasured';

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
  const { compute, memory, empty } = shares;
  const own = Math.max(known(compute) ? compute : Number.NEGATIVE_INFINITY, known(memory) ? memory : Number.NEGATIVE_INFINITY);
  const link = top(shares, facts, LINKS, null);
  const linkShare = link === null ? Number.NaN : shares[link];
  if (link !== null && linkShare >= DOMINANT && linkShare >= TIE * own) {
    // A link works while no kernel does: it explains empty time and does not compete with it.
    const next = top(shares, facts, NOT_EMPTY, link);
    return { rule: 'link', first: link, next, s1: linkShare, s2: Math.max(0, own), threshold: DOMINANT, lean: null };
  }
  const first = top(shares, facts, ALL, null);
  if (first === null) return { rule: 'unmeasured', first: null, next: null, s1: Number.NaN, s2: Number.NaN, threshold: DOMINANT, lean: null };
  if (first === 'empty' && empty >= CONTRIBUTING) {
    const label = waiting(shares, facts);
    return label.s2 >= CONTRIBUTING && empty < TIE * label.s2 ? { ...label, rule: 'balanced' } : label;
  }
  const s1 = shares[first];
  if (first !== 'empty' && s1 >= DOMINANT) {
    const label = made('busy', first, shares, facts, DOMINANT);
    return s1 < TIE * label.s2 ? { ...label, rule: 'balanced' } : label;
  }
  if (!(facts.busy >= DOMINANT) || !facts.complete) return made('unmeasured', first, shares, facts, DOMINANT);
  // A third of the time empty and nothing at a half: the unexplained busy time is then less than the empty time (1 − e − s < e
  // for s ≥ 1.25·e), so waiting costs more than overhead, and is named.
  if (empty >= CONTRIBUTING) {
    if (s1 < TIE * empty) return { ...made('balanced', first, shares, facts, CONTRIBUTING), next: 'empty', s2: empty };
    return waiting(shares, facts);
  }
  const busiest = top(shares, facts, BUSY, null);
  const label = busiest === null ? made('overhead', first, shares, facts, DOMINANT) : made('overhead', busiest, shares, facts, DOMINANT);
  const runnerUp = busiest === null ? null : top(shares, facts, NOT_EMPTY, busiest);
  const leads = busiest !== null && (runnerUp === null || shares[busiest] > TIE * shares[runnerUp]);
  const leaning = leads && label.s1 >= CONTRIBUTING && empty < LEAN_EMPTY;
  return { ...label, lean: leaning ? busiest : null };
}

const BUSY: readonly Resource[] = ['compute', 'memory', 'nvlink'];
const LINKS: readonly Resource[] = ['pcie', 'nic', 'disk'];
const NOT_EMPTY: readonly Resource[] = [...BUSY, ...LINKS];
const ALL: readonly Resource[] = RESOURCES;

function made(rule: Rule, first: Resource, shares: ResourceShares, facts: LabelFacts, threshold: number): Label {
  const next = top(shares, facts, ALL, first);
  return { rule, first, next, s1: shares[first], s2: next === null ? 0 : shares[next], threshold, lean: null };
}

/** Empty time against what keeps the GPU busy. A link is no rival: it may be what the GPU waits for. */
function waiting(shares: ResourceShares, facts: LabelFacts): Label {
  const next = top(shares, facts, BUSY, null);
  return { rule: 'empty', first: 'empty', next, s1: shares.empty, s2: next === null ? 0 : shares[next], threshold: CONTRIBUTING, lean: null };
}

function top(shares: ResourceShares, facts: LabelFacts, among: readonly Resource[], except: Resource | null): Resource | null {
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
  if (a.rule === 'overhead' || a.rule === 'unmeasured') return true;
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
