import { formatPercent } from '../readings/index.ts';
import type { Sight } from './sight.ts';
import { known, mean } from './stats.ts';
import { CONTRIBUTING, DOMINANT, KV_FULL, KV_FULL_FRACTION, MEMORY_FULL } from './thresholds.ts';

export interface Capacity {
  readonly why: string;
  /** How full: the share of the binding resource. */
  readonly share: number;
  /** How far past its rule, ≥ 1. */
  readonly margin: number;
  readonly tier: 'A' | 'B';
}

/** Running requests that wander less than this around their mean stand on a plateau. A tenth: smaller than any step of load worth naming. */
const PLATEAU = 0.1;

/**
 * Not room enough (§7.3). With an engine: the KV cache full in a third of the samples, together with preemptions or with a
 * plateau of running requests under the allowed maximum while others wait. Without: device memory full and offload traffic.
 * A full device memory by itself says nothing: engines allocate all of it at the start.
 */
export function capacityOf(sight: Sight): Capacity | null {
  const { tally, stats, subject } = sight;
  const preemptions = mean(stats, 'engine.preemptions');
  const full = tally.kv > 0 ? tally.kvFull / tally.kv : Number.NaN;
  if (full >= KV_FULL_FRACTION) {
    const usage = mean(stats, 'engine.kvUsage');
    const often = `the KV cache was ${formatPercent(KV_FULL)} full or more in ${formatPercent(full)} of the samples`;
    if (preemptions > 0)
      return { why: `${often}, ${(preemptions * 60).toPrecision(2)} preemptions a minute`, share: usage, margin: full / KV_FULL_FRACTION, tier: 'A' };
    const plateau = plateauOf(sight);
    const maximum = subject.engineMaxRunning;
    if (plateau !== null && maximum !== null && plateau < maximum) {
      return {
        why: `${often}, ${plateau.toFixed(0)} of at most ${maximum} requests ran while others waited`,
        share: usage,
        margin: full / KV_FULL_FRACTION,
        tier: 'A',
      };
    }
  }
  const used = mean(stats, 'gpu.memUsed') / mean(stats, 'gpu.memTotal');
  if (!subject.serving && used >= MEMORY_FULL && sight.pcie >= CONTRIBUTING) {
    return {
      why: `device memory ${formatPercent(used)} full with offload traffic on PCIe (${formatPercent(sight.pcie)})`,
      share: used,
      margin: sight.pcie / CONTRIBUTING,
      tier: 'B',
    };
  }
  return null;
}

/** Running requests of a window in which most samples had others waiting and the number stood still; null otherwise. */
function plateauOf(sight: Sight): number | null {
  const { waiting, waitingRunning, waitingRunningSquares } = sight.tally;
  if (waiting < DOMINANT * sight.samples || waiting < 2) return null;
  const middle = waitingRunning / waiting;
  const spread = Math.sqrt(Math.max(0, waitingRunningSquares / waiting - middle * middle));
  return known(middle) && middle > 0 && spread <= PLATEAU * middle ? middle : null;
}
