import { gemmFraction, type GpuId, GPUS, type QuantizationId, QUANTIZATIONS } from '../knowledge/index.ts';

/** How a program launches its kernels: recorded in CUDA graphs (vLLM, SGLang, TensorRT-LLM, gpt-fast), llama.cpp's own, or one by one from PyTorch. */
export const ENGINE_IDS = ['graphs', 'llama.cpp', 'eager'] as const;
export type EngineId = (typeof ENGINE_IDS)[number];

/** A quantity at the good and at the poor end of what working programs show. Every one is modelled, none is a limit. */
export interface Span {
  readonly good: number;
  readonly poor: number;
}

interface Engine {
  readonly label: string;
  /** Seconds that a pass takes per layer beside its bytes and FLOPs: launches, and kernels that start and drain. */
  readonly layerSeconds: Span;
  /** Seconds per pass and request for scheduling and sampling on the host. */
  readonly requestSeconds: Span;
  /** Seconds per prefill pass for the same. */
  readonly passSeconds: Span;
  /** Fraction of the bandwidth at which the cache is read. */
  readonly cacheFraction: Span;
  /** Times that a chosen expert's weights cross the memory bus when one request runs. */
  readonly expertReads: Span;
  /** Fraction of the card's memory that it takes for itself, and tokens of one prefill pass, where nobody says otherwise. */
  readonly memory: number;
  readonly chunkTokens: number;
  readonly source: string;
}

/** What is assumed of each kind of program. Sources: docs/science.md §4.1. */
export const ENGINES: Readonly<Record<EngineId, Engine>> = {
  graphs: {
    label: 'CUDA graphs (vLLM, SGLang, TensorRT-LLM)',
    layerSeconds: { good: 32e-6, poor: 72e-6 },
    requestSeconds: { good: 0, poor: 15e-6 },
    passSeconds: { good: 1e-3, poor: 3e-3 },
    cacheFraction: { good: 0.87, poor: 0.45 },
    expertReads: { good: 1.2, poor: 2.3 },
    memory: 0.9,
    chunkTokens: 2048,
    source: 'gpt-fast README: 53 to 104 µs a layer beside its bytes; its Mixtral copies the chosen experts before it multiplies',
  },
  'llama.cpp': {
    label: 'llama.cpp',
    layerSeconds: { good: 28e-6, poor: 100e-6 },
    requestSeconds: { good: 0, poor: 15e-6 },
    passSeconds: { good: 0, poor: 0 },
    cacheFraction: { good: 0.8, poor: 0.28 },
    expertReads: { good: 1, poor: 1.6 },
    memory: 1,
    chunkTokens: 512,
    source: 'about 25 kernels a layer of 1 to 4 µs each; llama-bench with and without flash attention',
  },
  eager: {
    label: 'PyTorch without graphs (Transformers)',
    layerSeconds: { good: 950e-6, poor: 1700e-6 },
    requestSeconds: { good: 0, poor: 15e-6 },
    passSeconds: { good: 1e-3, poor: 3e-3 },
    cacheFraction: { good: 0.8, poor: 0.3 },
    expertReads: { good: 1.2, poor: 2.3 },
    memory: 1,
    chunkTokens: 2048,
    source: 'PyTorch blog "Accelerating Generative AI with PyTorch II": Llama-2-7B at 25.5 tokens/s on an A100, 1.2 ms a layer',
  },
};

/** The engine that a format is run with where nobody says: GGUF is llama.cpp's. */
export function engineFor(quantization: QuantizationId | null): EngineId {
  return isGguf(quantization) ? 'llama.cpp' : 'graphs';
}

/** Whether weights are in one of llama.cpp's formats. */
export function isGguf(quantization: QuantizationId | null): boolean {
  return quantization !== null && QUANTIZATIONS[quantization].part === 'all';
}

const isStacked = (gpu: GpuId): boolean => GPUS[gpu].memoryKind.startsWith('HBM');

/**
 * Fraction of the bandwidth at which weights are read. HBM: 0.81 with everything else of a step counted (docs/science.md §5a row
 * M8), so 0.87 for the reads; GDDR reaches 0.84 so. Poor: gpt-fast's 70B, and cards that leave their DRAM waiting.
 */
export function weightFraction(gpu: GpuId): Span {
  return isStacked(gpu) ? { good: 0.87, poor: 0.67 } : { good: 0.92, poor: 0.78 };
}

/** Integer operations that unpacking one weight of 4 bits or fewer costs: shifts, masks, conversion. Inferred; adds to the reading. */
const UNPACK_OPERATIONS: Span = { good: 0.6, poor: 1.8 };

/** Seconds per weight that unpacking takes on a GPU; 0 for formats of 8 bits and more. */
export function unpackSeconds(gpu: GpuId, quantization: QuantizationId | null): Span {
  if (quantization === null || QUANTIZATIONS[quantization].bits >= 8) return { good: 0, poor: 0 };
  const rate = integerRate(gpu);
  const slow = withoutMarlin(gpu, quantization) ? 3 : 1;
  return { good: UNPACK_OPERATIONS.good / rate, poor: (slow * UNPACK_OPERATIONS.poor) / rate };
}

/** Integer operations/s: as many as FP32 products on Volta, Turing and A100, half as many on later cards (white papers). */
function integerRate(gpu: GpuId): number {
  const { peaks, computeCapability } = GPUS[gpu];
  const products = peaks.fp32 / 2;
  return ['7.0', '7.5', '8.0'].includes(computeCapability) ? products : products / 2;
}

/** The fast 4-bit kernels (Marlin) need compute capability 8.0; older cards run AWQ's and GPTQ's first kernels. */
export function withoutMarlin(gpu: GpuId, quantization: QuantizationId | null): boolean {
  return (quantization === 'awq' || quantization === 'gptq-int4' || quantization === 'int4') && Number.parseFloat(GPUS[gpu].computeCapability) < 8;
}

/** Of the largest matrix products a step's reach so much at best: Hopper's tensor cores outrun what feeds them (llm-foundry and Megatron-LM on H100). */
const OF_LARGEST = { others: 1, hopper: 0.8 };

/** Programs that were published lie within so much of the best. */
const POOR = 1.7;

/** Fraction of the tensor peak that the matrix products of a whole step reach. */
export function productFraction(gpu: GpuId): Span {
  const { generation } = GPUS[gpu];
  const good = gemmFraction(gpu).value * (generation === 'Hopper' || generation === 'Blackwell' ? OF_LARGEST.hopper : OF_LARGEST.others);
  return { good, poor: good / POOR };
}

/** The same of llama.cpp, 512 tokens at a time: of the FP16 peak. It unpacks weights, or multiplies them in INT8; F16 it multiplies as they are. */
export function llamaCppProducts(gpu: GpuId, quantization: QuantizationId | null): Span {
  const { value } = gemmFraction(gpu);
  return quantization === null ? { good: 0.56 * value, poor: 0.315 * value } : { good: 0.47 * value, poor: 0.265 * value };
}

/** Fraction of the tensor peak that FlashAttention reaches, the causal half counted: its second version at best, its first (Triton) at worst. */
export function attentionFraction(gpu: GpuId): Span {
  const { generation } = GPUS[gpu];
  return generation === 'Hopper' || generation === 'Blackwell' ? { good: 0.4, poor: 0.17 } : { good: 0.55, poor: 0.27 };
}

/** Bytes per token, layer and hidden element that go through memory between matrix products: 34 are kept for the backward pass alone (Korthikanti et al.). */
export const BETWEEN_PRODUCTS = { prefill: { good: 60, poor: 120 }, train: { good: 250, poor: 500 } } as const satisfies Record<string, Span>;

/** Bytes per token and word of the vocabulary that the loss moves: FP32 logits, softmax and gradients, written and read. */
export const LOGIT_BYTES: Span = { good: 20, poor: 40 };

/** Bytes per token, layer, head and cached token that attention without FlashAttention moves (llama.cpp before it was the default). */
export const SCORE_BYTES: Span = { good: 10, poor: 28 };

/** Latency of a collective at the poor end, of the good end's. */
export const SLOW_LATENCY = 2;
