import { GPU_IDS, type GpuId, GPUS, isGpuId } from './gpus.ts';

/**
 * A card reports up to 8 % less than its nominal size (T4, A40 with ECC) or, in binary units, 7 % more; 16, 32, 40, 48,
 * 64 and 80 GB stay apart at 12 %. Anything further off is a slice or a part that we have no table row for.
 */
export const SIZE_TOLERANCE = 0.12;

/**
 * The GPU type of a device name, helped by its memory size in bytes. Null when the name is not known, when name and
 * size disagree, or when several cards remain possible: never a guess. Names that no row has (A800, V100S, V100 SXM3,
 * H20-3e, laptop cards, T4G, slices, vGPUs) are cards that differ in some ceiling.
 */
export function detectGpu(name: string, memoryTotalBytes?: number): GpuId | null {
  const text = name
    .trim()
    .toUpperCase()
    .replace(/\s+/g, ' ')
    .replace(/^NVIDIA /, '')
    .replace(/^TESLA /, '')
    // The Grace Hopper with 96 GB is named after the CPU's memory.
    .replace(/^GH200 (480|120)GB$/, 'GH200 96GB');
  const printed = /(?:[- ])(\d+)GB?\b/.exec(text)?.[1];
  const fits = GPU_IDS.filter((id) => {
    const { names, nominalGB, memoryBytes } = GPUS[id];
    const sized = memoryTotalBytes === undefined || sameSize(memoryTotalBytes, memoryBytes);
    return sized && (printed === undefined || Number(printed) === nominalGB) && names.some((pattern) => pattern.test(text));
  });
  const [only, ...others] = fits;
  return only !== undefined && others.length === 0 ? only : null;
}

function sameSize(seen: number, table: number): boolean {
  return Math.abs(seen - table) <= SIZE_TOLERANCE * table;
}

/**
 * The GPU that a person or a scheduler named: an id or a label in any case, a device name, or an alias such as `V100`. An alias is
 * decided by the memory size in bytes; without one the first card in the table that has it is assumed. Null: not ours.
 */
export function parseGpuId(text: string, memoryTotalBytes?: number): GpuId | null {
  const name = text
    .trim()
    .toUpperCase()
    .replace(/[\s_]+/g, '-')
    .replace(/^(NVIDIA|TESLA)-/, '')
    .replace(/GB$/, '');
  if (isGpuId(name)) return name;
  const labelled = GPU_IDS.find((id) => GPUS[id].label.toUpperCase() === text.trim().toUpperCase());
  if (labelled !== undefined) return labelled;
  const ids = GPU_IDS.filter((id) => GPUS[id].aliases.includes(name));
  if (ids.length === 0) return detectGpu(text, memoryTotalBytes);
  if (memoryTotalBytes === undefined) return ids[0] ?? null;
  return ids.find((id) => sameSize(memoryTotalBytes, GPUS[id].memoryBytes)) ?? null;
}

/** All ids, for messages that list what may be given. */
export function knownGpus(): string {
  return GPU_IDS.join(', ');
}
