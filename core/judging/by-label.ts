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
  type GradeInput,
  mainLine,
  meaningOf,
  shareLines,
  tierOf,
  union,
  whatWouldTell,
} from './evidence.ts';
import { type Label, type LabelFacts, labelOf, type Resource, type ResourceShares, sameLabel } from './label.ts';
import type { WindowShares } from './shares.ts';
import { known } from './stats.ts';
import { tensorCoresRest } from './tensor-cores.ts';
import { CEILINGS, CONTRIBUTING, DISAGREE, DISAGREE_CAP, DOMINANT, ETA_ERROR, FLIP_CAP, LEAN_CAP, TIE, WORTH_NAMING } from './thresholds.ts';

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
  if (label.rule === 'overhead') return overhead(window, labelled, base);
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
  const seenDirectly = meaning === 'host' || (waits && common.tier !== 'C');
  return {
    ...common,
    bottleneck: meaning,
    second: secondOf(labelled),
    candidates: union(cause?.candidates ?? [], outweighed ? ['memory', 'compute', 'overhead'] : []),
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
    ...flips(label, shares, facts),
    ...(label.lean === null ? [] : [{ value: LEAN_CAP, why: 'it only leans this way' }]),
    ...disagreements(window, first),
    ...window.refuted.map(({ why }) => ({ value: DISAGREE_CAP, why })),
    ...(window.subject.crowdAssumed && usesModel(window, first) ? [{ value: FLIP_CAP, why: 'nothing says that all of these engines work on this GPU' }] : []),
    ...causeCaps(label, causes),
  ];
}

/** A share by the work of engines and not by a counter of the GPU. */
function usesModel({ memoryFrom, computeFrom }: WindowShares, first: Resource): boolean {
  return (first === 'memory' && memoryFrom !== 'counter') || (first === 'compute' && computeFrom === 'model');
}

/** The shares that an η stands behind; empty time and disk time are measured as they are. */
const ETAS: readonly Resource[] = ['compute', 'memory', 'nvlink', 'pcie', 'nic'];

const NO_CAPS: GradeInput['caps'] = [];
const FACTORS = [1 / (1 + ETA_ERROR), 1 / (1 - ETA_ERROR)];

/** Moves each η by ± 10 %: a label that changes is worth at most FLIP_CAP. */
function flips(label: Label, shares: ResourceShares, facts: LabelFacts): GradeInput['caps'] {
  // A quarter past both of its edges no tenth can take it back.
  if (label.rule === 'busy' && label.s1 >= TIE * label.threshold && label.s1 >= TIE * TIE * label.s2) return NO_CAPS;
  const moved = { ...shares };
  for (const resource of ETAS) {
    const share = shares[resource];
    if (!known(share)) continue;
    for (const factor of FACTORS) {
      moved[resource] = share * factor;
      if (!sameLabel(label, labelOf(moved, facts))) {
        return [{ value: FLIP_CAP, why: `another label if the reachable part of ${resource} were 10 % ${factor < 1 ? 'higher' : 'lower'}` }];
      }
    }
    moved[resource] = share;
  }
  return NO_CAPS;
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
function overhead(window: WindowShares, { label, first, causes }: Labelled, { common, caps, coverage }: Base): Decision {
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
      caps: [...caps, ...(unseen ? [{ value: FLIP_CAP, why: 'the FP32, FP64 and integer pipes were not measured' }] : [])],
    },
    // A model counts the least that was read: one that contributes may well be more.
    candidates: [
      ...(unseen || (window.computeFrom === 'model' && window.compute >= CONTRIBUTING) ? ['compute' as const] : []),
      ...(window.memoryFrom === 'model' && window.memory >= CONTRIBUTING ? ['memory' as const] : []),
    ],
    missing: [...common.missing, ...(unseen ? [otherPipes] : [])],
    why: [loose(window), ...shareLines(window, label, causes)],
  };
}

function loose(window: WindowShares): string {
  return `busy ${formatPercent(window.busy)}, but no resource reaches ${formatPercent(DOMINANT)}: latency, small kernels, synchronisation or inefficient kernels`;
}
