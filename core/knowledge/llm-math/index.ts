/** The arithmetic of language models: bytes, FLOPs, cache, training state, communication. Pure formulas, SI units. */
export { bytesPerWeight, expertsTouched, weightBytes, weightBytesTouched, weightParts, type WeightFormat } from './weights.ts';
export {
  activeBlockParameters,
  causalAttentionFlops,
  decodeAttentionFlops,
  decodeFlopsPerToken,
  denseFlopsPerToken,
  prefillFlops,
  trainingFlops,
} from './flops.ts';
export { kvBytesPerSequence, kvBytesPerToken, kvFractionPerGpu } from './kv.ts';
export { activationBytes, logitBytes, loraParameters, OPTIMIZERS, type OptimizerId } from './training.ts';
export {
  BALANCE_MFU,
  dataParallelBalanceTokens,
  dataParallelBytes,
  pipelineBubble,
  pipelineBytesPerToken,
  ringAllReduceBytes,
  SHARDED_TRAFFIC,
  tensorParallelMessageBytes,
} from './parallel.ts';
export { loadSeconds } from './load.ts';
export { criticalBatch } from './critical.ts';
export { computeType, type ComputeType, typeAtWork } from './compute-type.ts';
export { COMMON_CONTEXT, ENGINE_MEMORY, WORKSPACE_BYTES } from './serving.ts';
export { KERNELS_PER_LAYER, LAUNCH_SECONDS } from './launches.ts';
