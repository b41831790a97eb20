import { ADA_LOVELACE } from './ada.ts';
import { AMPERE } from './ampere.ts';
import { BLACKWELLS } from './blackwell.ts';
import { HOPPER } from './hopper.ts';
import type { MathType } from './math-type.ts';
import type { GpuSpec } from './spec.ts';
import { VOLTA_TURING } from './volta-turing.ts';

/** A row for every generation's file; what else is a list of GPUs is made from it. */
const TABLE = { ...AMPERE, ...VOLTA_TURING, ...HOPPER, ...ADA_LOVELACE, ...BLACKWELLS } as const satisfies Record<string, GpuSpec>;

/** The GPUs that Headroom knows. */
export type GpuId = keyof typeof TABLE;

/** All ids, in table order. */
export const GPU_IDS = Object.keys(TABLE) as GpuId[]; // a parse boundary: keys of a const object

type Generation = (typeof TABLE)[GpuId]['generation'];

/** Every GPU type by id. Where a card reports a value of its own, `ceilingsFor` prefers that. */
export const GPUS: Readonly<Record<GpuId, GpuSpec & { readonly generation: Generation }>> = TABLE;

/** Whether text is exactly one of our ids. */
export function isGpuId(text: string): text is GpuId {
  return Object.hasOwn(GPUS, text);
}

const ALWAYS_VECTOR: readonly MathType[] = ['fp64', 'fp32', 'fp16_vector'];

/** Peak operations/s of a type on a GPU, null where it is not available. */
function peak(gpu: GpuId, type: MathType): number | null {
  return GPUS[gpu].peaks[type];
}

/** Whether a type's peak is a tensor-core rate on this GPU (V100's INT8 is not). False where the type is missing. */
export function onTensorCores(gpu: GpuId, type: MathType): boolean {
  const spec = GPUS[gpu];
  return spec.peaks[type] !== null && !ALWAYS_VECTOR.includes(type) && !spec.vectorTypes.includes(type);
}

/** Ridge point in operations per byte: peak ÷ bandwidth, null where the type is not available; the abscissa where the roofline bends. */
export function ridge(gpu: GpuId, type: MathType): number | null {
  const rate = peak(gpu, type);
  return rate === null ? null : rate / GPUS[gpu].bandwidth;
}
