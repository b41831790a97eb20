/** What one GPU does during a step, in physical rates; physics.ts turns it into counters. Absent fields are at rest. */
export interface GpuLoad {
  /** Share of the time in which a kernel runs, 0–1. */
  readonly busy: number;
  /** Tensor-core FLOP/s (at the job's data type). */
  readonly tensorFlops?: number;
  /** Data type of those FLOPs. */
  readonly dtype?: 'fp16' | 'bf16' | 'tf32' | 'int8';
  readonly fp32Flops?: number;
  /** Device memory traffic, bytes/s. */
  readonly bytes?: number;
  readonly pcieRx?: number;
  readonly pcieTx?: number;
  readonly nvlink?: number;
  /** Device memory held, bytes. */
  readonly memory?: number;
  readonly processes?: number;
  /** Share of the time that hardware slows the clocks for heat. */
  readonly thermal?: number;
  /** SM clock as a fraction of boost. */
  readonly clock?: number;
}

/** What one node's host does during a step, for the job's part of it. */
export interface HostLoad {
  /** Cores at work. */
  readonly cores: number;
  /** The hottest thread, 0–1. */
  readonly thread: number;
  readonly iowaitCores?: number;
  readonly psiIo?: number;
  readonly psiCpu?: number;
  readonly blocked?: number;
  readonly memory?: number;
  readonly netRx?: number;
  readonly netTx?: number;
  readonly fsRead?: number;
  readonly fsWrite?: number;
  readonly scratchRead?: number;
  readonly scratchWrite?: number;
}

/** What a serving engine or a trainer reports about a step: gauges, and rates that the player adds up to counters. */
export interface EngineLoad {
  readonly running?: number;
  readonly waiting?: number;
  readonly kv?: number;
  readonly prefillRate?: number;
  readonly decodeRate?: number;
  readonly stepRate?: number;
  readonly requestRate?: number;
  readonly preemptionRate?: number;
  readonly trainTokenRate?: number;
  readonly trainStepTime?: number;
}

export interface Frame {
  readonly gpus: readonly GpuLoad[];
  /** One per node of the job, in order. */
  readonly hosts: readonly HostLoad[];
  readonly engine?: EngineLoad;
}

export const IDLE_HOST: HostLoad = { cores: 0.3, thread: 0.05 };
