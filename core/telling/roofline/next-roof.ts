import type { Activity } from '../../contract/index.ts';
import { TIE } from '../../judging/index.ts';
import { GPUS, onTensorCores, type Ceilings, type MathType } from '../../knowledge/index.ts';
import { formatFactor, formatValue } from '../../readings/index.ts';

/** Where the job stands: its work's FLOP per byte and FLOP/s, with the type in use. */
interface Standing {
  readonly intensity: number;
  readonly flops: number;
  readonly math: MathType;
  readonly activity: Activity;
  /** The part of a peak that can be had, by the source of its FLOP/s. */
  readonly practicalFraction: number;
}

/**
 * The roof that a job could move to, in words; null at the best one. Where memory is the roof, fewer bytes per weight or more
 * tokens per pass over the weights; where arithmetic is, a smaller type that this card's tensor cores multiply.
 */
export function nextRoof(at: Standing, ceilings: Ceilings): string | null {
  const peak = ceilings.peaks[at.math];
  if (peak === null) return null;
  const ridge = peak / ceilings.bandwidth;
  const smaller = nextType(at, ceilings);
  if (at.intensity >= ridge) {
    if (smaller === null) return null;
    // Half the bytes for each value double the FLOP per byte: the smaller type's slope moves, too.
    const reach = Math.min(smaller.peak, at.intensity * smaller.fewerBytes * ceilings.bandwidth);
    const gain = (reach * at.practicalFraction) / at.flops;
    if (gain < TIE) return null;
    return `${name(at.math)} ends at ${formatValue(peak, 'flop/s')}; ${name(smaller.math)} on this card at ${formatValue(smaller.peak, 'flop/s')}: up to ${formatFactor(gain)} from here`;
  }
  const slope = at.intensity * ceilings.bandwidth;
  const where = `at ${number(at.intensity)} FLOP per byte memory ends it at ${formatValue(slope, 'flop/s')}, ${formatFactor(peak / slope)} under the ${name(at.math)} roof, which begins at ${number(ridge)}`;
  if (at.activity === 'decode' || at.activity === 'serving')
    return `${where}: more requests at once, or fewer bytes per weight (INT8, INT4), move it to the right`;
  if (at.activity === 'training' || at.activity === 'fine-tuning')
    return `${where}: larger micro-batches and fused kernels (flash attention, torch.compile) move it to the right`;
  return `${where}: more work per byte read moves it to the right`;
}

interface Smaller {
  readonly math: MathType;
  readonly peak: number;
  readonly fewerBytes: number;
}

/** The next smaller type that the card multiplies on tensor cores. Training stops at 16 bits. */
function nextType({ math, activity }: Standing, { gpu, peaks }: Ceilings): Smaller | null {
  const half: MathType = GPUS[gpu].peaks.bf16 === null ? 'fp16' : 'bf16';
  const chain: Partial<Record<MathType, readonly MathType[]>> = {
    fp32: ['tf32', half],
    tf32: [half],
    ...(activity === 'prefill' || activity === 'serving' || activity === 'decode' ? { fp16: ['fp8', 'int8'], bf16: ['fp8', 'int8'] } : {}),
  };
  for (const next of chain[math] ?? []) {
    const peak = peaks[next];
    if (peak !== null && onTensorCores(gpu, next)) return { math: next, peak, fewerBytes: next === 'tf32' ? 1 : 2 };
  }
  return null;
}

function name(math: MathType): string {
  return math.toUpperCase().replace('_', ' ');
}

/** Figures are told whole from here: what would be rounded to 10. */
const WHOLE = 9.95;

function number(value: number): string {
  return value >= WHOLE ? value.toFixed(0) : value.toPrecision(2);
}
