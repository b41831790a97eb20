import { DOMINANT, isWithoutTensorCores, type JudgedGpu, type JudgedRun, tensorCoresRest } from '../../judging/index.ts';
import { meanOf, type Table } from '../../readings/index.ts';
import { ACHIEVABLE, computeType, type GpuId, GPUS, isServer, type MathType, parseQuantization, parseWeightType, typeAtWork } from '../../knowledge/index.ts';

/** What the job multiplies, and whether something says so or it is assumed. */
interface InUse {
  readonly math: MathType;
  readonly assumed: string | null;
}

/**
 * The data type in use: what the pipes show where they contradict what was said (FP32 work with tensor cores at rest), else
 * the job's own type and quantisation, else the model's, else 16 bits.
 */
export function mathInUse(judged: JudgedRun, type: GpuId, gpus: readonly JudgedGpu[]): InUse {
  const seen = byPipes(
    gpus.map(({ series }) => series),
    type,
  );
  const { workload, model } = judged;
  const said = workload.dtype === null ? null : parseWeightType(workload.dtype);
  const quantization = workload.quantization === null ? (model?.nativeQuantization ?? null) : parseQuantization(workload.quantization);
  if (seen !== null) return { math: seen, assumed: said === null || said === 'fp32' ? null : `the job says ${said}, the pipes show ${seen}` };
  if (said !== null) return { math: computeType({ gpu: type, type: said, quantization, allowTf32: onTensorPipes(gpus) }).math, assumed: null };
  const half = GPUS[type].peaks.bf16 === null ? 'fp16' : 'bf16';
  if (quantization !== null) return { math: computeType({ gpu: type, type: half, quantization }).math, assumed: `${half} beside ${quantization}` };
  if (model === null) return { math: half, assumed: `tensor work in ${half}, as nothing tells the data type` };
  const run = typeAtWork(model.nativeType, { gpu: type, serving: isServer(workload.engine) });
  const own = computeType({ gpu: type, type: run, quantization: null }).math;
  return { math: own, assumed: `weights in ${own}, ${run === model.nativeType ? 'as published' : `though published in ${model.nativeType}`}` };
}

/** FP32 or FP64 on CUDA cores, INT8 on tensor cores, where DCGM's pipes show it; null where they decide nothing. */
function byPipes(tables: readonly Table[], type: GpuId): MathType | null {
  const mean = (id: 'gpu.tensorActive' | 'gpu.fp32Active' | 'gpu.fp64Active' | 'gpu.immaActive' | 'gpu.hmmaActive'): number => {
    const values = tables.map(({ columns }) => meanOf(columns.get(id))).filter((value) => value !== null);
    return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const vector = ACHIEVABLE.vectorCounter.value;
  const tensor = mean('gpu.tensorActive') / ACHIEVABLE.tensorCounter.value;
  if (tensorCoresRest(tensor) && mean('gpu.fp64Active') / vector >= DOMINANT) return 'fp64';
  if (isWithoutTensorCores({ fp32: mean('gpu.fp32Active') / vector, tensor }, type)) return 'fp32';
  return mean('gpu.immaActive') > mean('gpu.hmmaActive') ? 'int8' : null;
}

/** FP32 weights on busy tensor cores are multiplied as TF32. */
function onTensorPipes(gpus: readonly JudgedGpu[]): boolean {
  return gpus.some(({ series }) => {
    const tensor = meanOf(series.columns.get('gpu.tensorActive'));
    return tensor !== null && !tensorCoresRest(tensor / ACHIEVABLE.tensorCounter.value);
  });
}
