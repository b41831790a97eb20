import { formatPercent } from '../readings/index.ts';

/** The arithmetic of a grade (§7.4), kept so that it can be published with it. */
export interface GradeInput {
  readonly ceiling: number;
  /** Part of the window's samples that have the deciding evidence. */
  readonly coverage: number;
  /** How far past each rule, as ratios ≥ 1 (s1 ÷ threshold, s1 ÷ (1.25·s2)); the smallest counts. */
  readonly ratios: readonly number[];
  readonly caps: readonly { readonly value: number; readonly why: string }[];
}

export interface Grade {
  readonly grade: number;
  readonly gradeWhy: string;
}

/** clip(0.5 + 2·(ratio − 1), 0.5, 1): half at a rule's edge, whole from 25 % past it. */
export function marginOf(ratio: number): number {
  return Math.min(1, Math.max(0.5, 0.5 + 2 * (ratio - 1)));
}

/** grade = ceiling × coverage × margin, under its caps: a grade of the evidence, not a probability. */
export function gradeOf({ ceiling, coverage, ratios, caps }: GradeInput): Grade {
  const margin = marginOf(Math.min(...ratios, Number.MAX_VALUE));
  const product = ceiling * Math.min(1, coverage) * margin;
  const lowest = caps.reduce((low, cap) => Math.min(low, cap.value), 1);
  const grade = Math.round(Math.min(product, lowest) * 1000) / 1000;
  const sum = `${ceiling.toFixed(2)} × ${Math.min(1, coverage).toFixed(2)} × ${margin.toFixed(2)} = ${product.toFixed(2)}`;
  const binding = caps.filter((cap) => cap.value < product);
  const limits = binding.map((cap) => `at most ${cap.value.toFixed(2)}: ${cap.why}`).join('; ');
  return { grade, gradeWhy: `ceiling × coverage × margin = ${sum}${limits === '' ? '' : `; ${limits}`}` };
}

/** For a verdict that names no bottleneck. */
export const UNGRADED: Grade = { grade: 0, gradeWhy: 'no bottleneck is named, so nothing is graded' };

/** For the text of a cap on disagreement. */
export function disagreement(counter: number, model: number): string {
  const reason = counter < model ? ': the model is a lower bound, so the model, its data type or the step count is wrong' : '';
  return `counter (${formatPercent(counter)}) and model (${formatPercent(model)}) differ by more than 25 %${reason}`;
}
