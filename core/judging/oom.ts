import type { Verdict } from '../contract/index.ts';
import { CEILINGS } from './thresholds.ts';
import { gradeOf } from './grade.ts';
import type { JudgedPhase } from './judged.ts';
import type { SourceEvent } from '../readings/index.ts';

/**
 * A log that says "out of memory" within ten minutes of a phase's beginning says what limited it: room. Later, the time was
 * spent on what the phase's verdict names, and the failure is a finding. Ten minutes as for the idle finding: a judgement, no measurement.
 */
const SOON = 600;
/** The message is printed after the allocation failed; a sampler's last row may be before it. */
const SLACK = 30;

/** Phases in which the program ran out of memory soon after their beginning are limited by capacity (§7.3), what they had before kept as `second`. */
export function withOutOfMemory(phases: readonly JudgedPhase[], events: readonly SourceEvent[], gpu: string): JudgedPhase[] {
  const failures = events.filter(
    (event) => event.kind === 'oom' && event.at !== null && (event.entity === null || event.entity.kind !== 'gpu' || event.entity.id === gpu),
  );
  if (failures.length === 0) return [...phases];
  return phases.map((phase) => {
    if (phase.verdict.bottleneck === 'idle') return phase;
    const failed = failures.find(({ at }) => at !== null && at >= phase.from && at <= Math.min(phase.to + SLACK, phase.from + SOON));
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
