import type { Workload } from '../contract/index.ts';
import {
  type Ceilings,
  findModel,
  type GpuId,
  GPUS,
  type MathType,
  type ModelSpec,
  parseQuantization,
  QUANTIZATIONS,
  typeAtWork,
  type WeightFormat,
  type WeightType,
} from '../knowledge/index.ts';
import type { FactName } from '../readings/index.ts';
import type { SubjectClock } from './clocks.ts';
import type { AnalyseOptions } from './workload/index.ts';

/** The workload of an engine as the work model needs it. */
export interface EngineWork {
  readonly model: ModelSpec;
  readonly format: WeightFormat;
  /** Bytes per element of the KV cache. */
  readonly cacheBytes: number;
  /** GPUs that one replica spreads its tensors over, and its layers; replicas. */
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly replicas: number;
  /** Engines that share one GPU, each with weights of its own; 1 where each has GPUs to itself. */
  readonly crowd: number;
  /** Tokens that the KV cache holds, where the engine says so. */
  readonly cacheTokens: number | null;
  /** What was assumed, in words. */
  readonly assumed: readonly string[];
}

/** Who is judged, and what is known around it: the constants of a window's verdict. */
export interface Subject {
  readonly kind: 'gpu' | 'engine' | 'host';
  readonly id: string;
  readonly type: GpuId | null;
  readonly ceilings: Ceilings | null;
  /** An engine serves requests here (running, waiting, tokens). */
  readonly serving: boolean;
  /** Its name for texts: `vllm`. */
  readonly engineName: string | null;
  /** A trainer's log or counters are here. */
  readonly training: boolean;
  readonly fineTuning: boolean;
  /** Model and work of the engine or trainer; null where the model is not known. */
  readonly work: EngineWork | null;
  /** What is multiplied; null where the GPU cannot (bf16 on V100) or nothing is known of it: then no compute share by FLOPs. */
  readonly math: MathType | null;
  readonly modelNamed: string | null;
  /** What a process's command line says when no engine speaks: weak evidence of activity. */
  readonly processSays: 'serving' | 'training' | 'fine-tuning' | null;
  /** Processes were listed, none of them a server. */
  readonly noServer: boolean;
  readonly engineMaxRunning: number | null;
  /** Stages that its engine or trainer splits the layers into; 1 where nothing says so. */
  readonly stages: number;
  /** CPU cores of the job, else of the host; null where not known. */
  readonly cores: number | null;
  /** CPU cores of its host, which may have more than the job was given. */
  readonly hostCores: number | null;
  /** Others use its node: counters of the node are not the job's alone. */
  readonly shared: boolean;
  /** Other GPUs work on the same thing with it, so that kernels may spend their time on the links between them. */
  readonly peers: boolean;
  readonly mig: boolean;
  /** The name of an engine that produces tokens while none of the GPUs that it could work on was used once; null without one. */
  readonly engineElsewhere: string | null;
  /** Several engines are taken to work on it, and not all of them say so. */
  readonly crowdAssumed: boolean;
  /** The engine is looked at so seldom that its gauges prove nothing between two looks; seconds between them, null where it is looked at often. */
  readonly glances: number | null;
  /** The engine cannot be told to be this GPU's. */
  readonly engineAmbiguous: boolean;
  /** Its own clock, its engines' and its host's, as far as something is assumed of them or of the others. */
  readonly clocks: readonly SubjectClock[];
}

/** The architecture that was given or that a name means; null where it is not known. */
export function modelOf(options: AnalyseOptions, workload: Workload): ModelSpec | null {
  if (options.modelSpec !== undefined) return options.modelSpec;
  return workload.model === null ? null : (findModel(workload.model)?.model ?? null);
}

/**
 * Model, format and parallelism as the work model needs them, with what was assumed. `gpus` is the number of GPUs that the
 * engine has: where nothing says how it is spread over them, it is taken as one tensor-parallel group (the bytes and FLOPs
 * of each GPU are the n-th part whatever the kind of parallelism).
 */
export function engineWork(
  options: AnalyseOptions,
  workload: Workload,
  context: { facts: ReadonlyMap<FactName, string>; type: GpuId | null; gpus: number; engines: number; serving: boolean },
): EngineWork | null {
  const model = modelOf(options, workload);
  if (model === null) return null;
  const assumed: string[] = [];
  const given = weightType(workload.dtype);
  const type = given ?? typeAtWork(model.nativeType, { gpu: context.type, serving: context.serving });
  if (given === null) assumed.push(`weights in ${type}${typeReason(model.nativeType, type)}`);
  const said = workload.quantization === null ? null : parseQuantization(workload.quantization);
  const named = workload.model === null ? null : (findModel(workload.model)?.quantization ?? null);
  const format: WeightFormat = { type, quantization: said ?? named ?? model.nativeQuantization };
  const tensor = workload.tensorParallel;
  const pipeline = workload.pipelineParallel ?? 1;
  const replicas = (workload.dataParallel ?? 1) * Math.max(1, context.engines);
  const gpus = Math.max(1, context.gpus);
  const spread = tensor ?? Math.max(1, Math.round(gpus / (pipeline * replicas)));
  const crowd = context.engines > 1 ? Math.max(1, (replicas * spread * pipeline) / gpus) : 1;
  if (crowd > 1) assumed.push(`${context.engines} engines work on ${gpus === 1 ? 'this GPU' : `these ${gpus} GPUs`}, each with its own weights`);
  else if (tensor === null && gpus > 1) assumed.push(`its work is spread evenly over ${gpus} GPUs`);
  return {
    model,
    format,
    cacheBytes: cacheBytes(context.facts.get('kvDtype'), type),
    tensorParallel: spread,
    pipelineParallel: pipeline,
    replicas,
    crowd,
    cacheTokens: product(context.facts.get('kvBlocks'), context.facts.get('kvBlockSize')),
    assumed,
  };
}

function typeReason(native: WeightType, type: WeightType): string {
  if (type === native) return ', as published';
  return native === 'fp32' ? ': engines run in 16 bits what was published in fp32' : `: this GPU has no ${native}`;
}

/** `bfloat16`, `torch.float16`, `half`, `bf16` …; null for what is no plain type of weights. */
function weightType(text: string | null): WeightType | null {
  const word = text?.toLowerCase().replace(/^torch\./, '') ?? '';
  if (/^(bf16|bfloat16)$/.test(word)) return 'bf16';
  if (/^(fp16|f16|float16|half)$/.test(word)) return 'fp16';
  return /^(fp32|f32|float32|float|tf32)$/.test(word) ? 'fp32' : null;
}

/**
 * What is multiplied: small types on both sides where the format does, else the weights' type, else what was said of the data
 * type, else 16 bits. Null where the GPU has no rate for it.
 */
export function mathType(format: WeightFormat | null, workload: Workload, gpu: GpuId | null): MathType | null {
  const how = format === null || format.quantization === null ? 'weights' : QUANTIZATIONS[format.quantization].math;
  const type = format?.type ?? weightType(workload.dtype) ?? 'fp16';
  const wanted: MathType = how === 'weights' ? type : how;
  return gpu === null || GPUS[gpu].peaks[wanted] !== null ? wanted : null;
}

function cacheBytes(kvDtype: string | undefined, type: WeightType): number {
  if (kvDtype !== undefined && /fp8|int8|e4m3|e5m2/i.test(kvDtype)) return 1;
  return type === 'fp32' ? 4 : 2;
}

function product(a: string | undefined, b: string | undefined): number | null {
  const value = Number(a ?? Number.NaN) * Number(b ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : null;
}
