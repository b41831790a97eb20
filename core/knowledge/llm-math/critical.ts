import { type ModelSpec, QUANTIZATIONS, type QuantizationId } from '../models/index.ts';
import { ridge, type GpuId, type MathType } from '../hardware/index.ts';

/**
 * Tokens per step at which matrix products turn from bandwidth-bound to compute-bound: ridge × bytes per weight ÷ 2, from
 * raw peaks; of a mixture of experts × total ÷ active parameters, since a step reads all that its tokens are routed to, and each
 * token is multiplied with its own (§7.8.10). Null where the GPU has no such type. Source: scaling-book inference.md.
 */
export function criticalBatch(gpu: GpuId, math: MathType, quantization: QuantizationId | null, model: Experts = ALL_ACTIVE): number | null {
  const point = ridge(gpu, math);
  if (point === null) return null;
  const bytes = quantization === null ? (BYTES[math] ?? null) : QUANTIZATIONS[quantization].bits / 8;
  return bytes === null ? null : ((point * bytes) / 2) * (model.parameters / model.activeParameters);
}

/** What of a model's parameters a token is multiplied with. */
type Experts = Pick<ModelSpec, 'parameters' | 'activeParameters'>;
const ALL_ACTIVE: Experts = { parameters: 1, activeParameters: 1 };

const BYTES: Readonly<Partial<Record<MathType, number>>> = { fp32: 4, tf32: 4, fp16: 2, bf16: 2, fp8: 1, int8: 1, int4: 0.5 };
