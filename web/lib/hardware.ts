import { ceilingsFor, GPUS, isGpuId, type Ceilings } from '../../core/knowledge/index.ts';

/** A GPU type's name for people; an id that the table does not know stands as it is. */
export function gpuLabel(type: string | null): string | null {
  return type === null ? null : isGpuId(type) ? GPUS[type].label : type;
}

/** The table's limits of a GPU type; null for an unknown one. */
export function ceilingsOf(type: string | null): Ceilings | null {
  return type !== null && isGpuId(type) ? ceilingsFor(type) : null;
}
