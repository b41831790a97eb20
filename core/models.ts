/** Model knowledge: architectures by name or from a config.json, parameter arithmetic, quantisation formats. */
export { countParameters, type Architecture, type Mla, type Moe, type ParameterCount, type Sliding } from './models/architecture.ts';
export type { ModelSpec, WeightType } from './models/spec.ts';
export { parseWeightType } from './models/dtype.ts';
export { findModel, MODELS, type FoundModel } from './models/find.ts';
export { detectQuantization, parseQuantization, QUANTIZATIONS, type Quantization, type QuantizationId, type QuantizedPart } from './models/quantization.ts';
export { modelFromHfConfig, type HfConfigResult } from './models/hf-config.ts';
