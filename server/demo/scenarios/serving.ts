import { GPUS, type GpuId } from '../../../core/knowledge/index.ts';

/** A model as the pretend engine knows it (from the models' own config.json files). */
export interface DemoModel {
  readonly name: string;
  readonly params: number;
  /** Without the input embedding, which is looked up, not read. */
  readonly readParams: number;
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

export const DEMO_MODELS = {
  llama8b: { name: 'meta-llama/Llama-3.1-8B-Instruct', params: 8.03e9, readParams: 7.5e9, layers: 32, kvHeads: 8, headDim: 128 },
  llama70b: { name: 'meta-llama/Llama-3.3-70B-Instruct', params: 70.55e9, readParams: 69.5e9, layers: 80, kvHeads: 8, headDim: 128 },
  qwen14b: { name: 'Qwen/Qwen2.5-14B-Instruct', params: 14.77e9, readParams: 13.99e9, layers: 48, kvHeads: 8, headDim: 128 },
  qwen7b: { name: 'Qwen/Qwen2.5-7B-Instruct', params: 7.62e9, readParams: 7.07e9, layers: 28, kvHeads: 4, headDim: 128 },
} as const satisfies Record<string, DemoModel>;

/** How well the pretend kernels do; a decode kernel streams weights well, a prefill GEMM fills most tensor cycles. The demo's own figures. */
const STREAM = 0.77;
const GEMM = 0.74;
/** Tokens of one prefill chunk: the weights are read once per chunk. */
const CHUNK = 2048;

export interface ServeStep {
  readonly stepRate: number;
  readonly decodeRate: number;
  readonly prefillRate: number;
  /** Per GPU. */
  readonly tensorFlops: number;
  readonly bytes: number;
  readonly busy: number;
  /** Per GPU, one direction. */
  readonly nvlink: number;
  readonly kvBytes: number;
}

/** Continuous batching as physics: each step streams weights and KV cache, then computes its share of prefill, then waits for the host. */
export function serveStep(input: {
  gpu: GpuId;
  model: DemoModel;
  tp: number;
  batch: number;
  context: number;
  /** Prompt tokens that each step carries along. */
  prefillPerStep: number;
  bytesPerParam: number;
  /** Seconds per step in which no kernel runs. */
  gap: number;
}): ServeStep {
  const { gpu, model, tp, batch, context, prefillPerStep, bytesPerParam, gap } = input;
  const spec = GPUS[gpu];
  const kvPerToken = 2 * model.layers * model.kvHeads * model.headDim * 2;
  const kvBytes = batch * context * kvPerToken;
  const decodeBytes = batch > 0 ? (model.readParams * bytesPerParam + kvBytes) / tp : 0;
  const prefillFlops = (2 * model.readParams * prefillPerStep) / tp;
  const prefillBytes = (prefillPerStep / CHUNK) * ((model.readParams * bytesPerParam) / tp) + (prefillPerStep * 24 * model.layers * 8192) / tp;
  const tensorPeak = spec.peaks.fp16 ?? spec.peaks.fp32 ?? 1e13;
  const kernelTime = decodeBytes / (STREAM * spec.bandwidth) + prefillFlops / (GEMM * tensorPeak);
  const stepTime = kernelTime + gap;
  const tokens = batch + prefillPerStep;
  return {
    stepRate: 1 / stepTime,
    decodeRate: batch / stepTime,
    prefillRate: prefillPerStep / stepTime,
    tensorFlops: (prefillFlops + (2 * model.readParams * batch) / tp) / stepTime,
    bytes: (decodeBytes + prefillBytes) / stepTime,
    busy: kernelTime / stepTime,
    nvlink: tp > 1 ? (2 * model.layers * tokens * 8192 * 2 * ((tp - 1) / tp)) / stepTime : 0,
    kvBytes,
  };
}
