import { exact, type FractionName, type JudgedPhase } from '../../judging/index.ts';
import type { MetricId } from '../../readings/index.ts';

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
  return weight > 0 ? exact(sum / weight) : Number.NaN;
}

/** A metric's mean over phases, in its SI unit, weighted by their samples; NaN where none has it. */
export function meanOver(phases: readonly JudgedPhase[], id: MetricId): number {
  return over(phases, (phase) => phase.figures.mean.get(id));
}

/** The share of samples (0–1) that a flag held in, over phases; NaN where none has it. */
export function fractionOver(phases: readonly JudgedPhase[], name: FractionName): number {
  return over(phases, (phase) => phase.figures.fraction.get(name));
}
