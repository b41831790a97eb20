import { ACHIEVABLE, type GpuId, GPUS, type MathType } from '../knowledge/index.ts';
import type { JudgedMetric } from './stats.ts';

interface PipeSpec {
  readonly name: string;
  /** The part of the time that it is active at most. */
  readonly eta: number;
  /** What it multiplies; null where that depends on the job, and for integers, which are no FLOPs. */
  readonly math: MathType | null;
}

/** Pipes that DCGM counts the active time of; the first one wins where two are equally busy. */
export const PIPES = {
  'gpu.tensorActive': { name: 'the tensor pipe', eta: ACHIEVABLE.tensorCounter.value, math: null },
  'gpu.fp32Active': { name: 'the FP32 pipe', eta: ACHIEVABLE.vectorCounter.value, math: 'fp32' },
  'gpu.fp64Active': { name: 'the FP64 pipe', eta: ACHIEVABLE.vectorCounter.value, math: 'fp64' },
  'gpu.fp16Active': { name: 'the FP16 pipe', eta: ACHIEVABLE.vectorCounter.value, math: 'fp16_vector' },
  'gpu.intActive': { name: 'the integer pipe', eta: ACHIEVABLE.vectorCounter.value, math: null },
} as const satisfies Partial<Record<JudgedMetric, PipeSpec>>;
export type Pipe = keyof typeof PIPES;
export const PIPE_IDS = Object.keys(PIPES) as readonly Pipe[]; // its own keys

/** Types that tensor cores multiply; the others' work is counted by their own pipes. */
const ON_TENSOR: readonly MathType[] = ['tf32', 'fp16', 'bf16', 'fp8', 'int8', 'int4', 'fp64_tensor'];

/** What a pipe multiplies in a job of this type: on tensor cores FP32 runs as TF32 where the card has it, else in 16 bits. Null for integers. */
export function pipeMath(pipe: Pipe, math: MathType | null, gpu: GpuId): MathType | null {
  if (pipe !== 'gpu.tensorActive') return PIPES[pipe].math;
  if (math !== null && ON_TENSOR.includes(math)) return math;
  return math === 'fp32' && GPUS[gpu].peaks.tf32 !== null ? 'tf32' : 'fp16';
}
