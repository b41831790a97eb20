import { formatPercent } from '../readings/index.ts';
import type { Decision } from './decision.ts';
import { sourcesOf, tierOf, union, whatWouldTell, type Around } from './evidence.ts';
import type { Sight } from './sight.ts';
import { covered, largest } from './stats.ts';
import { CEILINGS, CONTRIBUTING, DOMINANT, INACTIVE, ONE_WAY, SPIN_BUSY } from './thresholds.ts';

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
