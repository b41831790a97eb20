import type { Analysis } from '../../core/contract/index.ts';

/** Prefill's and decode's shares of GPU time at the edges of phases; NaN where not known. */
export interface SplitLines {
  readonly t: readonly number[];
  readonly prefill: readonly number[];
  readonly decode: readonly number[];
  /** True where the shares are a model's estimate, false where the engine exports durations. */
  readonly estimated: boolean;
}

/** Phase by phase: the split is an average over a phase, so it is drawn as steps. Null where no phase is split. */
export function splitLines(analysis: Pick<Analysis, 'phases'>): SplitLines | null {
  const steps = analysis.phases.flatMap((phase) => {
    const time = phase.verdict.split?.time ?? null;
    const [prefill, decode] = time === null ? [Number.NaN, Number.NaN] : [time.prefill, time.decode];
    return [
      { t: phase.from, prefill, decode },
      { t: phase.to, prefill, decode },
    ];
  });
  if (steps.every(({ prefill }) => Number.isNaN(prefill))) return null;
  return {
    t: steps.map((step) => step.t),
    prefill: steps.map((step) => step.prefill),
    decode: steps.map((step) => step.decode),
    estimated: analysis.phases.some((phase) => phase.verdict.split?.estimated === true),
  };
}
