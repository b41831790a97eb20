import type { Bottleneck } from '../contract/index.ts';
import { formatPercent } from '../readings/index.ts';
import type { Causes } from './cause.ts';
import { hasUncollectedPipe, isPowered } from './cross-checks.ts';
import { type Decision, unknown } from './decision.ts';
import {
  agrees,
  bothOf,
  causeCaps,
  causeFor,
  ceilingOf,
  coverageOf,
  disagreement,
  evidenceOf,
  isModelled,
  distinct,
  type GradeInput,
  mainLine,
  meaningOf,
  shareLines,
  tierOf,
  TITLES,
  union,
  whatWouldTell,
} from './evidence.ts';
import { type Label, type LabelFacts, labelOf, type LeftOver, leftOver, type Resource, type ResourceShares, sameLabel } from './label.ts';
import type { WindowShares } from './shares.ts';
import { type JudgedMetric, known, mean } from './stats.ts';
import { tensorCoresRest } from './tensor-cores.ts';
import { BURSTS, CEILINGS, CONTRIBUTING, DISAGREE, DISAGREE_CAP, DOMINANT, ETA_ERROR, FLIP_CAP, LEAN_CAP, SATURATED, TIE, WORTH_NAMING } from './thresholds.ts';
import { unseenCompute, unseenMemory } from './unseen.ts';

/** A label with the shares that it came from. */
export interface Labelled {
  readonly label: Label;
  readonly first: Resource;
  readonly shares: ResourceShares;
  readonly facts: LabelFacts;
  readonly causes: Causes;
}

/** Puts a label into words: what it means, its grade's parts, what is missing. */
export function byLabel(window: WindowShares, labelled: Labelled): Decision {
  const { label, first, causes } = labelled;
  const caps = capsOf(window, labelled);
  const common: Common = {
    tier: tierOf(window),
    evidence: evidenceOf(window, label, causes),
    lean: label.lean === null ? null : meaningOf(label.lean, causes),
    share: label.s1,
    next: label.s2,
    missing: [...whatWouldTell(window), ...(causeFor(first, causes)?.missing ?? [])],
    empty: causes.empty,
    traffic: causes.traffic,
  };
  const base: Base = { common, caps, coverage: coverageOf(window, first) };
  if (label.rule === 'overhead' || label.rule === 'unexplained') return overhead(window, labelled, base);
  return label.rule === 'balanced' ? balanced(window, labelled, base) : single(window, labelled, base);
}

/** What every kind of label has in common. */
type Common = Pick<Decision, 'tier' | 'evidence' | 'lean' | 'share' | 'next' | 'missing' | keyof Causes>;
interface Base {
  readonly common: Common;
  readonly caps: GradeInput['caps'];
  readonly coverage: number;
}

/** The runner-up, where it is more than the error of η and has a name. */
function secondOf({ label, causes }: Labelled): Bottleneck | null {
  const next = label.next === null ? null : meaningOf(label.next, causes);
  return next !== 'unknown' && label.s2 >= WORTH_NAMING ? next : null;
}

function balanced(window: WindowShares, labelled: Labelled, { common, caps, coverage }: Base): Decision {
  const { label, first, causes } = labelled;
  const names = [first, ...(label.next === null ? [] : [label.next])];
  const meanings = names.map((name) => meaningOf(name, causes));
  return {
    ...common,
    bottleneck: 'balanced',
    second: secondOf(labelled),
    candidates: union(
      meanings.filter((one) => one !== 'unknown'),
      names.flatMap((name) => causeFor(name, causes)?.candidates ?? []),
    ),
    grade: { ceiling: ceilingOf(common.tier, false), coverage, ratios: [1], caps },
    why: [
      `balanced ${meanings.join('/')}: ${formatPercent(label.s1)} and ${formatPercent(label.s2)} are within the error of each other`,
      ...shareLines(window, label, causes),
    ],
  };
}

/** What may limit busy time of which nothing was measured. */
const OF_BUSY: readonly Bottleneck[] = ['memory', 'compute', 'overhead'];

function single(window: WindowShares, labelled: Labelled, { common, caps, coverage }: Base): Decision {
  const { label, first, facts, causes } = labelled;
  const meaning = meaningOf(first, causes);
  const cause = causeFor(first, causes);
  const waits = first === 'empty';
  // Nothing says how much of the busy time one resource takes: it may be all of it.
  const rival = waits && !facts.complete ? Math.max(label.s2, window.busy) : label.s2;
  const outweighed = waits && !facts.complete && window.empty < window.busy;
  // Running requests prove that the empty time is the host's, not that it is the larger part: that takes /proc beside them, or more of it.
  if (outweighed && cause?.bottleneck === 'host' && !cause.evidence.includes('proc')) {
    return unknown(window, causes, {
      why: [cause.why, `busy ${formatPercent(window.busy)}, and what limits that was not measured`],
      candidates: ['host', 'memory', 'compute', 'overhead'],
    });
  }
  const unseen = unseenRival(window, label);
  const seenDirectly = meaning === 'host' || (waits && common.tier !== 'C');
  return {
    ...common,
    bottleneck: meaning,
    second: secondOf(labelled),
    candidates: distinct([...(cause?.candidates ?? []), ...(outweighed ? OF_BUSY : []), ...unseen.map(({ rival }) => rival)]),
    missing: [...common.missing, ...unseen.map(({ field }) => field)],
    grade:
      meaning === 'unknown'
        ? null
        : {
            ceiling: seenDirectly ? CEILINGS.seenDirectly : ceilingOf(common.tier, agrees(window, first)),
            coverage,
            ratios: [label.s1 / label.threshold, ...(rival > 0 ? [label.s1 / (TIE * rival)] : [])],
            caps: [...caps, ...(outweighed ? [{ value: FLIP_CAP, why: 'what the busy time is limited by was not measured, and there is more of it' }] : [])],
          },
    why: [cause?.why ?? mainLine(window, first, label.s1), ...shareLines(window, label, causes)],
  };
}

function capsOf(window: WindowShares, { label, first, shares, facts, causes }: Labelled): GradeInput['caps'] {
  return [
    ...flips(window, { label, shares, facts }),
    ...(label.lean === null ? [] : [{ value: LEAN_CAP, why: 'it only leans this way' }]),
    ...disagreements(window, first),
    ...unseenRival(window, label).map(({ why }) => ({ value: FLIP_CAP, why })),
    ...window.refuted.map(({ why }) => ({ value: DISAGREE_CAP, why })),
    ...(window.subject.crowdAssumed && usesModel(window, first) ? [{ value: FLIP_CAP, why: 'nothing says that all of these engines work on this GPU' }] : []),
    ...causeCaps(label, causes),
  ];
}

/** What was not looked at may be the larger share of a GPU's own, unless this one is saturated: the field that would tell, and why it matters. */
function unseenRival(window: WindowShares, { rule, first, s1 }: Label): { field: string; why: string; rival: Bottleneck }[] {
  if (rule !== 'busy' || s1 >= SATURATED || (first !== 'memory' && first !== 'compute')) return [];
  const field = first === 'memory' ? unseenCompute(window) : unseenMemory(window);
  const rival = first === 'memory' ? 'compute' : 'memory';
  return field === null ? [] : [{ field, rival, why: `${rival} may take more: what shows it was not collected` }];
}

/** A share by the work of engines and not by a counter of the GPU. */
function usesModel({ memoryFrom, computeFrom }: WindowShares, first: Resource): boolean {
  return (first === 'memory' && memoryFrom !== 'counter') || (first === 'compute' && computeFrom === 'model');
}

/** The shares that an η stands behind; empty time and disk time are measured as they are. */
const ETAS: readonly Resource[] = ['compute', 'memory', 'nvlink', 'pcie', 'nic'];

const NO_CAPS: GradeInput['caps'] = [];
/** How far a share may be off: η of a counter, ± 10 %; of a model also what counter and model may differ by without disagreeing. */
const FACTORS = { counter: [1 / (1 + ETA_ERROR), 1 / (1 - ETA_ERROR)], model: [1 / DISAGREE, DISAGREE] } as const;

/** Moves each share by its error: a label that changes is worth at most FLIP_CAP. So a model has no nearer edge than the counter that it stands in for. */
function flips(window: WindowShares, { label, shares, facts }: Pick<Labelled, 'label' | 'shares' | 'facts'>): GradeInput['caps'] {
  // A quarter past both of its edges no tenth can take it back.
  if (label.rule === 'busy' && label.s1 >= TIE * label.threshold && label.s1 >= TIE * TIE * label.s2) return NO_CAPS;
  const moved = { ...shares };
  for (const resource of ETAS) {
    const share = shares[resource];
    if (!known(share)) continue;
    const from = isModelled(window, resource) ? 'model' : 'counter';
    for (const factor of FACTORS[from]) {
      moved[resource] = share * factor;
      if (!sameLabel(label, labelOf(moved, facts))) return [{ value: FLIP_CAP, why: flipped(resource, from, factor) }];
    }
    moved[resource] = share;
  }
  return NO_CAPS;
}

function flipped(resource: Resource, from: keyof typeof FACTORS, factor: number): string {
  if (from === 'model')
    return `another label if ${resource}, which is modelled, were ${factor < 1 ? 'a fifth less' : 'a quarter more'}: so far may a counter be from it`;
  return `another label if the reachable part of ${resource} were 10 % ${factor < 1 ? 'higher' : 'lower'}`;
}

/** Counter and model further apart than 25 %, unless the model is known to leave something out that the counter saw. */
function disagreements(window: WindowShares, resource: Resource): GradeInput['caps'] {
  const both = bothOf(window, resource);
  if (both === null) return [];
  const [counter, model] = both;
  if (counter <= DISAGREE * model && model <= DISAGREE * counter) return [];
  const explained = counter > model && (window.work?.gaps.length ?? 0) > 0; // no engine, no gaps
  return explained ? [] : [{ value: DISAGREE_CAP, why: disagreement(counter, model) }];
}

/** Busy, and no resource explains it: latency, small kernels, synchronisation, inefficient kernels, or nothing at all. */
function overhead(window: WindowShares, labelled: Labelled, { common, caps, coverage }: Base): Decision {
  const { label, first, causes } = labelled;
  const rest = leftOver(labelled.shares, labelled.facts);
  const rivals = rivalsOf(labelled, rest);
  const unseen = window.computeFrom === 'counter' && tensorCoresRest(window.tensor) && !known(window.fp32);
  const powered = isPowered(window);
  const otherPipes = 'the FP32 and FP64 pipes (DCGM 1007, 1006): work without tensor cores looks the same';
  // Where nothing shows that the pipes rest which were not collected, or the power shows that one works, it is not known (§7.8.9).
  if ((unseen && powered !== false) || hasUncollectedPipe(window)) {
    return unknown(window, causes, {
      why: [`busy ${formatPercent(window.busy)}, cause unknown`, ...shareLines(window, label, causes)],
      missing: unseen ? [otherPipes] : [],
      candidates: ['compute', 'overhead'],
    });
  }
  // Even with all resources at once less is left than one of them takes, by more than the error of η: it is not what limits.
  const proven = leftOver(labelled.shares, {
    ...labelled.facts,
    exchanged: labelled.facts.exchanged.filter((name) => name !== 'nic' || labelled.facts.nicCounts),
  });
  if (TIE * proven.most < proven.share) {
    return unknown(window, causes, {
      why: [
        `busy ${formatPercent(window.busy)}, no one cause: ${spanOf(proven)} is left unexplained, less than ${rivalOf(proven)}`,
        ...shareLines(window, label, causes),
      ],
      candidates: rivalsOf(labelled, proven),
    });
  }
  // FP64 work draws power and shows on no other pipe.
  const doubles = !unseen && window.computeFrom === 'counter' && tensorCoresRest(window.tensor) && !known(window.fp64) && powered !== false;
  const links = window.subject.peers || crossesUnknownLine(window) ? unseenLinks(window) : unseenNodes(window);
  const waits = causes.empty;
  const waiting = window.empty >= WORTH_NAMING && waits !== null && waits.bottleneck !== 'unknown' ? waits.bottleneck : null;
  return {
    ...common,
    bottleneck: 'overhead',
    second: waiting,
    grade: {
      ceiling: ceilingOf(common.tier, agrees(window, first)),
      coverage,
      ratios: [...(label.s1 > 0 ? [DOMINANT / label.s1] : []), window.busy / DOMINANT],
      caps: [
        ...caps,
        ...(unseen ? [{ value: FLIP_CAP, why: 'the FP32, FP64 and integer pipes were not measured' }] : []),
        ...(doubles ? [{ value: FLIP_CAP, why: 'the FP64 pipe was not measured, and nothing shows that the card rests' }] : []),
        ...(label.rule === 'unexplained' ? [{ value: FLIP_CAP, why: `${spanOf(rest)} is left unexplained, not surely more than ${rivalOf(rest)}` }] : []),
        ...(links.length > 0
          ? [
              {
                value: FLIP_CAP,
                why: `${window.subject.peers ? 'the links between the GPUs of this job were' : 'whether it works with GPUs of other nodes was'} not measured: collectives look the same`,
              },
            ]
          : []),
      ],
    },
    // A model counts the least that was read: one that contributes may well be more.
    candidates: distinct([
      ...(unseen || doubles || (window.computeFrom === 'model' && window.compute >= CONTRIBUTING) ? ['compute' as const] : []),
      ...(window.memoryFrom === 'model' && window.memory >= CONTRIBUTING ? ['memory' as const] : []),
      ...(label.rule === 'unexplained' ? rivals : []),
      ...(links.length > 0 ? ['network' as const] : []),
    ]),
    missing: [
      ...common.missing,
      ...(unseen ? [otherPipes] : []),
      ...(doubles ? ['the FP64 pipe (DCGM 1006): work in double precision looks the same'] : []),
      ...links,
    ],
    why: [loose(window), ...shareLines(window, label, causes)],
  };
}

/** What takes as much of the time as the largest share does, within the error of η, as bottlenecks. */
function rivalsOf({ shares, facts, causes }: Labelled, { share }: LeftOver): Bottleneck[] {
  const names: readonly Resource[] = ['memory', 'compute', 'nvlink', 'pcie', 'empty', ...facts.exchanged];
  return distinct(names.filter((name) => TIE * shares[name] >= share).map((name) => meaningOf(name, causes))).filter((one) => one !== 'unknown');
}

function spanOf({ least, most }: LeftOver): string {
  return least === most ? formatPercent(most) : `${formatPercent(least)} to ${formatPercent(most)} of the time`;
}

function rivalOf({ rival, share }: LeftOver): string {
  return rival === null ? formatPercent(share) : `${TITLES[rival]} takes (${formatPercent(share)})`;
}

/** Traffic both ways that is more than housekeeping, over a line of which nobody knows the speed. */
function crossesUnknownLine({ nic, stats }: WindowShares): boolean {
  const both = (receive: JudgedMetric, transmit: JudgedMetric) => Math.min(mean(stats, receive), mean(stats, transmit)) >= BURSTS.traffic;
  return !known(nic) && (both('host.ibRxRate', 'host.ibTxRate') || both('host.netRxRate', 'host.netTxRate'));
}

/** Fields of the links between GPUs that were not collected: NVLink where the card has it, PCIe where not all are joined by it, the NIC. */
function unseenLinks({ nic, stats, subject }: WindowShares): string[] {
  const seen = (...ids: readonly JudgedMetric[]) => ids.some((id) => known(mean(stats, id)));
  const reach = subject.ceilings === null ? 'all' : (subject.ceilings.nvlink?.reach ?? 'none');
  return [
    ...(reach === 'none' || seen('gpu.nvlinkRx', 'gpu.nvlinkTx') ? [] : ['what goes between the GPUs over NVLink (DCGM 1011, 1012)']),
    ...(reach === 'all' || seen('gpu.pcieRx', 'gpu.pcieTx') ? [] : ['what goes between the GPUs over PCIe (DCGM 1009, 1010)']),
    ...(known(nic) ? [] : ['what goes to other nodes: the InfiniBand or network port’s bytes and its speed (the agent or headroom-record on the node)']),
  ];
}

/**
 * A GPU that is seen alone may work with those of other nodes: what they exchange goes over its PCIe and its node’s NIC, and one of the two
 * must have been seen to rest. A server is as large as its counters say.
 */
function unseenNodes({ nic, stats, subject }: WindowShares): string[] {
  const copied = Math.min(mean(stats, 'gpu.pcieRx'), mean(stats, 'gpu.pcieTx'));
  if (subject.serving || known(nic) || copied < BURSTS.traffic) return [];
  return ['what goes to other nodes: PCIe both ways (DCGM 1009, 1010), or the network port’s bytes and its speed (the agent or headroom-record on the node)'];
}

function loose(window: WindowShares): string {
  return `busy ${formatPercent(window.busy)}, but no resource reaches ${formatPercent(DOMINANT)}: latency, small kernels, synchronisation or inefficient kernels`;
}
