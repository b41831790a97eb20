import type { Verdict } from '../contract/index.ts';
import { formatPercent, type SourceEvent } from '../readings/index.ts';
import { gradeOf } from './evidence.ts';
import type { JudgedPhase } from './judged-run.ts';
import type { WindowShares } from './shares.ts';
import { known, mean } from './stats.ts';
import { CEILINGS, CONTRIBUTING, DOMINANT, KV_FULL, KV_FULL_FRACTION, MEMORY_FULL, MIN_SAMPLES, OUT_OF_MEMORY, PLATEAU } from './thresholds.ts';

export interface Capacity {
  readonly why: string;
  /** How full: the share of the binding resource. */
  readonly share: number;
  /** How far past its rule, ≥ 1. */
  readonly margin: number;
  readonly tier: 'A' | 'B';
}

/**
 * Not room enough (§7.3). With an engine: the KV cache full in a third of the samples, together with preemptions or with a
 * plateau of running requests under the allowed maximum while others wait. Without: device memory full and offload traffic.
 * A full device memory by itself says nothing: engines allocate all of it at the start.
 */
export function capacityOf(window: WindowShares): Capacity | null {
  return fullCache(window) ?? offload(window);
}

/** The KV cache's part of it. */
export function fullCache(window: WindowShares): Capacity | null {
  const { tally, stats, subject } = window;
  const preemptions = mean(stats, 'engine.preemptions');
  const full = tally.kv > 0 ? tally.kvFull / tally.kv : Number.NaN;
  if (full >= KV_FULL_FRACTION) {
    const usage = mean(stats, 'engine.kvUsage');
    const often = `the KV cache was ${formatPercent(KV_FULL)} full or more in ${formatPercent(full)} of the samples`;
    if (preemptions > 0)
      return { why: `${often}, ${(preemptions * 60).toPrecision(2)} preemptions a minute`, share: usage, margin: full / KV_FULL_FRACTION, tier: 'A' };
    const plateau = plateauOf(window);
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
  return null;
}

function offload({ stats, subject, pcie }: WindowShares): Capacity | null {
  const used = mean(stats, 'gpu.memUsed') / mean(stats, 'gpu.memTotal');
  if (!subject.serving && used >= MEMORY_FULL && pcie >= CONTRIBUTING) {
    return {
      why: `device memory ${formatPercent(used)} full with offload traffic on PCIe (${formatPercent(pcie)})`,
      share: used,
      margin: pcie / CONTRIBUTING,
      tier: 'B',
    };
  }
  return null;
}

/** Running requests of a window in which most samples had others waiting and the number stood still; null otherwise. */
function plateauOf(window: WindowShares): number | null {
  const { waiting, waitingRunning, waitingRunningSquares } = window.tally;
  if (waiting < DOMINANT * window.samples || waiting < MIN_SAMPLES) return null;
  const middle = waitingRunning / waiting;
  const spread = Math.sqrt(Math.max(0, waitingRunningSquares / waiting - middle * middle));
  return known(middle) && middle > 0 && spread <= PLATEAU * middle ? middle : null;
}

/** Phases in which the program ran out of memory soon after their beginning are limited by capacity (§7.3), what they had before kept as `second`. */
export function withOutOfMemory(phases: readonly JudgedPhase[], events: readonly SourceEvent[], gpu: string): JudgedPhase[] {
  const failures = events.filter(
    (event) => event.kind === 'oom' && event.at !== null && (event.entity === null || event.entity.kind !== 'gpu' || event.entity.id === gpu),
  );
  if (failures.length === 0) return [...phases];
  return phases.map((phase) => {
    if (phase.verdict.bottleneck === 'idle') return phase;
    const failed = failures.find(
      ({ at }) => at !== null && at >= phase.from && at <= Math.min(phase.to + OUT_OF_MEMORY.slack, phase.from + OUT_OF_MEMORY.soon),
    );
    return failed === undefined ? phase : { ...phase, verdict: limitedByRoom(phase.verdict, failed.text) };
  });
}

function limitedByRoom(verdict: Verdict, text: string): Verdict {
  const second =
    verdict.bottleneck === 'unknown' || verdict.bottleneck === 'balanced' || verdict.bottleneck === 'capacity' ? verdict.second : verdict.bottleneck;
  return {
    ...verdict,
    bottleneck: 'capacity',
    second,
    lean: null,
    headroom: null,
    relief: null,
    evidence: [...new Set(['log', ...verdict.evidence])],
    ...gradeOf({ ceiling: CEILINGS.seenDirectly, coverage: 1, ratios: [], caps: [] }),
    why: [`the log says: ${text.slice(0, 160)}`, ...verdict.why],
  };
}
