import type { Job } from '../../core/contract/jobs.ts';
import { isGpuId } from '../../core/hardware.ts';
import type { AnalyseOptions } from '../../core/judged.ts';

/** What a declared job says about its workload. A type that Slurm names loosely ("A100") is left to what the cards report. */
export function optionsOf(job: Job): AnalyseOptions {
  return {
    ...(job.gpuType !== null && isGpuId(job.gpuType) ? { gpu: job.gpuType } : {}),
    ...(job.model === null ? {} : { model: job.model }),
    ...(job.dtype === null ? {} : { dtype: job.dtype }),
    ...(job.tensorParallel === null ? {} : { tensorParallel: job.tensorParallel }),
    ...(job.cores === null ? {} : { cores: job.cores }),
    ...(job.gpus.length === 0 ? {} : { gpusAllocated: job.gpus.map((gpu) => gpu.uuid) }),
  };
}
