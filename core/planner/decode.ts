import { decodeFractions, prefillFractions } from './expected.ts';
import type { PlanInput } from './input.ts';
import type { Placement } from './links.ts';
import { bindingOf, rates, type Estimate, type PlanResource, type StepParts } from './rate.ts';
import { decodeWork, gpuSeconds, stageParts, type Reached, type StageWork } from './stage.ts';

export interface PhasePlan {
  /** Tokens/s of the whole plan, all replicas. */
  readonly tokensPerSecond: Estimate;
  readonly binding: PlanResource;
  /** Seconds of one step (decode) or one prompt (prefill) by resource, at achievable rates. */
  readonly parts: StepParts;
  /** Fractions of the binding peak behind the expected range, with their source. */
  readonly fractions: { readonly low: number; readonly high: number; readonly source: string };
}

const LINE: Reached = { bandwidth: 1, compute: 1, links: 'line' };

/**
 * Decoding `batch` requests at a context. A pipeline works on as many micro-batches as it has stages, or as there are
 * requests: one request passes its stages one after another and uses one GPU at a time.
 */
export function decodePlan(input: PlanInput, place: Placement): PhasePlan {
  const { batch, pipelineParallel: pp, dataParallel: dp } = input;
  const work = decodeWork(input, batch / Math.min(batch, pp));
  const fractions = decodeFractions();
  const compute = prefillFractions(input.gpu);
  const good: Reached = { bandwidth: fractions.high, compute: compute.high, links: 'achievable' };
  const poor: Reached = { bandwidth: fractions.low, compute: compute.low, links: 'achievable' };
  const parts = stageParts(input, place, work, good);
  return {
    tokensPerSecond: rates(batch * dp, {
      least: pp * leastSeconds(input, place, work),
      good: pp * seconds(input, place, work, good),
      poor: pp * Math.max(seconds(input, place, work, poor), parts.overhead),
    }),
    binding: bindingOf(parts),
    parts: scaled(parts, pp),
    fractions,
  };
}

/** Ceiling: everything overlaps at line rate, so the slowest resource alone counts. */
function leastSeconds(input: PlanInput, place: Placement, work: StageWork): number {
  const parts = stageParts(input, place, work, LINE);
  return Math.max(gpuSeconds(input, work, LINE), parts.network, parts.transfer);
}

/** In practice ranks wait for each all-reduce: its time adds to the GPU's. */
function seconds(input: PlanInput, place: Placement, work: StageWork, reached: Reached): number {
  const parts = stageParts(input, place, work, reached);
  return gpuSeconds(input, work, reached) + parts.network + parts.transfer;
}

function scaled(parts: StepParts, by: number): StepParts {
  return { memory: parts.memory * by, compute: parts.compute * by, network: parts.network * by, transfer: parts.transfer * by, overhead: parts.overhead * by };
}
