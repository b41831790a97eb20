import type { Job } from '../../core/contract/index.ts';
import { isGpuId, parseGpuId, type GpuId } from '../../core/knowledge/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';

/** What a declared job says about its workload. `named`: true where a tool has printed the product name of one of its cards. */
export function optionsOf(job: Job, named: boolean): AnalyseOptions {
  const gpu = gpuOf(job.gpuType, named);
  return {
    ...(gpu === null ? {} : { gpu }),
    ...(job.model === null ? {} : { model: job.model }),
    ...(job.dtype === null ? {} : { dtype: job.dtype }),
    ...(job.tensorParallel === null ? {} : { tensorParallel: job.tensorParallel }),
    ...(job.cores === null ? {} : { cores: job.cores }),
    ...(job.gpus.length === 0 ? {} : { gpusAllocated: job.gpus.map((gpu) => gpu.uuid) }),
  };
}

/** A type that Slurm names loosely ("A100" has two sizes) stands only where no card has said what it is. */
function gpuOf(type: string | null, named: boolean): GpuId | null {
  if (type === null) return null;
  return isGpuId(type) ? type : named ? null : parseGpuId(type);
}
