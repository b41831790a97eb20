import { ACHIEVABLE, gemmFraction, MATH_TYPES, onTensorCores, type Ceilings, type GpuId } from '../../knowledge/index.ts';
import type { Activity, Roofline } from '../../contract/index.ts';
import { engineWindows, isAtWork, type JudgedGpu, type JudgedRun } from '../../judging/index.ts';
import { type Achieved, fromCounters, thinned } from './achieved.ts';
import { mathInUse } from './math-in-use.ts';
import { nextRoof } from './next-roof.ts';

/** Points of the whole picture at most. */
const POINTS = 300;
/** Of one engine, whose tokens say little about a moment. */
const ENGINE_POINTS = 100;

/**
 * FLOP/s against FLOP per byte of the job's GPUs, window by window, under the roofs of the type of card that did most of the
 * work: by DCGM where it measures pipes and DRAM, else by the model of the engine's work. Null where the card is not known or
 * nothing can be placed.
 */
export function rooflineOf(judged: JudgedRun): Roofline | null {
  const gpus = mainType(judged);
  const ceilings = gpus[0]?.ceilings ?? null;
  if (ceilings === null) return null;
  const { math, assumed } = mathInUse(judged, ceilings.gpu, gpus);
  const each = Math.max(1, Math.floor(POINTS / gpus.length));
  const phaseAt = phaseFinder(judged);
  const gaps = new Set<string>();
  const modelledOnce = new Set<string>();
  let isCounted = false;
  const points = gpus
    .flatMap((gpu) => {
      const counted = fromCounters(gpu, math, judged.period);
      if (counted.length > 0) {
        isCounted = true;
        return thinned(counted, each, phaseAt);
      }
      // An engine's tokens make the same of each of its GPUs.
      const key = gpu.engines.join(',');
      if (modelledOnce.has(key)) return [];
      modelledOnce.add(key);
      const modelled = engineWindows(judged, gpu, ENGINE_POINTS);
      for (const gap of modelled.gaps) gaps.add(`bytes are a lower bound without ${gap}`);
      return modelled.windows;
    })
    .filter(({ flops, bytes }) => flops > 0 && bytes > 0);
  if (points.length === 0) return null;
  const type = math === 'fp16_vector' || math === 'fp64_tensor' ? null : math;
  const practicalFraction = !onTensorCores(ceilings.gpu, math)
    ? ACHIEVABLE.vectorCounter.value
    : isCounted
      ? ACHIEVABLE.tensorCounter.value
      : gemmFraction(ceilings.gpu).value;
  const notes = [...(assumed === null ? [] : [assumed]), ...gaps];
  return {
    gpu: ceilings.gpu,
    bandwidth: ceilings.bandwidth,
    // The ceilings of the points’ source, as of the shares and figures beside them.
    practicalBandwidth: (isCounted ? ACHIEVABLE.dramCounter : ACHIEVABLE.dramBytes).value * ceilings.bandwidth,
    peaks: peaksOf(ceilings),
    dtype: type,
    practicalFraction,
    points: points
      .slice(0, POINTS)
      .sort((a, b) => a.at - b.at)
      .map(({ at, flops, bytes }) => ({ at, intensity: flops / bytes, flops, phase: phaseAt(at) })),
    advice: nextRoof({ ...standing(points), math, activity: jobActivity(judged), practicalFraction }, ceilings),
    ...(notes.length === 0 ? {} : { assumed: notes }),
  };
}

/** GPUs of the type with most working time. Idle ones place no point. */
function mainType({ gpus }: JudgedRun): JudgedGpu[] {
  const seconds = new Map<GpuId, number>();
  for (const { type, phases } of gpus) {
    if (type === null) continue;
    const worked = phases.filter(isAtWork).reduce((sum, { from, to }) => sum + to - from, 0);
    seconds.set(type, (seconds.get(type) ?? 0) + worked); // no time yet is 0 s
  }
  const [main] = [...seconds].sort(([, a], [, b]) => b - a);
  return main === undefined ? [] : gpus.filter(({ type }) => type === main[0]);
}

/** Dense peaks of the types that language models use. */
function peaksOf({ peaks }: Ceilings): Record<string, number> {
  const shown = MATH_TYPES.filter((type) => type !== 'fp16_vector' && type !== 'fp64_tensor');
  return Object.fromEntries(
    shown.flatMap((type) => {
      const peak = peaks[type];
      return peak === null ? [] : [[type, peak] as const];
    }),
  );
}

/** The job's work together: FLOP per byte of all of it, and the mean rate of a GPU. */
function standing(points: readonly Achieved[]): { intensity: number; flops: number } {
  const total = (value: (point: Achieved) => number) => points.reduce((sum, point) => sum + value(point) * (point.to - point.at), 0);
  const seconds = points.reduce((sum, { at, to }) => sum + to - at, 0);
  return { intensity: total(({ flops }) => flops) / total(({ bytes }) => bytes), flops: total(({ flops }) => flops) / seconds };
}

function jobActivity({ verdict, phases }: JudgedRun): Activity {
  if (verdict.activity !== 'unknown') return verdict.activity;
  return phases.find((phase) => phase.verdict.activity !== 'unknown' && phase.verdict.activity !== 'idle')?.verdict.activity ?? 'unknown';
}

/** The index of the job's phase at a time; of the next one in a gap, of the last one after the end. */
function phaseFinder({ phases }: JudgedRun): (at: number) => number {
  return (at) => {
    let low = 0;
    let high = phases.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((phases[middle]?.to ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low);
  };
}
