import { ACHIEVABLE, gemmFraction, type GpuId } from '../knowledge/index.ts';

/** A rate or a time with its hard limit and the range in which working programs were seen. */
export interface Estimate {
  /** Rates: no more than this is possible. Times: no less. */
  readonly ceiling: number;
  readonly low: number;
  readonly high: number;
}

/** What a step spends its time on when every resource works at its achievable rate, seconds. Resources overlap. */
export interface StepParts {
  readonly memory: number;
  readonly compute: number;
  /** Between GPUs, over NVLink or a network, latency included. */
  readonly network: number;
  /** Between GPUs of a node over PCIe. */
  readonly transfer: number;
  /** Launching kernels one by one from Python; CUDA graphs avoid most of it. */
  readonly overhead: number;
}

export type PlanResource = keyof StepParts | 'capacity';

/** The resource that takes longest. Launching is left out: CUDA graphs remove it, and a warning says where it matters. */
export function bindingOf(parts: StepParts): PlanResource {
  const order: readonly (keyof StepParts)[] = ['memory', 'compute', 'network', 'transfer'];
  return order.reduce((best, resource) => (parts[resource] > parts[best] ? resource : best), 'memory');
}

/** An estimate of a rate from the three times that produce `amount`. */
export function rates(amount: number, seconds: { readonly least: number; readonly good: number; readonly poor: number }): Estimate {
  return { ceiling: amount / seconds.least, low: amount / seconds.poor, high: amount / seconds.good };
}

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
