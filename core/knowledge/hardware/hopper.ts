import { NVLINK_4, NVLINK_H100_BRIDGE, NVLINK_H200_BRIDGE, PCIE_5_X16 } from './links.ts';
import type { Peaks } from './math-type.ts';
import type { GpuSpec } from './spec.ts';

const MIB = 2 ** 20;

/** H100 and H200 SXM, dense. Hopper's tensor cores have no INT4. */
const HOPPER_PEAKS: Peaks = {
  fp64: 33.5e12,
  fp64_tensor: 66.9e12,
  fp32: 66.9e12,
  tf32: 494.7e12,
  fp16: 989.4e12,
  fp16_vector: 133.8e12,
  bf16: 989.4e12,
  fp8: 1978.9e12,
  int8: 1978.9e12,
  int4: null,
};

const SXM5 = {
  generation: 'Hopper',
  form: 'SXM',
  computeCapability: '9.0',
  peaks: HOPPER_PEAKS,
  peakSources: {},
  vectorTypes: [],
  hasTensorCores: true,
  unified: null,
  halfSumPeak: null,
  pcie: PCIE_5_X16,
  nvlink: NVLINK_4,
  powerLimit: 700,
  boostClock: 1980e6,
} as const;

/** The white paper's PCIe column. */
const H100_PCIE_PEAKS: Peaks = {
  ...HOPPER_PEAKS,
  fp64: 25.6e12,
  fp64_tensor: 51.2e12,
  fp32: 51.2e12,
  tf32: 378e12,
  fp16: 756e12,
  fp16_vector: 102.4e12,
  bf16: 756e12,
  fp8: 1513e12,
  int8: 1513e12,
};

/** H100 NVL and H200 NVL: half of the data sheets' figures, which are with sparsity. */
const NVL_PEAKS: Peaks = {
  ...HOPPER_PEAKS,
  fp64: 30e12,
  fp64_tensor: 60e12,
  fp32: 60e12,
  tf32: 417.5e12,
  fp16: 835.5e12,
  fp16_vector: 120e12,
  bf16: 835.5e12,
  fp8: 1670.5e12,
  int8: 1670.5e12,
};

/** Cut down for export: half of what resellers print with sparsity. */
const H20_PEAKS: Peaks = {
  ...HOPPER_PEAKS,
  fp64: 1e12,
  fp64_tensor: null,
  fp32: 44e12,
  tf32: 74e12,
  fp16: 148e12,
  fp16_vector: 88e12,
  bf16: 148e12,
  fp8: 296e12,
  int8: 296e12,
};

const DATASHEET = {
  peaks: 'datasheet',
  memoryBytes: 'reported',
  bandwidth: 'datasheet',
  powerLimit: 'datasheet',
  pcie: 'pcieStandard',
  nvlink: 'datasheet',
  boostClock: 'datasheet',
  computeCapability: 'whitepaper',
} as const;

// utilization.memory = dram_active ÷ 0.80 + 0.01 (seven recordings, one of them within .08 only): science.md §7.5.
const H100_MEMORY_UTILIZATION = { scale: 1, offset: 0.01, error: 0.04 } as const;

const HOPPER_PCIE = { ...SXM5, form: 'PCIe', memoryUtilizationCalibrated: null, peakSources: { fp16_vector: 'inferred' } } as const;

/** Grace and H100 in one module: NVLink-C2C carries 450 GB/s in each direction to the CPU's memory. */
const GH200 = {
  ...SXM5,
  form: 'superchip',
  aliases: ['GH200'],
  memoryUtilizationCalibrated: null,
  unified: { kind: 'coherent', oneWay: 450e9 },
  powerLimit: 1000,
  notes: [
    'Its power is that of the whole module, CPU included (450 to 1000 W, set by the maker): go by the limit that the card reports.',
    'NVLink to other GPUs is there only in machines that have several of them joined.',
  ],
} as const;

const H100_NAMES = [/^H100( \d+GB( HBM(2E?|3))?)?$/, /^H100-SXM5(-\d+GB)?$/, /^H100 \d+G(B ?H?B?M?)?\.\.\.$/] as const;

/** The common H100 first: it is what the bare name is taken for. */
export const HOPPER = {
  'H100-80': {
    ...SXM5,
    label: 'H100 SXM 80 GB',
    names: H100_NAMES,
    aliases: ['H100'],
    memoryUtilizationCalibrated: H100_MEMORY_UTILIZATION,
    nominalGB: 80,
    memoryBytes: 81559 * MIB,
    memoryKind: 'HBM3',
    bandwidth: 3352e9,
    sources: {
      peaks: 'whitepaper',
      memoryBytes: 'reported',
      bandwidth: 'whitepaper',
      powerLimit: 'datasheet',
      pcie: 'pcieStandard',
      nvlink: 'datasheet',
      boostClock: 'reported',
      computeCapability: 'whitepaper',
    },
    notes: [],
  },
  'H100-64': {
    ...SXM5,
    label: 'H100 SXM 64 GB',
    names: H100_NAMES,
    aliases: ['H100'],
    memoryUtilizationCalibrated: H100_MEMORY_UTILIZATION,
    nominalGB: 64,
    memoryBytes: 65247 * MIB,
    memoryKind: 'HBM2e',
    bandwidth: 1631e9,
    sources: {
      peaks: 'inferred',
      memoryBytes: 'reported',
      bandwidth: 'inferred',
      powerLimit: 'inferred',
      pcie: 'inferred',
      nvlink: 'inferred',
      boostClock: 'reported',
      computeCapability: 'whitepaper',
    },
    notes: [
      'A custom part (MareNostrum 5) with no public data sheet: bandwidth from a memory clock of 1593 MHz × 4 stacks, 700 W and the peaks as of the 80 GB card.',
    ],
  },
  H200: {
    ...SXM5,
    label: 'H200 SXM 141 GB',
    names: [/^H200( \d+GB( HBM3E)?)?$/],
    aliases: [],
    memoryUtilizationCalibrated: null,
    nominalGB: 141,
    memoryBytes: 143771 * MIB,
    memoryKind: 'HBM3e',
    bandwidth: 4800e9,
    sources: {
      peaks: 'datasheet',
      memoryBytes: 'reported',
      bandwidth: 'datasheet',
      powerLimit: 'datasheet',
      pcie: 'pcieStandard',
      nvlink: 'datasheet',
      boostClock: 'reported',
      computeCapability: 'whitepaper',
    },
    notes: [],
  },
  'H100-PCIE': {
    ...HOPPER_PCIE,
    label: 'H100 PCIe 80 GB',
    names: [/^H100 PCIE$/, /^H100 PCIE?\.\.\.$/],
    aliases: ['H100-PCIE-80'],
    peaks: H100_PCIE_PEAKS,
    nominalGB: 80,
    memoryBytes: 81559 * MIB,
    memoryKind: 'HBM2e',
    bandwidth: 2039e9,
    powerLimit: 350,
    nvlink: NVLINK_H100_BRIDGE,
    boostClock: 1755e6,
    peakSources: {},
    sources: { ...DATASHEET, peaks: 'whitepaper', bandwidth: 'whitepaper' },
    notes: [],
  },
  'H100-NVL': {
    ...HOPPER_PCIE,
    label: 'H100 NVL 94 GB',
    names: [/^H100 NVL$/],
    aliases: ['H100-NVL-94', 'H100NVL'],
    peaks: NVL_PEAKS,
    nominalGB: 94,
    memoryBytes: 95830 * MIB,
    memoryKind: 'HBM3',
    bandwidth: 3938e9,
    powerLimit: 400,
    nvlink: NVLINK_H100_BRIDGE,
    boostClock: 1785e6,
    sources: DATASHEET,
    notes: [],
  },
  'H200-NVL': {
    ...HOPPER_PCIE,
    label: 'H200 NVL 141 GB',
    names: [/^H200 NVL$/],
    aliases: ['H200NVL'],
    peaks: NVL_PEAKS,
    nominalGB: 141,
    memoryBytes: 143771 * MIB,
    memoryKind: 'HBM3e',
    bandwidth: 4800e9,
    powerLimit: 600,
    nvlink: NVLINK_H200_BRIDGE,
    boostClock: 1785e6,
    sources: DATASHEET,
    notes: ['The bridge joins two or four cards.'],
  },
  H20: {
    ...SXM5,
    label: 'H20 96 GB',
    names: [/^H20$/],
    aliases: ['H20-96'],
    peaks: H20_PEAKS,
    memoryUtilizationCalibrated: null,
    nominalGB: 96,
    memoryBytes: 97871 * MIB,
    memoryKind: 'HBM3',
    bandwidth: 4000e9,
    powerLimit: 400,
    peakSources: { fp16_vector: 'inferred' },
    sources: { ...DATASHEET, peaks: 'resellers', bandwidth: 'resellers', powerLimit: 'resellers', nvlink: 'resellers', boostClock: 'memory' },
    notes: [
      'NVIDIA publishes no data sheet of it: the limits are those that resellers print. The 78 multiprocessors that a benchmark saw would give 39.5 TFLOP/s of FP32 at 1980 MHz, not the 44 that they print.',
    ],
  },
  'GH200-96': {
    ...GH200,
    label: 'GH200 96 GB',
    names: [/^GH200( 96GB?( HBM3)?)?$/],
    nominalGB: 96,
    memoryBytes: 97871 * MIB,
    memoryKind: 'HBM3',
    bandwidth: 4000e9,
    sources: { ...DATASHEET, boostClock: 'derived' },
  },
  'GH200-144': {
    ...GH200,
    label: 'GH200 144 GB',
    names: [/^GH200( 144GB?( HBM3E)?)?$/],
    nominalGB: 144,
    memoryBytes: 146831 * MIB,
    memoryKind: 'HBM3e',
    bandwidth: 4900e9,
    sources: { ...DATASHEET, memoryBytes: 'memory', boostClock: 'derived' },
  },
} as const satisfies Record<string, GpuSpec>;
