import { BRIDGED_PERIODS, type FractionName, type JudgedPhase } from '../../judging/index.ts';
import type { MetricId } from '../../readings/index.ts';

/** A stretch of time of one GPU and the phases in it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly phases: readonly JudgedPhase[];
}

/** Stretches of consecutive phases for which something holds; a gap of a few samples does not end one. */
export function stretchesOf(phases: readonly JudgedPhase[], period: number, holds: (phase: JudgedPhase) => boolean): Stretch[] {
  const out: { from: number; to: number; phases: JudgedPhase[] }[] = [];
  let open: (typeof out)[number] | null = null;
  for (const phase of phases) {
    if (!holds(phase)) open = null;
    else if (open !== null && phase.from - open.to <= BRIDGED_PERIODS * period) {
      open.to = phase.to;
      open.phases.push(phase);
    } else {
      open = { from: phase.from, to: phase.to, phases: [phase] };
      out.push(open);
    }
  }
  return out;
}

/** A number over phases, weighted by their samples; NaN where none has it. */
export function over(phases: readonly JudgedPhase[], value: (phase: JudgedPhase) => number | null | undefined): number {
  let sum = 0;
  let weight = 0;
  for (const phase of phases) {
    const one = value(phase);
    if (one === null || one === undefined || Number.isNaN(one)) continue;
    sum += one * phase.figures.samples;
    weight += phase.figures.samples;
  }
  return weight > 0 ? settled(sum / weight) : Number.NaN;
}

export function meanOver(phases: readonly JudgedPhase[], id: MetricId): number {
  return over(phases, (phase) => phase.figures.mean.get(id));
}

export function fractionOver(phases: readonly JudgedPhase[], name: FractionName): number {
  return over(phases, (phase) => phase.figures.fraction.get(name));
}

/** Samples of some phases together. */
export function samplesOf(phases: readonly JudgedPhase[]): number {
  return phases.reduce((sum, { figures }) => sum + figures.samples, 0);
}

/** Rounds off what adding and dividing left in the last binary digits, so that a threshold met exactly counts as met. */
export function settled(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
