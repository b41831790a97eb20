import { formatPercent } from '../readings/index.ts';
import { byLabel } from './by-label.ts';
import { capacityOf } from './capacity.ts';
import { type Causes, causesOf, hostWorks, readsItself } from './cause.ts';
import { isUsed, worksBetweenLooks } from './at-rest.ts';
import { worksElsewhere } from './cross-checks.ts';
import { type Decision, unknown } from './decision.ts';
import { busySource, ceilingOf, coverageOf, gpuSource, resourceShares, tierOf, union, whatWouldTell, windowSources } from './evidence.ts';
import { type LabelFacts, labelOf } from './label.ts';
import { exchangedLinks, isLoading, type WindowShares } from './shares.ts';
import { restCaps } from './rest-doubts.ts';
import { covered, known, largest } from './stats.ts';
import { CEILINGS, CONTRIBUTING, DOMINANT, FULL_LINE, INACTIVE, MIN_SAMPLES, ONE_WAY, SPIN_BUSY } from './thresholds.ts';
import { unmeasured } from './unmeasured.ts';
import { lacksPrompts } from './unseen.ts';

/** The whole tree of §7.2 for one window: enough samples, idle, links, empty or busy, and capacity before all of them. */
export function decide(window: WindowShares): Decision {
  const causes = causesOf(window);
  // Its reason, and what would tell, stand with the contradiction.
  if (worksElsewhere(window) || worksBetweenLooks(window)) return unknown(window, causes, { why: [] });
  // The engine's word that nothing was asked of it is a state, not a mean: one sample tells it.
  if (window.samples < MIN_SAMPLES && !(window.demand === false && isIdle(window)))
    return unknown(window, causes, { why: [window.samples === 1 ? 'only 1 sample' : `only ${window.samples} samples`] });
  if (isIdle(window)) return idle(window, causes);
  return withCapacity(window, limitedBy(window, causes));
}

function limitedBy(window: WindowShares, causes: Causes): Decision {
  if (isCongested(window)) return congested(window, causes);
  const facts = labelFactsOf(window, causes);
  const shares = resourceShares(window);
  const label = labelOf(shares, facts);
  if (label.rule === 'unmeasured' || label.first === null) return unmeasured(window, label, causes);
  return byLabel(window, { label, first: label.first, shares, facts, causes });
}

function labelFactsOf(window: WindowShares, causes: Causes): LabelFacts {
  // A pipe that was not collected may carry all of the work: of FLOPs a model speaks, of pipes the tensor cores' at least.
  const complete =
    (window.computeFrom === 'model' ? !lacksPrompts(window) : known(window.tensor)) &&
    known(window.compute) &&
    known(window.memory) &&
    (window.memoryFrom !== 'model' || window.work === null || window.work.gaps.length === 0);
  const compared = known(window.compute) || known(window.memory) || window.line >= FULL_LINE;
  const waits = !(window.empty < CONTRIBUTING);
  return {
    busy: window.busy,
    complete,
    nicCounts: compared && (waits || spinsOnTraffic(window, causes)),
    diskCounts: window.ioPressure && waits,
    exchanged: exchangedLinks(window),
  };
}

/**
 * A link limits a GPU that never waits only where kernels spin on it (§7.8.4): collectives, not reads. Then tensor and memory rest,
 * or the traffic is known to be the job's own.
 */
function spinsOnTraffic({ compute, memory, subject }: WindowShares, { traffic }: Causes): boolean {
  if (traffic === null || traffic.bottleneck === 'storage') return false;
  return !subject.shared || !(compute >= CONTRIBUTING || memory >= CONTRIBUTING);
}

/** Room comes first: what would bind with more of it is kept as `second` (§7.3). */
function withCapacity(window: WindowShares, plain: Decision): Decision {
  const capacity = capacityOf(window);
  if (capacity === null) return plain;
  const byEngine = capacity.tier === 'A';
  const tier = byEngine || window.dcgm ? tierOf(window) : 'C';
  const second = plain.bottleneck === 'unknown' ? null : plain.bottleneck === 'balanced' ? plain.second : plain.bottleneck;
  return {
    ...plain,
    bottleneck: 'capacity',
    second,
    lean: null,
    tier,
    evidence: union([byEngine ? (window.subject.engineName ?? 'engine') : gpuSource(window)], plain.evidence),
    // The engine's own gauges show it, whatever is known of model and GPU.
    grade: {
      ceiling: byEngine ? CEILINGS.seenDirectly : ceilingOf(tier, false),
      coverage: 1,
      ratios: [capacity.margin],
      caps: capacity.cap === null ? [] : [capacity.cap],
    },
    why: [capacity.why, ...plain.why],
    share: capacity.share,
    next: plain.share,
  };
}

/**
 * Idle: no kernel, no link, no request, nothing being loaded. A state, whatever the window's length. Where an engine says that it
 * has no request, kernels under half of the time are its housekeeping or the sampler's memory of the time before.
 */
function isIdle(window: WindowShares): boolean {
  if (window.demand === true || isLoading(window)) return false;
  // What a node that others use carries and reads says nothing against a GPU at rest (§7.8.4).
  const node = !window.subject.shared || readsItself(window);
  const links = [window.pcie, window.nvlink].some((share) => share >= CONTRIBUTING);
  const reads = node && (window.nic >= CONTRIBUTING || (window.disk >= CONTRIBUTING && window.ioPressure));
  const least = window.demand === false ? DOMINANT : INACTIVE;
  if (window.demand !== false && (isUsed(window) || hostWorks(window))) return false;
  return !links && !reads && (window.busy < least || (!known(window.busy) && window.demand === false));
}

function idle(window: WindowShares, causes: Causes): Decision {
  const asked = window.demand === false ? 'no request ran or waited' : null;
  const busy = known(window.busy) ? `a kernel ran ${formatPercent(window.busy)} of the time` : null;
  return {
    bottleneck: 'idle',
    second: null,
    lean: null,
    tier: tierOf(window),
    evidence: [...(asked === null ? [] : [window.subject.engineName ?? 'engine']), ...(busy === null ? [] : [busySource(window)])],
    grade: {
      ceiling: CEILINGS.seenDirectly,
      coverage: coverageOf(window, 'empty'),
      caps: restCaps(window),
      // No kernel at all, or the engine's own word: nothing is nearer to the rule's edge.
      ratios: window.busy > 0 && window.demand !== false ? [INACTIVE / window.busy] : [],
    },
    candidates: [],
    missing: [],
    why: [['idle', asked, busy].filter((part) => part !== null).join(': ')],
    share: Number.NaN,
    next: Number.NaN,
    ...causes,
  };
}

/**
 * Collectives over a congested network: their kernels spin, so the GPU looks busy while its own resources rest (§7.3). The port's
 * transmit wait alone is no proof (it grows a little on any loaded fabric): the traffic must be an exchange, and there.
 */
function isCongested(window: WindowShares): boolean {
  const quiet = window.tensor < CONTRIBUTING && window.memory < CONTRIBUTING && window.memoryFrom === 'counter';
  const exchange = window.nic >= INACTIVE && window.receive <= ONE_WAY * window.transmit && window.transmit <= ONE_WAY * window.receive;
  return window.congested && quiet && exchange && window.busy >= SPIN_BUSY && !(window.nic >= DOMINANT);
}

/** The verdict for it: at most the ceiling of tier C, since waiting is inferred. */
function congested(window: WindowShares, causes: Causes): Decision {
  const next = largest(window.compute, window.memory, window.nic);
  return {
    bottleneck: 'network',
    second: null,
    lean: null,
    tier: tierOf(window),
    evidence: union(windowSources(window), ['proc']),
    grade: { ceiling: CEILINGS.none, coverage: covered(window.stats, 'host.ibWait'), ratios: [window.busy / SPIN_BUSY], caps: [] },
    candidates: ['overhead'],
    missing: whatWouldTell(window),
    why: [
      `the InfiniBand port had data to send and no credit, while the GPU was ${formatPercent(window.busy)} busy with tensor and memory under ${formatPercent(CONTRIBUTING)}: collectives wait for the network`,
    ],
    // The network's share is the busy time that the GPU's own work does not explain.
    share: window.busy - next,
    next,
    ...causes,
  };
}
