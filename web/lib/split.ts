import type { Analysis } from '../../core/contract/verdict.ts';

/** Prefill's and decode's shares of GPU time over time; NaN where not known. */
export interface SplitLines {
  readonly t: readonly number[];
  readonly prefill: readonly number[];
  readonly decode: readonly number[];
  /** True where a value holds for a whole phase rather than for an instant. */
  readonly stepped: boolean;
  readonly estimated: boolean;
}

/** From the analysis's timeline where it tells them, else phase by phase; null where no phase is split. */
export function splitLines(analysis: Pick<Analysis, 'timeline' | 'phases' | 'verdict'>): SplitLines | null {
  const { t, series } = analysis.timeline;
  const [prefill, decode] = [series['prefill'], series['decode']];
  const estimated = analysis.phases.some((phase) => phase.verdict.split?.estimated === true) || analysis.verdict.split?.estimated === true;
  if (prefill !== undefined && decode !== undefined && prefill.some((value) => value !== null)) {
    const line = (values: readonly (number | null)[]) => values.map((value) => value ?? Number.NaN);
    return { t, prefill: line(prefill), decode: line(decode), stepped: false, estimated };
  }
  const steps = analysis.phases.flatMap((phase) => {
    const time = phase.verdict.split?.time ?? null;
    const [p, d] = time === null ? [Number.NaN, Number.NaN] : [time.prefill, time.decode];
    return [{ t: phase.from, p, d }, { t: phase.to, p, d }];
  });
  if (steps.every(({ p }) => Number.isNaN(p))) return null;
  return { t: steps.map((step) => step.t), prefill: steps.map((step) => step.p), decode: steps.map((step) => step.d), stepped: true, estimated };
}
