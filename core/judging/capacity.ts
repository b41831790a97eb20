import type { Verdict } from '../contract/index.ts';
import { formatPercent, type SourceEvent } from '../readings/index.ts';
import { gradeOf } from './evidence.ts';
import type { JudgedPhase } from './judged-run.ts';
import type { WindowShares } from './shares.ts';
import { mean } from './stats.ts';
import { CEILINGS, CONTRIBUTING, KV_FULL, KV_FULL_FRACTION, MEMORY_FULL, MIN_SAMPLES, OUT_OF_MEMORY, PLATEAU, TIE, UNSEEN_CACHE_CAP } from './thresholds.ts';

export interface Capacity {
  readonly why: string;
  /** How full: the share of the binding resource. */
  readonly share: number;
  /** How far past its rule, ≥ 1. */
  readonly margin: number;
  readonly tier: 'A' | 'B';
  readonly cap: { readonly value: number; readonly why: string } | null;
}

/**
 * Not room enough (§7.3, §7.8.6): a KV cache that is full while requests wait. Without an engine: device memory full and offload
 * traffic. A full device memory by itself says nothing: engines allocate all of it at the start.
 */
export function capacityOf(window: WindowShares): Capacity | null {
  return fullCache(window) ?? offload(window);
}

/**
 * The KV cache's part of it: full in a third of the samples, with requests waiting in them or preempted, whether or not an engine
 * counts or makes preemptions. Not where as many run as the engine allows: then its maximum is what they wait for. Where the
 * cache is not shown, preemptions while others wait say it too, less surely.
 */
export function fullCache(window: WindowShares): Capacity | null {
  const { tally, stats } = window;
  if (atMaximum(window)) return null;
  const preemptions = mean(stats, 'engine.preemptions');
  const usage = mean(stats, 'engine.kvUsage');
  const full = tally.kvFull / tally.kv;
  const often = `the KV cache was ${formatPercent(KV_FULL)} full or more in ${formatPercent(full)} of the samples`;
  const rate = `${(preemptions * 60).toPrecision(2)} preemptions a minute`;
  if (full >= KV_FULL_FRACTION && preemptions > 0) return { why: `${often}, ${rate}`, share: usage, margin: full / KV_FULL_FRACTION, tier: 'A', cap: null };
  const queued = tally.kvFullWaiting / tally.kv;
  if (queued >= KV_FULL_FRACTION) {
    const waiting = `${(tally.waitingSum / tally.waiting).toFixed(0)} requests waited`;
    return { why: `${often}, ${waiting} meanwhile`, share: usage, margin: queued / KV_FULL_FRACTION, tier: 'A', cap: null };
  }
  const unseen = tally.kv === 0 && tally.waiting >= MIN_SAMPLES && tally.waiting >= KV_FULL_FRACTION * window.samples;
  if (unseen && preemptions > 0) {
    const cap = { value: UNSEEN_CACHE_CAP, why: 'how full the KV cache was is not shown' };
    return { why: `${rate} while requests waited: the KV cache has no room for more`, share: Number.NaN, margin: TIE, tier: 'A', cap };
  }
  return null;
}

/** As many requests run as the engine allows, while others wait. */
function atMaximum({ tally, subject }: WindowShares): boolean {
  const maximum = subject.engineMaxRunning;
  return maximum !== null && tally.waiting > 0 && tally.waitingRunning / tally.waiting >= (1 - PLATEAU) * maximum;
}

function offload({ stats, subject, pcie }: WindowShares): Capacity | null {
  const used = mean(stats, 'gpu.memUsed') / mean(stats, 'gpu.memTotal');
  if (!subject.serving && used >= MEMORY_FULL && pcie >= CONTRIBUTING) {
    return {
      why: `device memory ${formatPercent(used)} full with offload traffic on PCIe (${formatPercent(pcie)})`,
      share: used,
      margin: pcie / CONTRIBUTING,
      tier: 'B',
      cap: null,
    };
  }
  return null;
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
