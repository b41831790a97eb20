import type { GpuId, ModelSpec, Site } from '../../knowledge/index.ts';

/** What a person, a job declaration or a file name says beyond the telemetry. Given values beat detected ones. */
export interface AnalyseOptions {
  readonly gpu?: GpuId;
  /** A model's name in any of the spellings that `findModel` knows. */
  readonly model?: string;
  /** An architecture, e.g. from a `config.json`; beats `model`. */
  readonly modelSpec?: ModelSpec;
  readonly dtype?: string;
  readonly quantization?: string;
  readonly tensorParallel?: number;
  readonly pipelineParallel?: number;
  readonly dataParallel?: number;
  /** CPU cores that the job was given: what host load is measured against. */
  readonly cores?: number;
  /** UUIDs (or `#index`) of the GPUs that the job was given, also those that no tool has shown. */
  readonly gpusAllocated?: readonly string[];
  /** What the cluster is made of; left out: nothing is told of other cards and nodes, and its storage has no name. */
  readonly site?: Site;
  /** The caller's time on the run's clock, seconds: core reads no clock. Absent for a finished run. */
  readonly now?: number;
}
