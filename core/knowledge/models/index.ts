/** Model knowledge: architectures by name or from a config.json, parameter arithmetic, quantisation formats. */
export { countParameters, type Architecture, type Mla, type Moe, type ParameterCount, type Sliding } from './spec/index.ts';
export type { ModelSpec, WeightType } from './spec/index.ts';
export { parseWeightType } from './dtype.ts';
export { findModel, MODELS, type FoundModel } from './find.ts';
export { detectQuantization, parseQuantization, QUANTIZATIONS, type Quantization, type QuantizationId, type QuantizedPart } from './spec/index.ts';
export { modelFromHfConfig, type HfConfigResult } from './hf-config.ts';
