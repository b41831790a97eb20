import { ACHIEVABLE, gemmFraction, type GpuId } from '../knowledge/index.ts';

/** Fractions of the ceilings between which working programs were seen. */
export interface Fractions {
  readonly low: number;
  readonly high: number;
  readonly source: string;
}

/** Decoding: of the memory bandwidth. */
export function decodeFractions(): Fractions {
  return { low: 0.42, high: ACHIEVABLE.dramBytes.value, source: 'low: gpt-fast int4 at batch 1 on an A100-80 (863 of 2039 GB/s); high: gpt-fast README' };
}

/** Prefilling: of the tensor peak. */
export function prefillFractions(gpu: GpuId): Fractions {
  const { value, source } = gemmFraction(gpu);
  return { low: 0.35, high: value, source: `low: llama.cpp prefill on A100 PCIe and A40 (0.39 and 0.43 with the head counted); high: ${source}` };
}

/** Training: of the tensor peak, recomputation counted as work. */
export function trainingFractions(): Fractions {
  return { low: 0.42, high: 0.71, source: 'low: Megatron 22B on A100-80 (0.415); high: llm-foundry 70B on 64 A100-80 (HFU 0.711)' };
}
