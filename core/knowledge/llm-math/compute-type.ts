import { GPUS, type GpuId, type MathType } from '../hardware/index.ts';
import { QUANTIZATIONS, type QuantizationId, type WeightType } from '../models/index.ts';

/** What the matrix products run as. */
export interface ComputeType {
  readonly math: MathType;
  /** Operations/s of one GPU, dense. */
  readonly peak: number;
  /** The wanted type where the GPU lacks it and something else is counted. */
  readonly instead: MathType | null;
}

/** What is multiplied, and on which GPU. */
interface Multiplied {
  readonly gpu: GpuId;
  readonly type: WeightType;
  readonly quantization: QuantizationId | null;
  /** FP32 may run as TF32; not where left out. */
  readonly allowTf32?: boolean;
}

/**
 * The multiplication that a weight type and quantisation lead to on a GPU: weight-only formats multiply in the model's own
 * type, FP8 falls back to it where the GPU has none, BF16 falls back to FP32 (emulation), and FP32 may use TF32.
 */
export function computeType({ gpu, type, quantization, allowTf32 = false }: Multiplied): ComputeType {
  const peaks = GPUS[gpu].peaks;
  const math = quantization === null ? 'weights' : QUANTIZATIONS[quantization].math;
  const small = math === 'weights' ? null : peaks[math];
  if (math !== 'weights' && small !== null) return { math, peak: small, instead: null };
  const missing = math === 'weights' ? null : math;
  const own = type === 'fp32' && allowTf32 && peaks.tf32 !== null ? 'tf32' : type;
  const peak = peaks[own];
  if (peak !== null) return { math: own, peak, instead: missing };
  return { math: 'fp32', peak: peaks.fp32, instead: own };
}

/**
 * What published weights are run in unless something else is said: FP16 where the GPU has no BF16 (engines refuse it there), and 16 bits
 * for FP32 where an engine serves them (vLLM's and SGLang's `auto`, TGI's default). A trainer keeps them as they are.
 */
export function typeAtWork(native: WeightType, { gpu, serving }: { gpu: GpuId | null; serving: boolean }): WeightType {
  if (native === 'fp32') return serving ? 'fp16' : native;
  return native === 'bf16' && gpu !== null && GPUS[gpu].peaks.bf16 === null ? 'fp16' : native;
}
