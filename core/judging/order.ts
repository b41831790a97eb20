import type { Verdict } from '../contract/index.ts';
import { TIER_C } from './thresholds.ts';
import type { Subject } from './subject.ts';
import { exact } from './stats.ts';
import type { Judged } from './merge.ts';

/** A GPU's phases and who it is. */
export interface Ordered {
  readonly subject: Subject;
  readonly phases: readonly Judged[];
}

/**
 * Two GPUs of one LLM job seen by nvidia-smi alone may be ordered by power above idle per memory traffic (§7.5.5): multiplying
 * costs power that moving bytes does not. It is a remark beside the verdict, never an activity: "prefill-like relative to …".
 */
export function withOrder(lines: readonly Ordered[]): Judged[][] {
  const ratios = lines.map(powerPerTraffic);
  const known = ratios.filter((ratio) => ratio !== null);
  const low = Math.min(...known);
  const reference = lines[ratios.indexOf(low)];
  return lines.map(({ phases }, i) => {
    const ratio = ratios[i] ?? null;
    if (known.length < 2 || reference === undefined || ratio === null || exact(ratio / low) < TIER_C.orderFactor) return [...phases];
    const text = `prefill-like relative to GPU ${reference.subject.id}: ${(ratio / low).toFixed(1)} times the power above idle per memory traffic (a relation, graded at most ${TIER_C.capUncalibrated.toFixed(2)})`;
    return phases.map((phase) => (phase.verdict.bottleneck === 'idle' ? phase : { ...phase, verdict: said(phase.verdict, text) }));
  });
}

function said(verdict: Verdict, text: string): Verdict {
  return { ...verdict, why: [...verdict.why, text] };
}

/** Watts above idle ÷ utilization.memory over the busy samples; null where the GPU is seen by more than nvidia-smi, or by too little. */
function powerPerTraffic({ subject, phases }: Ordered): number | null {
  if (!(subject.serving || subject.processSays === 'serving')) return null;
  if (phases.some(({ verdict }) => verdict.tier !== 'C')) return null;
  const sum = (pick: (tally: Judged['tally']) => number) => phases.reduce((total, { tally }) => total + pick(tally), 0);
  const hot = sum((tally) => tally.hot);
  const traffic = sum((tally) => tally.hotMemUtil) / sum((tally) => tally.hotMemUtilCount);
  const power = sum((tally) => tally.hotPower) / sum((tally) => tally.hotPowerCount);
  const idle = sum((tally) => tally.idlePower) / sum((tally) => tally.idlePowerCount);
  if (hot < TIER_C.samples || !(traffic >= TIER_C.orderMemory) || !(power > idle)) return null;
  return (power - idle) / traffic;
}
