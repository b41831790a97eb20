import type { GpuId, QuantizationId, WeightType } from '../knowledge/index.ts';
import type { EngineId } from './engine.ts';

/** A rate that somebody published, with enough said to plan for it. */
export interface MeasuredRow {
  /** Stable name, as in docs/planner.md. */
  readonly id: string;
  readonly source: string;
  readonly gpu: GpuId;
  readonly model: string;
  readonly type: WeightType;
  readonly quantization: QuantizationId | null;
  /** The program, where its format does not tell it. */
  readonly engine?: EngineId;
  readonly phase: 'decode' | 'prefill' | 'train';
  readonly tensorParallel?: number;
  readonly pipelineParallel?: number;
  readonly dataParallel?: number;
  /** Requests at once, or sequences per replica and step (unpublished for training: large, so that communication hides). */
  readonly batch: number;
  /** Mean tokens in the cache while decoding, prompt length, or training sequence. Where unpublished the least likely value: it makes the ceiling higher. */
  readonly context: number;
  readonly checkpointing?: boolean;
  /** Tokens/s of all GPUs together. */
  readonly tokensPerSecond: number;
  /** Why it is far from its ceiling, where known. */
  readonly remark?: string;
}

const GPT_FAST = 'pytorch-labs/gpt-fast@32971d3 README, 330 W cap';
const LLAMA_CPP = 'XiongjieDai/GPU-Benchmarks-on-LLM-Inference@aa72e0e';
const FOUNDRY = 'mosaicml/llm-foundry@8c8dd48 scripts/train/benchmarking';
const MEMORY_GAP = 'vLLMBatchingMemoryGap@a918634, 250-token prompts, 260 outputs, prefill interleaved';
const T4_PAGE = 'kd.iw.mk dohu012';

const decode = { phase: 'decode', batch: 1, quantization: null } as const;
const prefill = { phase: 'prefill', batch: 1, quantization: null } as const;
const gptFast = { ...decode, source: GPT_FAST, gpu: 'A100-80', type: 'bf16', context: 100 } as const;
const llamaCpp = { ...decode, source: LLAMA_CPP, engine: 'llama.cpp', type: 'fp16', context: 512 } as const;
const vllm = { ...decode, source: MEMORY_GAP, gpu: 'H100-64', type: 'fp16', context: 380 } as const;

/** Published rates of a known GPU, model and data type. 1–39 (§5b) are of GPUs like Alvis's, M1–M12 (§5a) of recordings on an H100-64. */
export const MEASURED: readonly MeasuredRow[] = [
  { id: '1', ...gptFast, model: 'llama-2-7b', tokensPerSecond: 104.9 },
  { id: '2', ...gptFast, model: 'llama-2-7b', quantization: 'int8', tokensPerSecond: 155.6, remark: 'overhead grows as weights shrink' },
  { id: '3', ...gptFast, model: 'llama-2-7b', quantization: 'int4', tokensPerSecond: 196.8, remark: 'memory and overhead' },
  { id: '4', ...gptFast, model: 'llama-3.1-8b', tokensPerSecond: 93.9 },
  { id: '5', ...gptFast, model: 'llama-2-70b', quantization: 'int8', tokensPerSecond: 19.1 },
  { id: '6', ...gptFast, model: 'llama-2-7b', tensorParallel: 2, tokensPerSecond: 168.8 },
  { id: '7', ...gptFast, model: 'llama-2-7b', tensorParallel: 8, tokensPerSecond: 328, remark: 'over-sharded: waits for all-reduces' },
  { id: '8', ...gptFast, model: 'llama-2-70b', tensorParallel: 4, tokensPerSecond: 38.0 },
  { id: '9', ...llamaCpp, gpu: 'A40', model: 'llama-3-8b', tokensPerSecond: 33.95 },
  { id: '10', ...llamaCpp, ...prefill, gpu: 'A40', model: 'llama-3-8b', context: 1024, tokensPerSecond: 4043 },
  { id: '11', ...llamaCpp, gpu: 'A40', model: 'llama-3-8b', quantization: 'q4_k_m', tokensPerSecond: 88.95 },
  { id: '12', ...llamaCpp, gpu: 'A40', model: 'llama-3-70b', quantization: 'q4_k_m', tokensPerSecond: 12.08 },
  { id: '13', ...llamaCpp, gpu: 'A100-PCIE-80', model: 'llama-3-8b', tokensPerSecond: 54.56, remark: 'memory and overhead' },
  { id: '14', ...llamaCpp, ...prefill, gpu: 'A100-PCIE-80', model: 'llama-3-8b', context: 1024, tokensPerSecond: 7504, remark: 'inefficient kernels' },
  { id: '15', ...llamaCpp, gpu: 'A100-80', model: 'llama-3-8b', quantization: 'q4_k_m', tokensPerSecond: 133.4, remark: 'unpacking and overhead' },
  { id: '16', ...llamaCpp, gpu: 'A100-80', model: 'llama-3-70b', quantization: 'q4_k_m', tokensPerSecond: 24.33 },
  {
    id: '17',
    ...llamaCpp,
    ...prefill,
    gpu: 'A100-80',
    model: 'llama-3-8b',
    context: 1024,
    tokensPerSecond: 681,
    remark: 'an anomaly of the source: eleven times slower than the PCIe card',
  },
  { id: '18', ...llamaCpp, gpu: 'A40', model: 'llama-3-70b', pipelineParallel: 4, tokensPerSecond: 3.98, remark: 'layer split: one GPU works at a time' },
  {
    id: '28',
    source: FOUNDRY,
    gpu: 'A100-80',
    model: 'mpt-7b',
    type: 'bf16',
    quantization: null,
    phase: 'train',
    dataParallel: 8,
    batch: 32,
    context: 2048,
    checkpointing: false,
    tokensPerSecond: 8 * 4641,
  },
  {
    id: '30',
    source: FOUNDRY,
    gpu: 'A100-40',
    model: 'mpt-7b',
    type: 'bf16',
    quantization: null,
    phase: 'train',
    dataParallel: 8,
    batch: 32,
    context: 4096,
    checkpointing: true,
    tokensPerSecond: 8 * 3366,
    remark: 'memory forces recomputation',
  },
  {
    id: '35',
    ...decode,
    source: 'PrunaAI model card, 82 ms per token',
    engine: 'eager',
    gpu: 'A100-PCIE-40',
    model: 'llama-3-8b',
    type: 'fp16',
    context: 100,
    tokensPerSecond: 1 / 0.082,
    remark: 'eager Hugging Face loop: launch-bound',
  },
  {
    id: '36',
    ...decode,
    source: T4_PAGE,
    engine: 'eager',
    gpu: 'T4',
    model: 'qwen2.5-0.5b',
    type: 'fp16',
    context: 100,
    tokensPerSecond: 24.4,
    remark: 'eager Hugging Face loop: host-bound',
  },
  {
    id: '37a',
    ...decode,
    source: T4_PAGE,
    engine: 'eager',
    gpu: 'T4',
    model: 'qwen2.5-0.5b',
    type: 'fp16',
    quantization: 'bnb-int8',
    context: 100,
    tokensPerSecond: 6.3,
    remark: 'bitsandbytes: slower than FP16',
  },
  {
    id: '37b',
    ...decode,
    source: T4_PAGE,
    engine: 'eager',
    gpu: 'T4',
    model: 'qwen2.5-0.5b',
    type: 'fp16',
    quantization: 'awq',
    context: 100,
    tokensPerSecond: 17.1,
    remark: 'slower than FP16',
  },
  {
    id: '38',
    ...decode,
    source: 'llcuda',
    gpu: 'T4',
    model: 'gemma-3-1b',
    type: 'fp16',
    quantization: 'q4_k_m',
    context: 100,
    tokensPerSecond: 134.3,
    remark: 'memory and overhead',
  },
  {
    id: '39a',
    ...prefill,
    source: 'llama.cpp pull request 12183',
    gpu: 'V100-PCIE-16',
    model: 'qwen2.5-3b',
    type: 'fp16',
    quantization: 'q4_0',
    context: 512,
    tokensPerSecond: 5615,
    remark: 'unpacking, and kernels of a small model',
  },
  {
    id: '39b',
    ...decode,
    source: 'llama.cpp pull request 12183',
    gpu: 'V100-PCIE-16',
    model: 'qwen2.5-3b',
    type: 'fp16',
    quantization: 'q4_0',
    context: 64,
    tokensPerSecond: 143.5,
    remark: 'overhead',
  },
  { id: 'M1', ...vllm, model: 'llama-2-7b', tokensPerSecond: 91 },
  { id: 'M2', ...vllm, model: 'llama-2-7b', batch: 8, tokensPerSecond: 651 },
  { id: 'M3', ...vllm, model: 'llama-2-7b', batch: 32, tokensPerSecond: 1901 },
  { id: 'M4', ...vllm, model: 'llama-2-7b', batch: 128, tokensPerSecond: 3762 },
  { id: 'M5', ...vllm, model: 'llama-2-13b', batch: 4, tokensPerSecond: 193 },
  { id: 'M6', ...vllm, model: 'llama-2-13b', batch: 8, tokensPerSecond: 356 },
  { id: 'M7', ...vllm, model: 'llama-2-13b', batch: 64, tokensPerSecond: 1744 },
  { id: 'M8', ...vllm, model: 'llama-2-13b', batch: 128, tokensPerSecond: 2574, remark: 'cache full: preempts' },
  { id: 'M10', ...vllm, model: 'opt-1.3b', tokensPerSecond: 272, remark: 'host takes part' },
  { id: 'M11', ...vllm, model: 'opt-1.3b', batch: 256, tokensPerSecond: 9441, remark: 'host takes a third of the time' },
  { id: 'M12', ...vllm, model: 'opt-2.7b', batch: 128, tokensPerSecond: 5509, remark: 'host takes a fifth of the time' },
];
