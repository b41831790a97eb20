import {
  COMMON_CONTEXT,
  type GpuId,
  GPUS,
  hasNvlink,
  type ModelSpec,
  type OptimizerId,
  type QuantizationId,
  type Reported,
  type Site,
  typeAtWork,
  type WeightType,
  type Wiring,
} from '../knowledge/index.ts';
import { engineFor, type EngineId, ENGINES, isGguf } from './engine.ts';

export type PlanMode = 'serve' | 'train' | 'lora';

/** How an engine serves. */
interface ServeSettings {
  /** Fraction of GPU memory that the engine takes (vLLM: gpu_memory_utilization). */
  readonly memoryUtilization: number;
  /** Bytes of a cache element: 2, or 1 with an 8-bit cache. */
  readonly cacheBytes: number;
  /** Tokens that one prefill step handles (vLLM: max_num_batched_tokens). */
  readonly chunkTokens: number;
  /** Whether every query head reads the cache for itself, as kernels of 2023 do with grouped heads. */
  readonly cachePerHead: boolean;
}

/** How a trainer trains. */
interface TrainSettings {
  readonly optimizer: OptimizerId;
  /** Sequences per forward pass; the batch is worked off in batch ÷ microBatch passes. */
  readonly microBatch: number;
  readonly flashAttention: boolean;
  readonly checkpointing: boolean;
  /** What data parallelism splits: 1 optimiser, 2 and gradients, 3 and weights (FSDP); 0 nothing. */
  readonly zero: 0 | 1 | 2 | 3;
  readonly loraRank: number;
}

/** A question to the planner, complete. `planInput` fills what is left out. */
export interface PlanInput {
  readonly model: ModelSpec;
  readonly mode: PlanMode;
  readonly type: WeightType;
  readonly quantization: QuantizationId | null;
  /** The program that runs it: what launching, caches and memory cost depends on it. */
  readonly engine: EngineId;
  readonly gpu: GpuId;
  /** What the card itself reports; wins over the table. */
  readonly card: Reported;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly dataParallel: number;
  /** Serving: requests at once per replica. Training: sequences per replica and optimiser step. */
  readonly batch: number;
  /** Tokens per sequence: prompt and answer, or a training sequence. */
  readonly context: number;
  /** Whether FP32 matrices may be multiplied as TF32. */
  readonly allowTf32: boolean;
  readonly serve: ServeSettings;
  readonly train: TrainSettings;
  /** What joins the GPUs of the machine, as its own `nvidia-smi topo -m` says; wins over the site's word. Null where nobody said. */
  readonly wiring: Wiring | null;
  readonly site: Site;
}

type Needed = 'model' | 'gpu' | 'site';
/** What must be said, and what may. */
export type PlanQuestion = Pick<PlanInput, Needed> & {
  readonly [K in keyof Omit<PlanInput, Needed | 'serve' | 'train'>]?: PlanInput[K] | undefined;
} & { readonly serve?: Partial<ServeSettings> | undefined; readonly train?: Partial<TrainSettings> | undefined };

const TRAIN: TrainSettings = { optimizer: 'adamw', microBatch: 1, flashAttention: true, checkpointing: true, zero: 0, loraRank: 16 };

/** A complete input: one GPU, batch 1, 4096 tokens (or the model's longest), the model's own type and quantisation, the engine that goes with it. */
export function planInput(question: PlanQuestion): PlanInput {
  const { model, gpu } = question;
  const mode = question.mode ?? 'serve';
  const native = mode === 'train' ? null : model.nativeQuantization;
  const quantization = question.quantization === undefined ? native : question.quantization;
  // Trainers launch like engines do, whatever format a frozen base is kept in.
  const engine = question.engine ?? (mode === 'serve' ? engineFor(quantization) : 'graphs');
  const { memory, chunkTokens } = ENGINES[engine];
  return {
    model,
    gpu,
    mode,
    type: question.type ?? ownType(model, { gpu, quantization, serving: mode === 'serve' }),
    quantization,
    engine,
    card: question.card ?? {},
    tensorParallel: question.tensorParallel ?? 1,
    pipelineParallel: question.pipelineParallel ?? 1,
    dataParallel: question.dataParallel ?? 1,
    batch: question.batch ?? 1,
    context: question.context ?? Math.min(COMMON_CONTEXT, model.maxContext ?? COMMON_CONTEXT),
    allowTf32: question.allowTf32 ?? false,
    serve: { memoryUtilization: memory, cacheBytes: 2, chunkTokens, cachePerHead: false, ...question.serve },
    train: { ...TRAIN, ...question.train },
    wiring: question.wiring ?? null,
    site: question.site,
  };
}

/** The type that a model is run in when nothing is told; FP16 beside GGUF's own types. */
function ownType(model: ModelSpec, { gpu, quantization, serving }: { gpu: GpuId; quantization: QuantizationId | null; serving: boolean }): WeightType {
  return isGguf(quantization) ? 'fp16' : typeAtWork(model.nativeType, { gpu, serving });
}

/** GPUs that a plan asks for. */
export function gpuCount(input: Pick<PlanInput, 'tensorParallel' | 'pipelineParallel' | 'dataParallel'>): number {
  return input.tensorParallel * input.pipelineParallel * input.dataParallel;
}

/** Why a plan cannot be computed, each with what to change; empty when it can. */
export function inputErrors(input: PlanInput): string[] {
  const { model, tensorParallel: tp, pipelineParallel: pp } = input;
  return [
    ...whole('tensor parallelism', tp),
    ...whole('pipeline parallelism', pp),
    ...whole('data parallelism', input.dataParallel),
    ...whole('batch', input.batch),
    ...whole('context', input.context),
    ...whole('micro-batch', input.train.microBatch),
    ...whole('LoRA rank', input.train.loraRank),
    ...whole('prefill chunk', input.serve.chunkTokens),
    ...(model.heads % tp === 0 ? [] : [`${model.heads} attention heads cannot be split over ${tp} GPUs: use ${divisors(model.heads)}`]),
    ...(pp <= model.layers ? [] : [`${model.layers} layers cannot make ${pp} pipeline stages`]),
    ...(input.mode === 'train' && input.quantization !== null
      ? ['quantised weights cannot be trained in full: use LoRA on them, or leave the quantisation out']
      : []),
    ...(input.train.microBatch <= input.batch ? [] : [`a micro-batch of ${input.train.microBatch} is more than the batch of ${input.batch}`]),
    ...(input.serve.memoryUtilization > 0 && input.serve.memoryUtilization <= 1 ? [] : ['memory utilisation is a fraction above 0 and at most 1']),
    ...(input.wiring !== null && hasNvlink(input.wiring) && GPUS[input.gpu].nvlink === null
      ? [`the topology shows NVLink between GPUs, which ${GPUS[input.gpu].label} does not have: it is another machine's`]
      : []),
    ...(input.serve.cacheBytes > 0 ? [] : ['bytes per cache element must be above 0']),
  ];
}

function whole(name: string, value: number): string[] {
  return Number.isInteger(value) && value >= 1 ? [] : [`${name} must be a whole number of at least 1, not ${value}`];
}

function divisors(heads: number): string {
  return [1, 2, 4, 8, 16].filter((n) => heads % n === 0).join(', ');
}
