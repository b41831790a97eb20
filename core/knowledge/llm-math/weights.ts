import { QUANTIZATIONS, type ModelSpec, type Moe, type QuantizationId, type QuantizedPart, type WeightType } from '../models/index.ts';

/** How weights are stored. */
export interface WeightFormat {
  readonly type: WeightType;
  readonly quantization: QuantizationId | null;
}

/** Parameters by what happens to them in a step. */
interface WeightParts {
  /** Attention, norms, routers, dense MLPs: read by every step. */
  readonly blocks: number;
  /** Routed experts of all layers: read as far as tokens are routed to them. */
  readonly experts: number;
  /** Looked up row by row, never multiplied. */
  readonly embedding: number;
  /** Read by every step that produces a token; the embedding's own matrix when tied. */
  readonly head: number;
}

const BYTES: Readonly<Record<WeightType, number>> = { fp32: 4, fp16: 2, bf16: 2 };

/** Splits a model's parameters. embedding + blocks + experts (+ head unless tied) = all parameters. */
export function weightParts(model: ModelSpec): WeightParts {
  const experts = model.moe === null ? 0 : moeLayers(model, model.moe) * model.moe.experts * model.expertParameters;
  const ends = model.embeddingParameters + (model.tiedHead ? 0 : model.headParameters);
  return { blocks: model.parameters - experts - ends, experts, embedding: model.embeddingParameters, head: model.headParameters };
}

function moeLayers(model: ModelSpec, moe: Moe): number {
  return model.layers - moe.denseLayers;
}

/** Bytes per weight of a part in a format. GGUF packs every part; most schemes leave embedding and head alone, MXFP4 all but experts. */
export function bytesPerWeight(format: WeightFormat, part: keyof WeightParts): number {
  if (format.quantization === null) return BYTES[format.type];
  const row = QUANTIZATIONS[format.quantization];
  return COVERED[row.part].includes(part) ? row.bits / 8 : BYTES[format.type];
}

const COVERED: Readonly<Record<QuantizedPart, readonly (keyof WeightParts)[]>> = {
  all: ['blocks', 'experts', 'embedding', 'head'],
  blocks: ['blocks', 'experts'],
  experts: ['experts'],
};

/** Bytes of all weights: on disk and in GPU memory. */
export function weightBytes(model: ModelSpec, format: WeightFormat): number {
  const parts = weightParts(model);
  return (
    parts.blocks * bytesPerWeight(format, 'blocks') +
    parts.experts * bytesPerWeight(format, 'experts') +
    parts.embedding * bytesPerWeight(format, 'embedding') +
    (model.tiedHead ? 0 : parts.head * bytesPerWeight(format, 'head'))
  );
}

/**
 * Expected number of different routed experts per layer that a step of `tokens` tokens reads: E·(1 − (1 − k/E)^tokens).
 * Derived for even, independent routing; real routing is more clustered, so this is an upper estimate. 0 for a dense model.
 */
export function expertsTouched(model: ModelSpec, tokens: number): number {
  if (model.moe === null || tokens <= 0) return 0;
  const { experts, activeExperts } = model.moe;
  return experts * (1 - (1 - activeExperts / experts) ** tokens);
}

/**
 * Weight bytes that one forward step of `tokens` tokens reads (a decode step: tokens = running requests). The input
 * embedding is looked up, not read; a tied one is read as the head. Source: scaling-book inference.md, less the embedding.
 */
export function weightBytesTouched(model: ModelSpec, format: WeightFormat, tokens: number): number {
  const parts = weightParts(model);
  const read = model.moe === null ? 0 : (parts.experts * expertsTouched(model, tokens)) / model.moe.experts;
  return parts.blocks * bytesPerWeight(format, 'blocks') + read * bytesPerWeight(format, 'experts') + parts.head * bytesPerWeight(format, 'head');
}
