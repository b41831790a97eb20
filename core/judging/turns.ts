import type { Phase, Verdict } from '../contract/index.ts';
import { gradeOf } from './evidence.ts';
import type { JudgedPhase } from './judged-run.ts';
import { CEILINGS, FLIP_CAP, TURNS } from './thresholds.ts';

/** One GPU's phases and how its engine was said to be spread. */
export interface Line {
  readonly phases: readonly JudgedPhase[];
  readonly tensorParallel: number | null;
  readonly pipelined: boolean;
}

/**
 * GPUs that take turns (§7.2): each 5–70 % busy, together at most 115 %. Each is then empty because another works, which the
 * rule "requests run on an empty GPU: host" would blame on the host. Layers split over GPUs look so; so does a tensor-parallel
 * group in step with a slow host, unless it is known to be one. What is known to be pipelined is overhead (synchronisation);
 * otherwise the empty time has two possible causes.
 */
export function withTurns(lines: readonly Line[]): JudgedPhase[][] {
  const busy = lines.map(({ phases }) => meanBusy(phases));
  const working = busy.filter((mean) => mean !== null);
  const turns =
    working.length >= 2 && working.every((mean) => mean >= TURNS.least && mean <= TURNS.most) && working.reduce((a, b) => a + b, 0) <= TURNS.together;
  return lines.map(({ phases, tensorParallel, pipelined }) => {
    if (!turns || (tensorParallel !== null && tensorParallel > 1)) return [...phases];
    return phases.map((phase) =>
      phase.verdict.bottleneck === 'host' && !phase.verdict.evidence.includes('proc')
        ? { ...phase, verdict: turned(phase.verdict, working.length, pipelined) }
        : phase,
    );
  });
}

/** Busy share over the phases with work, null where there is none. */
function meanBusy(phases: readonly (Phase & Pick<JudgedPhase, 'figures'>)[]): number | null {
  let sum = 0;
  let seconds = 0;
  for (const { verdict, figures, from, to } of phases) {
    if (verdict.bottleneck === 'idle' || figures.busy === null) continue;
    sum += figures.busy * (to - from);
    seconds += to - from;
  }
  return seconds > 0 ? sum / seconds : null;
}

function turned(verdict: Verdict, gpus: number, pipelined: boolean): Verdict {
  const why = [`${gpus} GPUs take turns: one works while the others are empty (layers split over them, or a pipeline without micro-batches)`, ...verdict.why];
  if (!pipelined) {
    return {
      ...verdict,
      bottleneck: 'unknown',
      second: null,
      headroom: null,
      relief: null,
      candidates: ['overhead', 'host'],
      grade: 0,
      gradeWhy: 'no bottleneck is named, so nothing is graded',
      why,
      missing: [...verdict.missing, 'how the model is spread over the GPUs (tensorParallel, pipelineParallel), to tell a layer split from a slow host'],
    };
  }
  const graded = gradeOf({ ceiling: CEILINGS.single, coverage: 1, ratios: [], caps: [{ value: FLIP_CAP, why: 'a slow host looks the same' }] });
  return { ...verdict, ...graded, bottleneck: 'overhead', second: null, candidates: ['host'], why };
}
