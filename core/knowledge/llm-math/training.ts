import type { ModelSpec } from '../models/index.ts';

/** Bytes per trained parameter. */
interface TrainingState {
  readonly weights: number;
  readonly master: number;
  readonly gradients: number;
  readonly optimizer: number;
  readonly source: string;
}

const STAS = 'stas00/ml-engineering, training memory; EleutherAI/cookbook calc_transformer_mem';

/** What an optimiser keeps per trained parameter, bytes. */
export const OPTIMIZERS = {
  adamw: { weights: 2, master: 4, gradients: 4, optimizer: 8, source: `${STAS}: 18 bytes, mixed precision with fp32 gradients` },
  'adamw-16bit-grads': { weights: 2, master: 4, gradients: 2, optimizer: 8, source: `${STAS}: 16 bytes` },
  'adamw-8bit': { weights: 2, master: 4, gradients: 4, optimizer: 2, source: `${STAS}: 8-bit states, 12 bytes` },
  'adamw-fp32': { weights: 4, master: 0, gradients: 4, optimizer: 8, source: 'weights, gradients and two states in fp32: 16 bytes' },
} as const satisfies Record<string, TrainingState>;

export type OptimizerId = keyof typeof OPTIMIZERS;

/**
 * Parameters of LoRA adapters of a rank on every linear layer of attention and MLP: rank × (in + out) per matrix. On a
 * mixture of experts only attention is adapted. Source: LoRA paper (arXiv:2106.09685), QLoRA's "all linear layers".
 */
export function loraParameters(model: ModelSpec, rank: number): number {
  const q = model.heads * model.headSize;
  const kv = model.kvHeads * model.headSize;
  const attention = 2 * (model.hidden + q) + 2 * (model.hidden + kv);
  const mlp = model.moe === null ? (model.gated ? 3 : 2) * (model.hidden + model.intermediate) : 0;
  return model.layers * rank * (attention + mlp);
}

interface ActivationInput {
  readonly sequence: number;
  readonly microBatch: number;
  readonly flashAttention: boolean;
  readonly checkpointing: boolean;
  readonly tensorParallel: number;
  /** Layers on this GPU. */
  readonly layers: number;
}

/**
 * Activation bytes kept for the backward pass, 16-bit: s·b·D·L·(34 + 5·h·s/D); flash attention drops the second term,
 * tensor parallelism divides 24 of the 34 and the second, full checkpointing keeps 2·s·b·D·L and one layer's rest.
 * Source: Korthikanti et al. 2022 (for an MLP of 4·D; SwiGLU models differ by some 10 %).
 */
export function activationBytes(model: ModelSpec, input: ActivationInput): number {
  const { sequence, microBatch, flashAttention, checkpointing, tensorParallel, layers } = input;
  const unit = sequence * microBatch * model.hidden;
  const square = flashAttention ? 0 : (5 * model.heads * sequence) / model.hidden;
  const perLayer = unit * (10 + 24 / tensorParallel + square / tensorParallel);
  return checkpointing ? 2 * unit * layers + perLayer : perLayer * layers;
}

/** Bytes of the logits of a training micro-batch: 16-bit, and fp32 for the loss. Fused losses avoid them. Inferred from common trainers. */
export function logitBytes(model: ModelSpec, tokens: number): number {
  return tokens * model.vocab * 6;
}
