import { KERNELS_PER_LAYER, prefillFlops, weightBytesTouched } from '../knowledge/index.ts';
import type { PhasePlan } from './decode.ts';
import { decodeFractions, prefillFractions } from './expected.ts';
import type { PlanInput } from './input.ts';
import type { Placement } from './links.ts';
import { bindingOf, rates } from './rate.ts';
import { exchange, gpuSeconds, stageParts, type Reached, type StageWork } from './stage.ts';

/**
 * Prefilling prompts of `context` tokens, with enough of them to keep every pipeline stage busy. The ceiling reads weights
 * once for all tokens; the expected range once per chunk.
 */
export function prefillPlan(input: PlanInput, place: Placement): PhasePlan {
  const { context, dataParallel: dp } = input;
  const once = promptWork(input, 1);
  const chunked = promptWork(input, Math.ceil(context / input.serve.chunkTokens));
  const fractions = prefillFractions(input.gpu);
  const memory = decodeFractions();
  const line: Reached = { bandwidth: 1, compute: 1, links: 'line' };
  const good: Reached = { bandwidth: memory.high, compute: fractions.high, links: 'achievable' };
  const poor: Reached = { bandwidth: memory.low, compute: fractions.low, links: 'achievable' };
  const parts = stageParts(input, place, chunked, good);
  const least = stageParts(input, place, once, line);
  const seconds = (reached: Reached): number => {
    const at = stageParts(input, place, chunked, reached);
    return gpuSeconds(input, chunked, reached) + at.network + at.transfer;
  };
  return {
    tokensPerSecond: rates(context * dp, {
      least: Math.max(gpuSeconds(input, once, line), least.network, least.transfer),
      good: seconds(good),
      poor: Math.max(seconds(poor), parts.overhead),
    }),
    binding: bindingOf(parts),
    parts,
    fractions,
  };
}

/** One GPU's part of a prompt that is worked off in some chunks. */
function promptWork(input: PlanInput, chunks: number): StageWork {
  const { model, context, tensorParallel: tp, pipelineParallel: pp } = input;
  return {
    weightBytes: (chunks * weightBytesTouched(model, input, context / chunks)) / (tp * pp),
    cacheBytes: 0,
    denseFlops: prefillFlops(model, context) / (tp * pp),
    attentionFlops: 0,
    ...exchange(input, context),
    kernels: (chunks * KERNELS_PER_LAYER * model.layers) / pp,
  };
}
