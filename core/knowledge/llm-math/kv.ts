import type { ModelSpec } from '../models/index.ts';

/** Cache values of one token in one layer: keys and values of all KV heads, or DeepSeek's latent and rotary key. */
function valuesPerLayer(model: ModelSpec): number {
  return model.mla === null ? 2 * model.kvHeads * model.headSize : model.mla.kvRank + model.mla.ropeSize;
}

/** KV-cache bytes of one token over all layers: 2·L·k·d·c. Llama-3-8B in fp16: 131072. Latent attention: L·(kvRank + rope)·c. */
export function kvBytesPerToken(model: ModelSpec, cacheBytes: number): number {
  return model.layers * valuesPerLayer(model) * cacheBytes;
}

/** KV-cache bytes of one sequence of `context` tokens; sliding layers keep their window only. */
export function kvBytesPerSequence(model: ModelSpec, context: number, cacheBytes: number): number {
  const sliding = model.sliding?.layers ?? 0;
  const kept = (model.layers - sliding) * context + sliding * Math.min(context, model.sliding?.window ?? context);
  return kept * valuesPerLayer(model) * cacheBytes;
}

/**
 * Fraction of the cache that one of `tensorParallel` GPUs holds: KV heads are dealt out whole, so more GPUs than KV heads
 * hold copies, and latent attention is copied to all. Source: vLLM's division of KV heads.
 */
export function kvFractionPerGpu(model: ModelSpec, tensorParallel: number): number {
  return model.mla === null ? Math.ceil(model.kvHeads / tensorParallel) / model.kvHeads : 1;
}
