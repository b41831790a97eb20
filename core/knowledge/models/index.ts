/** Model knowledge: architectures by name or from a config.json, parameter arithmetic, quantisation formats. */
export { countParameters, type Moe } from './spec/index.ts';
export type { ModelSpec, WeightType } from './spec/index.ts';
export { parseWeightType } from './dtype.ts';
export { findModel, MODELS } from './find.ts';
export { parseQuantization, QUANTIZATIONS, type QuantizationId, type QuantizedPart } from './spec/index.ts';
export { modelFromHfConfig } from './hf-config.ts';
