import { TIE } from '../../judging/index.ts';
import { ALVIS_NODES, GPUS, type GpuId } from '../../knowledge/index.ts';
import { formatFactor, formatValue } from '../../readings/index.ts';
import { AS_LARGE } from './limits.ts';
import type { Situation } from './situation.ts';
import { shrinking, shrinkingText, advise, type Move } from './gain.ts';

/** GPU types of the table of nodes, the least first. Who has another card is not on such a site and is told of none. */
const OFFERED: readonly GpuId[] = [...new Set(ALVIS_NODES.map(({ gpu }) => gpu))];

/** Less is a tie within the error of what is computed (core/judging/thresholds.ts). */
const WORTH = TIE;

/** A card with about as much memory, or as much as the job uses, and with the data type that it uses. */
function holds(gpu: GpuId, { context: { ceilings, workload }, mean }: Situation): boolean {
  const needed = Math.min(
    mean('gpu.memUsed') > 0 ? mean('gpu.memUsed') : Number.POSITIVE_INFINITY,
    ceilings === null ? Number.POSITIVE_INFINITY : AS_LARGE * ceilings.memoryBytes,
  );
  const bf16 = workload.dtype !== null && /bf16|bfloat16/.test(workload.dtype);
  return GPUS[gpu].memoryBytes >= needed && (!bf16 || GPUS[gpu].peaks.bf16 !== null);
}

/** A card with a faster memory, the nearest step that is worth it. */
export const fasterMemory: Move = (job) => {
  const {
    context: { gpu, ceilings },
    share,
  } = job;
  if (gpu === null || ceilings === null || Number.isNaN(share) || !OFFERED.includes(gpu)) return null;
  const better = OFFERED.filter((one) => GPUS[one].bandwidth >= WORTH * ceilings.bandwidth && holds(one, job)).sort(
    (a, b) => GPUS[a].bandwidth - GPUS[b].bandwidth,
  );
  const [next] = better;
  if (next === undefined) return null;
  const factor = ceilings.bandwidth / GPUS[next].bandwidth;
  return advise(job, {
    text: `${GPUS[gpu].label} reads at most ${formatValue(ceilings.bandwidth, 'bytes/s')}: ${GPUS[next].label} has ${formatValue(GPUS[next].bandwidth, 'bytes/s')}. More FLOP/s would not help this job.`,
    gain: shrinking(share, factor),
    arithmetic: `${formatFactor(1 / factor)} the bandwidth: ${shrinkingText(share, factor)}`,
  });
};

/** A card with more arithmetic in the type that is multiplied. */
export const fasterArithmetic: Move = (job) => {
  const {
    context: { gpu, ceilings },
    share,
  } = job;
  if (gpu === null || ceilings === null || Number.isNaN(share) || !OFFERED.includes(gpu)) return null;
  const now = ceilings.peaks.bf16 ?? ceilings.peaks.fp16;
  if (now === null) return null;
  const rate = (one: GpuId) => GPUS[one].peaks.fp16 ?? Number.NaN;
  const [next] = OFFERED.filter((one) => rate(one) >= WORTH * now && holds(one, job)).sort((a, b) => rate(a) - rate(b));
  if (next === undefined) return null;
  const factor = now / rate(next);
  return advise(job, {
    text: `${GPUS[gpu].label} multiplies at most ${formatValue(now, 'flop/s')} in 16 bits: ${GPUS[next].label} has ${formatValue(rate(next), 'flop/s')}.`,
    gain: shrinking(share, factor),
    arithmetic: `${formatFactor(1 / factor)} the peak: ${shrinkingText(share, factor)}`,
  });
};
