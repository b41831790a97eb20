import type { ModelSpec } from '../models/index.ts';

/** Bytes that each of n GPUs sends in a ring all-reduce of a message: 2(n−1)/n × message; 0 for one GPU. */
export function ringAllReduceBytes(gpus: number, messageBytes: number): number {
  return ((2 * (gpus - 1)) / gpus) * messageBytes;
}

/**
 * Message bytes of tensor parallelism per token, summed over layers: two all-reduces of D activations a layer in the
 * forward pass. 8B in 16 bits: 0.52 MB, 70B: 2.62 MB. Source: scaling-book; Megatron-LM.
 */
export function tensorParallelMessageBytes(model: ModelSpec, activationBytes = 2): number {
  return 2 * model.layers * model.hidden * activationBytes;
}

/** Fraction of a step that a pipeline of p stages idles with m micro-batches: (p−1)/(m+p−1). Source: scaling-book training.md; Megatron. */
export function pipelineBubble(stages: number, microBatches: number): number {
  return (stages - 1) / (microBatches + stages - 1);
}

/** Bytes that cross one pipeline boundary per token: D activations. */
export function pipelineBytesPerToken(model: ModelSpec, activationBytes = 2): number {
  return model.hidden * activationBytes;
}

/** ZeRO-3 and FSDP gather the weights as well: so many times the bytes of a plain all-reduce. Source: ZeRO paper. */
export const SHARDED_TRAFFIC = 1.5;

/**
 * Bytes that each GPU sends for the gradients of one optimiser step over n replicas: a ring all-reduce of P·g; ZeRO-3 and
 * FSDP also gather the weights, about 1.5 times as much. Source: ZeRO paper; scaling-book.
 */
export function dataParallelBytes(input: { parameters: number; gradientBytes: number; replicas: number; shardedWeights: boolean }): number {
  const reduce = ringAllReduceBytes(input.replicas, input.parameters * input.gradientBytes);
  return input.shardedWeights ? SHARDED_TRAFFIC * reduce : reduce;
}

/** The MFU that the balance of computing and sending is reckoned at: good training reaches 0.4–0.56 (docs/science.md, §5b rows 28–34). */
export const BALANCE_MFU = 0.5;

/**
 * Tokens per node and step at which computing takes as long as the gradients' all-reduce over many nodes:
 * (4P bytes ÷ link) × (F·MFU) ÷ 6P; P cancels. A100×4 at 100 Gbit and MFU 0.5: 33 thousand. Derived.
 */
export function dataParallelBalanceTokens(nodeFlops: number, mfu: number, linkBytesPerSecond: number): number {
  return ((4 / 6) * nodeFlops * mfu) / linkBytesPerSecond;
}
