import type { Activity, Bottleneck, Phase, Verdict, Workload } from '../contract/index.ts';
import type { Ceilings, GpuId, ModelSpec } from '../knowledge/index.ts';
import type { Clock, EntityRef, SourceEvent, Table } from '../readings/index.ts';
import type { Contradiction } from './cross-checks.ts';
import type { WindowFigures } from './figures.ts';
import type { TrainerCount } from './work.ts';
import type { AnalyseOptions } from './workload/index.ts';

/** A share of work in a window, 0–1, with its name for texts. */
export interface WorkShare {
  readonly name: string;
  readonly share: number;
}

/** What is so in a phase besides its label: decided once, read by verdict, findings and advice alike. */
export interface PhaseStates {
  /** Every measured share of work: pipes, memory, links. */
  readonly work: readonly WorkShare[];
  /** Kernels resident without work (§7.2.5), for however long. */
  readonly isSpinning: boolean;
  /** The KV cache has not room enough for the requests (§7.3). */
  readonly isCacheFull: boolean;
  /** What its sources disagree about (§7.8.3). */
  readonly contradictions: readonly Contradiction[];
  /** What its trainer logs of its FLOPs beside our count; left out where we cannot count. */
  readonly trainer?: TrainerCount;
  /** FP32 work on CUDA cores while tensor cores rest (§7.2.6). */
  readonly isWithoutTensorCores: boolean;
}

/** A window's verdict, and what is so in it besides. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly states: PhaseStates;
}

/** One phase of one GPU, with the numbers behind its verdict. */
export interface JudgedPhase extends Phase {
  readonly figures: WindowFigures;
  readonly states: PhaseStates;
}

/** One GPU with everything said about it. */
export interface JudgedGpu {
  /** UUID, or `#index` where only that was printed. */
  readonly id: string;
  readonly entity: EntityRef;
  /** The product name that a tool printed. */
  readonly name: string | null;
  /** Its type, null where neither detected nor given. */
  readonly type: GpuId | null;
  readonly ceilings: Ceilings | null;
  /**
   * Its readings over the whole run, counters as rates (`withRates`), gauges by their roll-up rule, on the run's grid:
   * one row per sample in a short run, at most SERIES_ROWS rows (means over a power of two of samples) in a long one.
   */
  readonly series: Table;
  /** Index in `JudgedRun.hosts` and indexes in `JudgedRun.engines`; null and [] where it cannot be told. */
  readonly host: number | null;
  readonly engines: readonly number[];
  readonly phases: readonly JudgedPhase[];
  readonly verdict: Verdict;
}

/** An engine or a host that was judged since no GPU is shown. */
type Stand = Pick<JudgedGpu, 'id' | 'entity' | 'engines' | 'phases'>;

/** GPUs side by side, with how busy each was while any of them worked. */
export interface Team {
  /** Ids, at least two. */
  readonly gpus: readonly string[];
  /** Mean busy share of each, 0–1. */
  readonly means: readonly number[];
  /** Part of the samples in which together they were no busier than one GPU can be. */
  readonly inTurn: number;
  /** Time in which any worked, and its ends, seconds. */
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}

/** A run with its verdicts, before findings, roofline and progress are drawn from it. */
export interface JudgedRun {
  readonly clock: Exclude<Clock, 'ordinal'>;
  readonly from: number;
  readonly to: number;
  /** Width of a grid bin, seconds; at least the GPU sampler's period. */
  readonly period: number;
  readonly options: AnalyseOptions;
  readonly workload: Workload;
  readonly model: ModelSpec | null;
  readonly events: readonly SourceEvent[];
  /** The GPUs, in order of id. Empty where no tool showed one. */
  readonly gpus: readonly JudgedGpu[];
  /** Who was judged in their place where no tool showed one: engines, else hosts. */
  readonly stand: readonly Stand[];
  /** Engines, hosts and processes as tables like `JudgedGpu.series`. */
  readonly engines: readonly Table[];
  readonly hosts: readonly Table[];
  readonly processes: readonly Table[];
  /** GPUs that take turns (§7.2.7): one works while the others wait. Read by verdict and finding alike. */
  readonly turns: readonly Team[];
  /** The job's phases and verdict. */
  readonly phases: readonly Phase[];
  readonly verdict: Verdict;
  /** GPU-seconds per bottleneck and activity. */
  readonly mix: { readonly bottleneck: Readonly<Partial<Record<Bottleneck, number>>>; readonly activity: Readonly<Partial<Record<Activity, number>>> };
}

/** What a GPU may be called in a list of allocated ones: its UUID, or its index in the scope that printed it. */
export function namesOf({ id, series: { facts } }: JudgedGpu): string[] {
  const index = facts.get('index');
  const uuid = facts.get('uuid');
  return [id, ...(uuid === undefined ? [] : [uuid]), ...(index === undefined ? [] : [`#${index}`])];
}

/**
 * The job's own GPUs: where they are given, the node's others are somebody else's. A list that names none of those shown
 * (UUIDs given, indexes printed) tells nothing apart: then all are taken as the job's.
 */
export function allocatedGpus({ gpus, options }: Pick<JudgedRun, 'gpus' | 'options'>): readonly JudgedGpu[] {
  const given = new Set(options.gpusAllocated ?? []);
  const own = gpus.filter((gpu) => namesOf(gpu).some((name) => given.has(name)));
  return own.length === 0 ? gpus : own;
}
