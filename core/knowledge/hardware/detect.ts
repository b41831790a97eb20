import { GPU_IDS, isGpuId, type GpuId } from './gpu-id.ts';
import { GPUS } from './gpus.ts';

/**
 * Device names as nvidia-smi, DCGM and nvtop print them, and the cards that each can be; size and form decide between
 * them. Names not listed (A800, V100S, V100 SXM3, H100 PCIe and NVL, GH200, T4G, slices, vGPUs) differ in some ceiling.
 */
const NAMES: readonly { pattern: RegExp; ids: readonly GpuId[] }[] = [
  { pattern: /^A100-SXM4?(-\d+GB)?$/, ids: ['A100-40', 'A100-80'] },
  { pattern: /^A100-SX(M4?)?(-\d*G?)?\.\.\.$/, ids: ['A100-40', 'A100-80'] },
  { pattern: /^A100-PCIE(-\d+GB)?$/, ids: ['A100-PCIE-40', 'A100-PCIE-80'] },
  { pattern: /^A100-PC(IE?)?(-\d*G?)?\.\.\.$/, ids: ['A100-PCIE-40', 'A100-PCIE-80'] },
  { pattern: /^A100 \d+GB PCIE$/, ids: ['A100-PCIE-40', 'A100-PCIE-80'] },
  { pattern: /^A100 \d+G(B ?P?C?I?)?\.\.\.$/, ids: ['A100-PCIE-40', 'A100-PCIE-80'] },
  { pattern: /^A40$/, ids: ['A40'] },
  { pattern: /^V100-SXM2(-\d+GB)?$/, ids: ['V100-16', 'V100-32'] },
  { pattern: /^V100-SX(M2?)?(-\d*G?)?\.\.\.$/, ids: ['V100-16', 'V100-32'] },
  { pattern: /^V100-PCIE(-\d+GB)?$/, ids: ['V100-PCIE-16', 'V100-PCIE-32'] },
  { pattern: /^V100-PC(IE?)?(-\d*G?)?\.\.\.$/, ids: ['V100-PCIE-16', 'V100-PCIE-32'] },
  { pattern: /^T4$/, ids: ['T4'] },
  { pattern: /^H100( \d+GB( HBM(2E?|3))?)?$/, ids: ['H100-64', 'H100-80'] },
  { pattern: /^H100-SXM5(-\d+GB)?$/, ids: ['H100-64', 'H100-80'] },
  { pattern: /^H100 \d+G(B ?H?B?M?)?\.\.\.$/, ids: ['H100-64', 'H100-80'] },
  { pattern: /^H200( \d+GB( HBM3E)?)?$/, ids: ['H200'] },
];

/**
 * A card reports up to 8 % less than its nominal size (T4, A40 with ECC) or, in binary units, 7 % more; 16, 32, 40, 48,
 * 64 and 80 GB stay apart at 12 %. Anything further off is a slice or a part that we have no table row for.
 */
const SIZE_TOLERANCE = 0.12;

/**
 * The GPU type of a device name, helped by its memory size in bytes. Null when the name is not known, when name and
 * size disagree, or when several cards remain possible: never a guess.
 */
export function detectGpu(name: string, memoryTotalBytes?: number): GpuId | null {
  const text = name
    .trim()
    .toUpperCase()
    .replace(/\s+/g, ' ')
    .replace(/^NVIDIA /, '')
    .replace(/^TESLA /, '');
  const row = NAMES.find(({ pattern }) => pattern.test(text));
  if (row === undefined) return null;
  const printed = /(?:[- ])(\d+)GB?\b/.exec(text)?.[1];
  const fits = row.ids.filter(
    (id) =>
      (printed === undefined || Number(printed) === GPUS[id].nominalGB) && (memoryTotalBytes === undefined || sameSize(memoryTotalBytes, GPUS[id].memoryBytes)),
  );
  const [only, ...others] = fits;
  return only !== undefined && others.length === 0 ? only : null;
}

function sameSize(seen: number, table: number): boolean {
  return Math.abs(seen - table) <= SIZE_TOLERANCE * table;
}

/** What people and schedulers write (Slurm on Alvis: A100, A100fat, A40, V100, T4), the card assumed without a size first. */
const ALIASES: Readonly<Record<string, readonly GpuId[]>> = {
  A100: ['A100-40', 'A100-80'],
  A100FAT: ['A100-80'],
  'A100-SXM': ['A100-40', 'A100-80'],
  'A100-SXM4': ['A100-40', 'A100-80'],
  'A100-PCIE': ['A100-PCIE-40', 'A100-PCIE-80'],
  V100: ['V100-16', 'V100-32'],
  'V100-SXM2': ['V100-16', 'V100-32'],
  'V100-PCIE': ['V100-PCIE-16', 'V100-PCIE-32'],
  H100: ['H100-80', 'H100-64'],
};

/**
 * The GPU that a person or a scheduler named: an id in any case, a device name, or an alias such as `V100`. An alias is
 * decided by the memory size in bytes; without one the smaller card is assumed (H100: the common one). Null: not ours.
 */
export function parseGpuId(text: string, memoryTotalBytes?: number): GpuId | null {
  const name = text
    .trim()
    .toUpperCase()
    .replace(/[\s_]+/g, '-')
    .replace(/^(NVIDIA|TESLA)-/, '')
    .replace(/GB$/, '');
  if (isGpuId(name)) return name;
  const ids = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
  if (ids === undefined) return detectGpu(text, memoryTotalBytes);
  if (memoryTotalBytes === undefined) return ids[0] ?? null;
  return ids.find((id) => sameSize(memoryTotalBytes, GPUS[id].memoryBytes)) ?? null;
}

/** All ids with their labels, for messages that list what may be given. */
export function knownGpus(): string {
  return GPU_IDS.join(', ');
}
