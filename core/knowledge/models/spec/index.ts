export { type Architecture, countParameters, type Mla, type Moe, type Sliding } from './architecture.ts';
export { detectQuantization, parseQuantization, type QuantizationId, QUANTIZATIONS, type QuantizedPart } from './quantization.ts';
export { defineFamily, describe, type ModelSpec, type NamedModel, type WeightType } from './spec.ts';
