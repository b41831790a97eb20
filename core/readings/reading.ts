import type { EntityRef } from './entity.ts';
import type { MetricId, Unit } from './metrics.ts';

/** The values of some metrics for one entity at one instant. A missing value is absent, never 0. */
export interface Reading {
  readonly entity: EntityRef;
  /** Seconds on the batch's clock (see Clock). */
  readonly at: number;
  readonly values: Readonly<Partial<Record<MetricId, number>>>;
}

/**
 * - utc: `at` is seconds since 1970-01-01 UTC;
 * - relative: seconds from the run's start (a tool's own stop-watch column);
 * - ordinal: the source carries no time at all; `at` counts sweeps 0, 1, 2 … and the caller stamps them (arrival time, or an assumed period).
 */
export type Clock = 'utc' | 'relative' | 'ordinal';

/** Names of things that are said about an entity in words, not sampled as numbers. */
export const FACT_NAMES = [
  'name',
  'uuid',
  'index',
  'minor',
  'pciBusId',
  'serial',
  'driver',
  'cuda',
  'migMode',
  'computeMode',
  'nvlink',
  'engine',
  'engineVersion',
  'model',
  'dtype',
  'quantization',
  'tensorParallel',
  'pipelineParallel',
  'dataParallel',
  'maxNumSeqs',
  'maxModelLen',
  'kvBlocks',
  'kvBlockSize',
  'kvDtype',
  'gpuMemoryUtilization',
  'cudaGraphs',
  'gpuLayers',
  'gpuWeights',
  'hostWeights',
  'command',
  'user',
  'parent',
  'cores',
  'netInterfaces',
  'ibPorts',
  'mounts',
  'scratch',
  'kernel',
  'hostname',
  'gpu',
  'trainer',
  'workload',
  'job',
  'clock',
] as const;
export type FactName = (typeof FACT_NAMES)[number];

/** A statement about an entity: a GPU's product name, an engine's model, a process's (redacted) command line. */
export interface Fact {
  readonly entity: EntityRef;
  readonly name: FactName;
  readonly value: string;
}

export const EVENT_KINDS = ['gpu-error', 'oom', 'xid', 'nccl-timeout', 'restart', 'collector', 'checkpoint', 'loading'] as const;

/** Something that happened or is wrong, in a tool's own words: a lost GPU, an out-of-memory error in a log, an engine's restart. */
export interface SourceEvent {
  /** Seconds on the batch's clock, null where the text carries no time. */
  readonly at: number | null;
  readonly entity: EntityRef | null;
  readonly kind: (typeof EVENT_KINDS)[number];
  readonly text: string;
}

/** A piece of input that could not be used: where, why, what was expected, and the text itself (at most 200 characters). */
export interface Rejection {
  /** 1-based line in the source. */
  readonly line: number;
  /** 1-based column, where one is to blame. */
  readonly column?: number;
  readonly reason: string;
  readonly text: string;
}

/** A number of a statement, for programs. Names are words between dots, from the general to the one: `kernelShare.gemm`. */
export interface StatementFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
}

/** What a text says that holds no series: the result of a benchmark or a profiler, one look, the accounting of a finished job. */
export interface Statement {
  /** What printed it: "Slurm's seff". */
  readonly tool: string;
  /** Whole sentences with their numbers, the most telling one first. */
  readonly says: readonly string[];
  readonly figures: readonly StatementFigure[];
  /** What to record instead or beside it for a verdict; null where nothing is better. */
  readonly instead: string | null;
}

/** What a collector made of a stretch of text. */
export interface Batch {
  readonly clock: Clock;
  /** True where the text's stamps named no zone and `ParseContext.tz` decided. */
  readonly zoneless: boolean;
  readonly readings: readonly Reading[];
  readonly facts: readonly Fact[];
  readonly events: readonly SourceEvent[];
  readonly rejected: readonly Rejection[];
  /** Left out where there is none: nearly every text holds series. */
  readonly statements?: readonly Statement[];
}
