import { NVLINK_3, NVLINK_3_BRIDGE, NVLINK_A30_BRIDGE, NVLINK_A40_BRIDGE, PCIE_4_X16 } from './links.ts';
import { atClock, type Peaks } from './math-type.ts';
import type { GpuSpec } from './spec.ts';

const MIB = 2 ** 20;

/** The course's A100 column; the PCIe card has the same peaks and reaches less of them (see achievable.ts). */
const A100_PEAKS: Peaks = {
  fp64: 9.7e12, fp64_tensor: 19.5e12, fp32: 19.5e12, tf32: 156e12,
  fp16: 312e12, fp16_vector: 78e12, bf16: 312e12, fp8: null, int8: 624e12, int4: 1248e12,
};

const A100 = {
  generation: 'Ampere', computeCapability: '8.0',
  peaks: A100_PEAKS, vectorTypes: [], hasTensorCores: true, unified: null, halfSumPeak: null,
  pcie: PCIE_4_X16, boostClock: 1410e6, memoryUtilizationCalibrated: null,
  peakSources: { fp16_vector: 'whitepaper', fp8: 'whitepaper' },
} as const;

// utilization.memory m = bytes/s ÷ (0.78 × peak), so the share of the achievable 0.83 is 0.94 m (seven recordings of one site, driver 550): science.md §7.5.
const A100_80_MEMORY_UTILIZATION = { scale: 0.94, offset: 0, error: 0.05 } as const;

/** GA102's cards: FP64 is 1/64 of FP32, FP16 outside the tensor cores as fast as FP32 (white paper). */
const GA102 = {
  generation: 'Ampere', form: 'PCIe', computeCapability: '8.6', vectorTypes: [], hasTensorCores: true, unified: null,
  pcie: PCIE_4_X16, memoryUtilizationCalibrated: null,
  sources: {
    peaks: 'datasheet', memoryBytes: 'reported', bandwidth: 'datasheet', powerLimit: 'datasheet', pcie: 'pcieStandard',
    nvlink: 'datasheet', boostClock: 'datasheet', computeCapability: 'whitepaper',
  },
  peakSources: { fp64: 'whitepaper', fp64_tensor: 'whitepaper', fp16_vector: 'whitepaper', fp8: 'whitepaper' },
  notes: [],
} as const;

const SXM_NAMES = [/^A100-SXM4?(-\d+GB)?$/, /^A100-SX(M4?)?(-\d*G?)?\.\.\.$/] as const;
const PCIE_NAMES = [/^A100-PCIE(-\d+GB)?$/, /^A100-PC(IE?)?(-\d*G?)?\.\.\.$/, /^A100 \d+GB PCIE$/, /^A100 \d+G(B ?P?C?I?)?\.\.\.$/] as const;

const NOTES = [
  'PyTorch multiplies FP32 matrices as TF32 only when allowed (torch.backends.cuda.matmul.allow_tf32).',
] as const;

export const AMPERE = {
  'A100-40': {
    ...A100, label: 'A100 SXM 40 GB', form: 'SXM', names: SXM_NAMES, aliases: ['A100', 'A100-SXM', 'A100-SXM4'],
    nominalGB: 40, memoryBytes: 40960 * MIB, memoryKind: 'HBM2', bandwidth: 1555e9, powerLimit: 400, nvlink: NVLINK_3,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'llmViewer', powerLimit: 'mlEngineering', pcie: 'pcieStandard',
      nvlink: 'llmAnalysis', boostClock: 'derived', computeCapability: 'whitepaper',
    },
    notes: NOTES,
  },
  'A100-80': {
    ...A100, label: 'A100 SXM 80 GB', form: 'SXM', names: SXM_NAMES, aliases: ['A100', 'A100-SXM', 'A100-SXM4', 'A100FAT'],
    nominalGB: 80, memoryBytes: 81920 * MIB, memoryKind: 'HBM2e', bandwidth: 2039e9, powerLimit: 400, nvlink: NVLINK_3, memoryUtilizationCalibrated: A100_80_MEMORY_UTILIZATION,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'llmViewer', powerLimit: 'mlEngineering', pcie: 'pcieStandard',
      nvlink: 'llmAnalysis', boostClock: 'derived', computeCapability: 'whitepaper',
    },
    notes: [...NOTES, 'Some are sold with a limit of up to 500 W; Alvis has such cards.'],
  },
  'A100-PCIE-40': {
    ...A100, label: 'A100 PCIe 40 GB', form: 'PCIe', names: PCIE_NAMES, aliases: ['A100-PCIE'],
    nominalGB: 40, memoryBytes: 40960 * MIB, memoryKind: 'HBM2', bandwidth: 1555e9, powerLimit: 250, nvlink: NVLINK_3_BRIDGE,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'datasheet', powerLimit: 'datasheet', pcie: 'pcieStandard',
      nvlink: 'datasheet', boostClock: 'derived', computeCapability: 'whitepaper',
    },
    notes: NOTES,
  },
  'A100-PCIE-80': {
    ...A100, label: 'A100 PCIe 80 GB', form: 'PCIe', names: PCIE_NAMES, aliases: ['A100-PCIE'],
    nominalGB: 80, memoryBytes: 81920 * MIB, memoryKind: 'HBM2e', bandwidth: 1935e9, powerLimit: 300, nvlink: NVLINK_3_BRIDGE,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'mlEngineering', powerLimit: 'mlEngineering', pcie: 'pcieStandard',
      nvlink: 'datasheet', boostClock: 'derived', computeCapability: 'whitepaper',
    },
    notes: NOTES,
  },
  'A40': {
    label: 'A40 48 GB', names: [/^A40$/], aliases: [], generation: 'Ampere', form: 'PCIe', computeCapability: '8.6',
    peaks: {
      fp64: 0.58e12, fp64_tensor: null, fp32: 37.4e12, tf32: 74.8e12,
      fp16: 149.7e12, fp16_vector: 37.4e12, bf16: 149.7e12, fp8: null, int8: 299.3e12, int4: 598.7e12,
    },
    vectorTypes: [], hasTensorCores: true, unified: null, halfSumPeak: null,
    nominalGB: 48, memoryBytes: 46068 * MIB, memoryKind: 'GDDR6 with ECC', bandwidth: 696e9, powerLimit: 300,
    pcie: PCIE_4_X16, nvlink: NVLINK_A40_BRIDGE, boostClock: 1740e6, memoryUtilizationCalibrated: null,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'llmViewer', powerLimit: 'datasheet', pcie: 'pcieStandard',
      nvlink: 'datasheet', boostClock: 'derived', computeCapability: 'whitepaper',
    },
    peakSources: { fp64_tensor: 'whitepaper', fp16_vector: 'whitepaper', fp8: 'whitepaper' },
    notes: ['FP64 is 1/64 of FP32 (0.585): the course rounds it to 0.58.', 'The NVLink bridge is an option for pairs; whether Alvis has it is not published.'],
  },
  'A30': {
    label: 'A30 24 GB', names: [/^A30$/], aliases: [], generation: 'Ampere', form: 'PCIe', computeCapability: '8.0',
    peaks: {
      fp64: 5.2e12, fp64_tensor: 10.3e12, fp32: 10.3e12, tf32: 82e12,
      fp16: 165e12, fp16_vector: 41.2e12, bf16: 165e12, fp8: null, int8: 330e12, int4: 661e12,
    },
    vectorTypes: [], hasTensorCores: true, unified: null, halfSumPeak: null,
    nominalGB: 24, memoryBytes: 24576 * MIB, memoryKind: 'HBM2', bandwidth: 933e9, powerLimit: 165,
    pcie: PCIE_4_X16, nvlink: NVLINK_A30_BRIDGE, boostClock: 1440e6, memoryUtilizationCalibrated: null,
    sources: GA102.sources, peakSources: { fp16_vector: 'whitepaper', fp8: 'whitepaper' }, notes: NOTES,
  },
  'A10': {
    ...GA102, label: 'A10 24 GB', names: [/^A10$/], aliases: [],
    peaks: {
      fp64: 0.488e12, fp64_tensor: null, fp32: 31.2e12, tf32: 62.5e12,
      fp16: 125e12, fp16_vector: 31.2e12, bf16: 125e12, fp8: null, int8: 250e12, int4: 500e12,
    },
    halfSumPeak: null,
    nominalGB: 24, memoryBytes: 23028 * MIB, memoryKind: 'GDDR6 with ECC', bandwidth: 600e9, powerLimit: 150, nvlink: null, boostClock: 1695e6,
  },
  'A10G': {
    ...GA102, label: 'A10G 24 GB', names: [/^A10G$/], aliases: [],
    peaks: {
      fp64: 0.547e12, fp64_tensor: null, fp32: 35e12, tf32: 35e12,
      fp16: 70e12, fp16_vector: 35e12, bf16: 70e12, fp8: null, int8: 140e12, int4: 280e12,
    },
    halfSumPeak: 140e12,
    nominalGB: 24, memoryBytes: 23028 * MIB, memoryKind: 'GDDR6 with ECC', bandwidth: 600e9, powerLimit: 300, nvlink: null, boostClock: 1710e6,
    peakSources: { ...GA102.peakSources, int4: 'inferred' },
    notes: ["Amazon's variant of the A10: tensor cores at half its rate, as on GeForce cards."],
  },
  'A6000': {
    ...GA102, label: 'RTX A6000 48 GB', names: [/^RTX A6000$/], aliases: ['RTX-A6000', 'RTXA6000'],
    peaks: atClock({
      fp64: 0.605e12, fp64_tensor: null, fp32: 38.7e12, tf32: 77.4e12,
      fp16: 154.8e12, fp16_vector: 38.7e12, bf16: 154.8e12, fp8: null, int8: 309.7e12, int4: 619.3e12,
    }, 1800e6, 2100e6),
    halfSumPeak: null,
    nominalGB: 48, memoryBytes: 49140 * MIB, memoryKind: 'GDDR6 with ECC', bandwidth: 768e9, powerLimit: 300, nvlink: NVLINK_A40_BRIDGE, boostClock: 2100e6,
    sources: { ...GA102.sources, peaks: 'scaled', boostClock: 'reported' },
    notes: ['The data sheet gives 154.8 TFLOP/s of BF16 at 1800 MHz; the driver lets the card clock to 2100 MHz, and 1935 were seen under load.'],
  },
  'RTX-3090': {
    ...GA102, label: 'GeForce RTX 3090 24 GB', names: [/^GEFORCE RTX 3090$/], aliases: ['3090', 'RTX3090', 'GEFORCE-RTX-3090'],
    peaks: atClock({
      fp64: 0.556e12, fp64_tensor: null, fp32: 35.6e12, tf32: 35.6e12,
      fp16: 71e12, fp16_vector: 35.6e12, bf16: 71e12, fp8: null, int8: 284e12, int4: 568e12,
    }, 1695e6, 2100e6),
    halfSumPeak: 175.9e12,
    nominalGB: 24, memoryBytes: 24576 * MIB, memoryKind: 'GDDR6X', bandwidth: 936e9, powerLimit: 350, nvlink: NVLINK_A40_BRIDGE, boostClock: 2100e6,
    sources: { ...GA102.sources, peaks: 'scaled', boostClock: 'reported' }, peakSources: {},
    notes: [
      'Sums in FP32, as PyTorch does; products that are summed in FP16 run at twice the rate.',
      'The white paper gives 71 TFLOP/s of BF16 at 1695 MHz; the card clocks higher, and 78 were measured.',
    ],
  },
} as const satisfies Record<string, GpuSpec>;
