import type { Bottleneck, ShareKey, Verdict, Workload } from '../../contract/index.ts';
import {
  type Ceilings,
  computeType,
  criticalBatch,
  type GpuId,
  isServer,
  kvBytesPerToken,
  kvFractionPerGpu,
  type ModelSpec,
  parseQuantization,
  parseWeightType,
  type Site,
  typeAtWork,
  weightBytesTouched,
  type WeightFormat,
} from '../../knowledge/index.ts';
import type { WindowFigures } from '../../judging/index.ts';
import type { FactName, MetricId } from '../../readings/index.ts';

/** What advice is computed from: the verdict's own window and what is known around it. */
export interface AdviceContext {
  readonly gpu: GpuId | null;
  readonly ceilings: Ceilings | null;
  readonly workload: Workload;
  readonly model: ModelSpec | null;
  readonly figures: WindowFigures | null;
  readonly gpuCount: number;
  readonly nodeCount: number;
  readonly site: Site;
  /** What the engine (or trainer) says of itself, and the command lines of the job's processes; left out where nothing does. */
  readonly facts?: ReadonlyMap<FactName, string>;
  /** What the engine (or trainer) was seen to tell, be it used for a verdict or not. */
  readonly told?: ReadonlySet<MetricId>;
  readonly commands?: readonly string[];
  /** CPU cores of the job, else of a host. */
  readonly cores?: number | null;
  /** The GPUs take turns (§7.2.7): one works while the others wait. */
  readonly takesTurns?: boolean;
  /** One of the GPUs that work together is slower than the others (§7.8.8). */
  readonly hasStraggler?: boolean;
}

/** A verdict with the numbers that advice computes with. NaN is "not known". */
export interface Situation {
  readonly verdict: Verdict;
  readonly context: AdviceContext;
  /** Share of the binding resource. */
  readonly share: number;
  /** Whether requests are served, or a model is trained, as far as is known. */
  readonly serving: boolean;
  readonly training: boolean;
  readonly decode: Decoding | null;
  mean(id: MetricId): number;
  shareOf(key: ShareKey): number;
  /** Whether a command line of the job has an option or a word. */
  commanded(pattern: RegExp): boolean;
}

/** One step of an engine on one GPU: bytes by what they are, and how they grow with the requests in it. */
export interface Decoding {
  readonly model: ModelSpec;
  readonly format: WeightFormat;
  /** Requests in a step of one replica. */
  readonly running: number;
  /** Tokens at which this card turns from bandwidth to compute with this model; NaN where it lacks the type. */
  readonly critical: number;
  /** Further requests of the same length that the cache holds per replica; NaN where its use is not known. */
  readonly room: number;
  weights(requests: number, format?: WeightFormat): number;
  /** Cache bytes read by a step of so many requests; NaN where the cache's use is not known. */
  cache(requests: number): number;
}

const SHARE: Readonly<Partial<Record<Bottleneck, readonly ShareKey[]>>> = {
  memory: ['memory'],
  compute: ['compute'],
  network: ['network', 'nvlink'],
  storage: ['storage'],
  host: ['host'],
  transfer: ['transfer'],
};

/** The verdict's numbers as rules ask for them: means in SI units and shares 0–1, NaN where nothing was measured. */
export function situationOf(verdict: Verdict, context: AdviceContext): Situation {
  const mean = (id: MetricId): number => context.figures?.mean.get(id) ?? Number.NaN;
  const shareOf = (key: ShareKey): number => verdict.shares[key] ?? Number.NaN;
  const keys = SHARE[verdict.bottleneck];
  const known = (keys ?? []).map(shareOf).filter((share) => !Number.isNaN(share));
  const { activity } = verdict;
  const lines = context.commands ?? [];
  return {
    verdict,
    context,
    mean,
    shareOf,
    // Above 1 the achievable ceiling was passed: the resource worked all the time, not longer.
    share: verdict.bottleneck === 'overhead' ? (verdict.tree.unexplained ?? Number.NaN) : known.length === 0 ? Number.NaN : Math.min(1, Math.max(...known)),
    serving: activity === 'decode' || activity === 'prefill' || activity === 'serving' || mean('engine.running') > 0,
    training: activity === 'training' || activity === 'fine-tuning' || activity === 'checkpointing' || mean('engine.trainTokenRate') > 0,
    decode: decoding(verdict, context, mean),
    commanded: (pattern) => lines.some((line) => pattern.test(line)),
  };
}

/** The job's weights as they are kept on its cards: said, else as programs of its kind run what was published. */
export function weightFormatOf({ workload, model, gpu }: Pick<AdviceContext, 'workload' | 'model' | 'gpu'>): WeightFormat | null {
  if (model === null) return null;
  const type = workload.dtype === null ? null : parseWeightType(workload.dtype);
  return {
    type: type ?? typeAtWork(model.nativeType, { gpu, serving: isServer(workload.engine) }),
    quantization: workload.quantization === null ? model.nativeQuantization : parseQuantization(workload.quantization),
  };
}

function decoding(verdict: Verdict, context: AdviceContext, mean: (id: MetricId) => number): Decoding | null {
  const { model, workload, gpu } = context;
  const format = weightFormatOf(context);
  const replicas = workload.dataParallel ?? 1;
  const running = mean('engine.running') / replicas;
  if (model === null || format === null || !(running > 0)) return null;
  const tensor = workload.tensorParallel ?? Math.max(1, Math.round(context.gpuCount / replicas / (workload.pipelineParallel ?? 1)));
  const gpus = tensor * (workload.pipelineParallel ?? 1);
  const weights = (requests: number, other = format) => weightBytesTouched(model, other, Math.max(1, requests)) / gpus;
  const perToken = (kvBytesPerToken(model, 2) * kvFractionPerGpu(model, tensor)) / (workload.pipelineParallel ?? 1);
  const usage = mean('engine.kvUsage');
  const cached = Number.isNaN(mean('engine.kvTokens')) ? usage * mean('engine.kvTokensMax') : mean('engine.kvTokens');
  const split = verdict.split?.bytes ?? null;
  // What the verdict itself counted wins: it had the lengths of requests where the cache's size is not told.
  const perRequest = split !== null && split.weights > 0 ? (weights(running) * split.kv) / split.weights / running : (cached / replicas / running) * perToken;
  const math = gpu === null ? null : computeType({ gpu, ...format }).math;
  return {
    model,
    format,
    running,
    weights,
    critical: gpu === null || math === null ? Number.NaN : (criticalBatch(gpu, math, format.quantization, model) ?? Number.NaN),
    // A billionth more than the quotient, which binary digits may leave just under a whole number.
    room: usage > 0 ? Math.floor((running * (1 - usage)) / usage + 1e-9) : Number.NaN,
    cache: (requests) => requests * perRequest,
  };
}

/** Requests are told whole from here. */
const WHOLE_REQUESTS = 9.5;

/** Requests as people write them. */
export function requestsText(value: number): string {
  return value >= WHOLE_REQUESTS ? value.toFixed(0) : `${Number(value.toFixed(1))}`;
}
