import type { Ceilings, GpuId, MathType, ModelSpec, WeightFormat } from '../knowledge/index.ts';

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
  readonly powerReported: boolean;
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
  /** CPU cores of the job, else of the host; null where not known. */
  readonly cores: number | null;
  readonly mig: boolean;
  readonly nvlinked: boolean;
  /** The engine cannot be told to be this GPU's. */
  readonly engineAmbiguous: boolean;
}
