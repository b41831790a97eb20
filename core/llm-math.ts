/** The arithmetic of language models: bytes, FLOPs, cache, training state, communication. Pure formulas, SI units. */
export {
  bytesOf,
  bytesPerWeight,
  expertsTouched,
  weightBytes,
  weightBytesTouched,
  weightParts,
  type WeightFormat,
  type WeightParts,
} from './llm-math/weights.ts';
export {
  activeBlockParameters,
  causalAttentionFlops,
  decodeAttentionFlops,
  decodeFlopsPerToken,
  denseFlopsPerToken,
  prefillFlops,
  trainingFlops,
  type TrainingPass,
} from './llm-math/flops.ts';
export { kvBytesPerSequence, kvBytesPerToken, kvFractionPerGpu, kvRoomTokens, tokensWhereCacheEqualsWeights, type KvRoom } from './llm-math/kv.ts';
export {
  activationBytes,
  bytesPerTrainedParameter,
  logitBytes,
  loraParameters,
  OPTIMIZERS,
  type ActivationInput,
  type OptimizerId,
  type TrainingState,
} from './llm-math/training.ts';
export {
  dataParallelBalanceTokens,
  dataParallelBytes,
  pipelineBubble,
  pipelineBytesPerToken,
  ringAllReduceBytes,
  tensorParallelMessageBytes,
} from './llm-math/parallel.ts';
export { loadSeconds, type LoadInput } from './llm-math/load.ts';
export { criticalBatch } from './llm-math/critical.ts';
