import { formatPercent } from '../readings/index.ts';
import { byLabel } from './by-label.ts';
import { capacityOf } from './capacity.ts';
import { causeOfEmpty, causeOfTraffic } from './cause.ts';
import { unknown, type Decision } from './decision.ts';
import { busySource, ceilingOf, coverageOf, gpuSource, sharesOf, tierOf, union, type Around, sourcesOf, whatWouldTell } from './evidence.ts';
import { labelOf, type LabelFacts } from './label.ts';
import { isLoading, type Sight } from './shares.ts';
import { known, covered, largest } from './stats.ts';
import { CEILINGS, CONTRIBUTING, DOMINANT, FULL_LINE, INACTIVE, MIN_SAMPLES, ONE_WAY, SPIN_BUSY } from './thresholds.ts';
import { unmeasured } from './unmeasured.ts';

/** The whole tree of §7.2 for one window: enough samples, idle, links, empty or busy, and capacity before all of them. */
export function decide(sight: Sight): Decision {
  const around: Around = {
    empty: known(sight.empty) && sight.empty >= INACTIVE ? causeOfEmpty(sight) : null,
    traffic: known(sight.nic) && sight.nic >= CONTRIBUTING ? causeOfTraffic(sight) : null,
  };
  // The engine's word that nothing was asked of it is a state, not a mean: one sample tells it.
  if (sight.samples < MIN_SAMPLES && !(sight.demand === false && isIdle(sight))) return unknown(sight, around, { why: [`only ${sight.samples} samples`] });
  if (isIdle(sight)) return idle(sight, around);
  return withCapacity(sight, limitedBy(sight, around));
}

function limitedBy(sight: Sight, around: Around): Decision {
  if (isCongested(sight)) return congested(sight, around);
  const facts = factsOf(sight);
  const shares = sharesOf(sight);
  const label = labelOf(shares, facts);
  if (label.rule === 'unmeasured' || label.first === null) return unmeasured(sight, label, around);
  return byLabel(sight, { label, first: label.first, shares, facts, around });
}

function factsOf(sight: Sight): LabelFacts {
  const complete = known(sight.compute) && known(sight.memory) && (sight.memoryFrom !== 'model' || sight.work === null || sight.work.gaps.length === 0);
  return { busy: sight.busy, complete, nicCounts: known(sight.compute) || known(sight.memory) || sight.line >= FULL_LINE, diskCounts: sight.ioPressure };
}

/** Room comes first: what would bind with more of it is kept as `second` (§7.3). */
function withCapacity(sight: Sight, plain: Decision): Decision {
  const capacity = capacityOf(sight);
  if (capacity === null) return plain;
  const byEngine = capacity.tier === 'A';
  const tier = byEngine || sight.dcgm ? tierOf(sight) : 'C';
  const second = plain.bottleneck === 'unknown' ? null : plain.bottleneck === 'balanced' ? plain.second : plain.bottleneck;
  return {
    ...plain,
    bottleneck: 'capacity',
    second,
    lean: null,
    tier,
    evidence: union([byEngine ? (sight.subject.engineName ?? 'engine') : gpuSource(sight)], plain.evidence),
    grade: { ceiling: ceilingOf(tier, false), coverage: 1, ratios: [capacity.margin], caps: [] },
    why: [capacity.why, ...plain.why],
    share: capacity.share,
    next: plain.share,
  };
}

/**
 * Idle: no kernel, no link, no request, nothing being loaded. A state, whatever the window's length. Where an engine says that it
 * has no request, kernels under half of the time are its housekeeping or the sampler's memory of the time before.
 */
function isIdle(sight: Sight): boolean {
  if (sight.demand === true || isLoading(sight)) return false;
  const links = [sight.pcie, sight.nic, sight.nvlink].some((share) => share >= CONTRIBUTING) || (sight.disk >= CONTRIBUTING && sight.ioPressure);
  const least = sight.demand === false ? DOMINANT : INACTIVE;
  return !links && (sight.busy < least || (!known(sight.busy) && sight.demand === false));
}

function idle(sight: Sight, around: Around): Decision {
  const asked = sight.demand === false ? 'no request ran or waited' : null;
  const busy = known(sight.busy) ? `a kernel ran ${formatPercent(sight.busy)} of the time` : null;
  return {
    bottleneck: 'idle',
    second: null,
    lean: null,
    tier: tierOf(sight),
    evidence: [...(asked === null ? [] : [sight.subject.engineName ?? 'engine']), ...(busy === null ? [] : [busySource(sight)])],
    grade: {
      ceiling: CEILINGS.seenDirectly,
      coverage: coverageOf(sight, 'empty'),
      caps: [],
      // No kernel at all, or the engine's own word: nothing is nearer to the rule's edge.
      ratios: sight.busy > 0 && sight.demand !== false ? [INACTIVE / sight.busy] : [],
    },
    candidates: [],
    missing: [],
    why: [['idle', asked, busy].filter((part) => part !== null).join(': ')],
    share: Number.NaN,
    next: Number.NaN,
    noProgress: false,
    ...around,
  };
}

/**
 * Collectives over a congested network: their kernels spin, so the GPU looks busy while its own resources rest (§7.3). The port's
 * transmit wait alone is no proof (it grows a little on any loaded fabric): the traffic must be an exchange, and there.
 */
export function isCongested(sight: Sight): boolean {
  const quiet = sight.tensor < CONTRIBUTING && sight.memory < CONTRIBUTING && sight.memoryFrom === 'counter';
  const exchange = sight.nic >= INACTIVE && sight.receive <= ONE_WAY * sight.transmit && sight.transmit <= ONE_WAY * sight.receive;
  return sight.congested && quiet && exchange && sight.busy >= SPIN_BUSY && !(sight.nic >= DOMINANT);
}

/** The verdict for it: at most the ceiling of tier C, since waiting is inferred. */
export function congested(sight: Sight, around: Around): Decision {
  const next = largest(sight.compute, sight.memory, sight.nic);
  return {
    bottleneck: 'network',
    second: null,
    lean: null,
    tier: tierOf(sight),
    evidence: union(sourcesOf(sight), ['proc']),
    grade: { ceiling: CEILINGS.none, coverage: covered(sight.stats, 'host.ibWait'), ratios: [sight.busy / SPIN_BUSY], caps: [] },
    candidates: ['overhead'],
    missing: whatWouldTell(sight),
    why: [
      `the InfiniBand port had data to send and no credit, while the GPU was ${formatPercent(sight.busy)} busy with tensor and memory under ${formatPercent(CONTRIBUTING)}: collectives wait for the network`,
    ],
    // The network's share is the busy time that the GPU's own work does not explain.
    share: sight.busy - next,
    next,
    noProgress: false,
    ...around,
  };
}
