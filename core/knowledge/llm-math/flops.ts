import type { ModelSpec } from '../models/index.ts';
import { weightParts } from './weights.ts';

/** Parameters of the blocks that one token is multiplied with: without embedding and head, with the active experts only. */
export function activeBlockParameters(model: ModelSpec): number {
  const { blocks, experts } = weightParts(model);
  return blocks + (model.moe === null ? 0 : (experts * model.moe.activeExperts) / model.moe.experts);
}

/** FLOPs of the matrix products of one token with its head: 2 × (active parameters − looked-up embedding). 8B: 15.0e9. Source: kipply, vLLM perf.py. */
export function denseFlopsPerToken(model: ModelSpec): number {
  return 2 * (activeBlockParameters(model) + model.headParameters);
}

/**
 * Attention FLOPs of one new token over `context` cached ones: 4·L·h·d·S, sliding layers over their window only; latent
 * attention in its absorbed form, h·(2·(kvRank + rope) + 2·kvRank) per layer and cached token. Source: vLLM perf.py; DeepSeek-V2 paper.
 */
export function decodeAttentionFlops(model: ModelSpec, context: number): number {
  const perLayer = model.mla === null ? 4 * model.heads * model.headSize : model.heads * (4 * model.mla.kvRank + 2 * model.mla.ropeSize);
  const sliding = model.sliding?.layers ?? 0;
  const seen = (model.layers - sliding) * context + sliding * Math.min(context, model.sliding?.window ?? context);
  return perLayer * seen;
}

/** FLOPs of one decoded token at a context: matrix products with the head, and attention. */
export function decodeFlopsPerToken(model: ModelSpec, context: number): number {
  return denseFlopsPerToken(model) + decodeAttentionFlops(model, context);
}

/**
 * Attention FLOPs of one causal pass over a sequence: 2·L·h·d·T² (half of the full square), sliding layers over their
 * window. Source: kipply; vidur mfu_calculator.py.
 */
export function causalAttentionFlops(model: ModelSpec, tokens: number): number {
  const perPair = model.mla === null ? 4 * model.heads * model.headSize : model.heads * 2 * (model.mla.nopeSize + model.mla.ropeSize + model.mla.valueSize);
  const sliding = model.sliding?.layers ?? 0;
  const pairs = (model.layers - sliding) * causalPairs(tokens, tokens) + sliding * causalPairs(tokens, model.sliding?.window ?? tokens);
  return perPair * pairs;
}

/** Token pairs (query, key) that a causal mask with a window keeps; T²/2 without one. */
function causalPairs(tokens: number, window: number): number {
  return tokens <= window ? (tokens * tokens) / 2 : (window * window) / 2 + (tokens - window) * window;
}

/** FLOPs of prefilling one prompt: blocks for every token, the head for the last one only, causal attention. Source: as above, less embedding and head. */
export function prefillFlops(model: ModelSpec, promptTokens: number): number {
  return 2 * activeBlockParameters(model) * promptTokens + 2 * model.headParameters + causalAttentionFlops(model, promptTokens);
}

/** What is trained and what is computed twice. */
interface TrainingPass {
  /** LoRA needs gradients of activations but not of the frozen weights: 4 instead of 6 FLOPs per parameter and token. */
  readonly lora: boolean;
  /** Full activation checkpointing computes every forward pass a second time. */
  readonly recompute: boolean;
}

/**
 * Hardware FLOPs of training one sequence: forward with head for every token, backward twice that (LoRA: once, attention
 * still twice), and the forward again with full checkpointing. Source: PaLM appendix B; stas00; LoRA by derivation.
 */
export function trainingFlops(model: ModelSpec, sequence: number, pass: TrainingPass): number {
  const dense = denseFlopsPerToken(model) * sequence;
  const attention = causalAttentionFlops(model, sequence);
  const again = pass.recompute ? 1 : 0;
  return dense * ((pass.lora ? 2 : 3) + again) + attention * (3 + again);
}
