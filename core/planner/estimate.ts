import { ACHIEVABLE, gemmFraction } from '../knowledge/index.ts';
import {
  attentionFraction,
  cacheReads,
  ENGINES,
  expertReads,
  layerSeconds,
  llamaCppProducts,
  productFraction,
  SLOW_LATENCY,
  type Span,
  unpackSeconds,
  weightFraction,
} from './engine.ts';
import type { PlanInput } from './input.ts';

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
  /** Launching kernels, and what the host does for a pass. */
  readonly overhead: number;
}

export type PlanResource = keyof StepParts | 'capacity';

/** The resource that takes longest. */
export function bindingOf(parts: StepParts): PlanResource {
  const order: readonly (keyof StepParts)[] = ['memory', 'compute', 'network', 'transfer', 'overhead'];
  return order.reduce((best, resource) => (parts[resource] > parts[best] ? resource : best), 'memory');
}

/** An estimate of a rate from the three times that produce `amount`. */
export function rates(amount: number, seconds: { readonly least: number; readonly good: number; readonly poor: number }): Estimate {
  return { ceiling: amount / seconds.least, low: amount / seconds.poor, high: amount / seconds.good };
}

/** Fractions of the binding peak that the expected range rests on. */
export interface Fractions {
  readonly low: number;
  readonly high: number;
  readonly source: string;
}

/** How much of each resource is reached, and what a pass costs beside. `LINE` is a ceiling: everything at its peak, nothing beside. */
export interface Reached {
  /** Of the bandwidth: weights, and the cache. */
  readonly weights: number;
  readonly cache: number;
  /** Of the tensor peak: matrix products, and attention. */
  readonly products: number;
  readonly attention: number;
  /** Seconds per weight that is unpacked. */
  readonly unpack: number;
  readonly layerSeconds: number;
  readonly requestSeconds: number;
  readonly passSeconds: number;
  readonly expertReads: number;
  /** Times that the cache crosses the memory bus. */
  readonly cacheReads: number;
  /** Times the latency of a collective; null at line rate without any. */
  readonly latency: number | null;
  /** The end of what collectives reach of a link. */
  readonly end: keyof Span;
}

export const LINE: Reached = {
  weights: 1,
  cache: 1,
  products: 1,
  attention: 1,
  unpack: 0,
  layerSeconds: 0,
  requestSeconds: 0,
  passSeconds: 0,
  expertReads: 1,
  cacheReads: 1,
  latency: null,
  end: 'good',
};

/** What a program of the question's kind reaches at one end of the expected range. Modelled. */
export function reached(input: PlanInput, end: keyof Span): Reached {
  const engine = ENGINES[input.engine];
  const products = input.engine === 'llama.cpp' ? llamaCppProducts(input.gpu) : productFraction(input.gpu);
  const reads = cacheReads(input.model, { tensorParallel: input.tensorParallel, cachePerHead: input.serve.cachePerHead });
  return {
    weights: weightFraction(input.gpu)[end],
    // Heads that read what others have read find it in the L2 cache: the bus is as busy at the poor end.
    cache: engine.cacheFraction[reads.poor > 1 ? 'good' : end],
    products: products[end],
    attention: attentionFraction(input.gpu)[end],
    unpack: unpackSeconds(input.gpu, input.quantization)[end],
    layerSeconds: layerSeconds(input.engine, input.quantization)[end],
    requestSeconds: engine.requestSeconds[end],
    passSeconds: engine.passSeconds[end],
    expertReads: expertReads(input.engine, input.quantization)[end],
    cacheReads: reads[end],
    latency: end === 'good' ? 1 : SLOW_LATENCY,
    end,
  };
}

/** Decoding: of the memory bandwidth, for the weights. */
export function decodeFractions(input: PlanInput): Fractions {
  const { good, poor } = weightFraction(input.gpu);
  return { low: poor, high: good, source: `${ACHIEVABLE.dramBytes.source}; beside it ${ENGINES[input.engine].source}` };
}

/** Prefilling and training: of the tensor peak, for the matrix products. */
export function productFractions(input: PlanInput): Fractions {
  const { good, poor } = input.engine === 'llama.cpp' && input.mode === 'serve' ? llamaCppProducts(input.gpu) : productFraction(input.gpu);
  return { low: poor, high: good, source: `${gemmFraction(input.gpu).source}; whole steps: llm-foundry and Megatron-LM` };
}
