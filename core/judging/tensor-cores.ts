import { type GpuId, GPUS } from '../knowledge/index.ts';
import { DOMINANT, NO_TENSOR } from './thresholds.ts';

/** Shares of the vector pipes and the tensor cores over any stretch of time; NaN where they were not measured. */
interface PipeShares {
  readonly fp32: number;
  readonly tensor: number;
}

/** Whether a measured share of the tensor cores means that they rest. */
export function tensorCoresRest(tensor: number): boolean {
  return tensor < NO_TENSOR;
}

/** FP32 work on CUDA cores while the tensor cores rest (§7.2.6), on a card that has them: an unknown one is taken to. */
export function isWithoutTensorCores({ fp32, tensor }: PipeShares, type: GpuId | null): boolean {
  return fp32 >= DOMINANT && tensorCoresRest(tensor) && (type === null || GPUS[type].hasTensorCores);
}

/** The modifier that says so. */
export const WITHOUT_TENSOR_CORES = 'FP32 without tensor cores';
