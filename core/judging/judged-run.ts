import type { Activity, Bottleneck, Phase, Verdict, Workload } from '../contract/index.ts';
import type { Ceilings, GpuId, ModelSpec } from '../knowledge/index.ts';
import type { Clock, EntityRef, SourceEvent, Table } from '../readings/index.ts';
import type { WindowFigures } from './figures.ts';
import type { AnalyseOptions } from './workload/index.ts';

/** One phase of one GPU, with the numbers behind its verdict. */
export interface JudgedPhase extends Phase {
  readonly figures: WindowFigures;
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
  /** Engines, hosts and processes as tables like `JudgedGpu.series`. */
  readonly engines: readonly Table[];
  readonly hosts: readonly Table[];
  readonly processes: readonly Table[];
  /** The job's phases and verdict. */
  readonly phases: readonly Phase[];
  readonly verdict: Verdict;
  /** GPU-seconds per bottleneck and activity. */
  readonly mix: { readonly bottleneck: Readonly<Partial<Record<Bottleneck, number>>>; readonly activity: Readonly<Partial<Record<Activity, number>>> };
}
