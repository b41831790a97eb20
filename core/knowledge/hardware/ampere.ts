import { NVLINK_3, NVLINK_3_BRIDGE, NVLINK_A40_BRIDGE, PCIE_4_X16 } from './links.ts';
import type { Peaks } from './math-type.ts';
import type { GpuSpec } from './spec.ts';

const MIB = 2 ** 20;

/** The course's A100 column; the PCIe card has the same peaks and reaches less of them (see achievable.ts). */
const A100_PEAKS: Peaks = {
  fp64: 9.7e12, fp64_tensor: 19.5e12, fp32: 19.5e12, tf32: 156e12,
  fp16: 312e12, fp16_vector: 78e12, bf16: 312e12, fp8: null, int8: 624e12, int4: 1248e12,
};

const A100 = {
  generation: 'Ampere', computeCapability: '8.0',
  peaks: A100_PEAKS, vectorTypes: [], hasTensorCores: true,
  pcie: PCIE_4_X16, boostClock: 1410e6, memoryUtilizationCalibrated: false,
  peakSources: { fp16_vector: 'whitepaper', fp8: 'whitepaper' },
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
      nvlink: 'llmAnalysis', boostClock: 'memory', computeCapability: 'whitepaper',
    },
    notes: NOTES,
  },
  'A100-80': {
    ...A100, label: 'A100 SXM 80 GB', form: 'SXM', names: SXM_NAMES, aliases: ['A100', 'A100-SXM', 'A100-SXM4', 'A100FAT'],
    nominalGB: 80, memoryBytes: 81920 * MIB, memoryKind: 'HBM2e', bandwidth: 2039e9, powerLimit: 400, nvlink: NVLINK_3,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'llmViewer', powerLimit: 'mlEngineering', pcie: 'pcieStandard',
      nvlink: 'llmAnalysis', boostClock: 'memory', computeCapability: 'whitepaper',
    },
    notes: [...NOTES, 'Some are sold with a limit of up to 500 W; Alvis has such cards.'],
  },
  'A100-PCIE-40': {
    ...A100, label: 'A100 PCIe 40 GB', form: 'PCIe', names: PCIE_NAMES, aliases: ['A100-PCIE'],
    nominalGB: 40, memoryBytes: 40960 * MIB, memoryKind: 'HBM2', bandwidth: 1555e9, powerLimit: 250, nvlink: NVLINK_3_BRIDGE,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'datasheet', powerLimit: 'datasheet', pcie: 'pcieStandard',
      nvlink: 'datasheet', boostClock: 'memory', computeCapability: 'whitepaper',
    },
    notes: NOTES,
  },
  'A100-PCIE-80': {
    ...A100, label: 'A100 PCIe 80 GB', form: 'PCIe', names: PCIE_NAMES, aliases: ['A100-PCIE'],
    nominalGB: 80, memoryBytes: 81920 * MIB, memoryKind: 'HBM2e', bandwidth: 1935e9, powerLimit: 300, nvlink: NVLINK_3_BRIDGE,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'mlEngineering', powerLimit: 'mlEngineering', pcie: 'pcieStandard',
      nvlink: 'datasheet', boostClock: 'memory', computeCapability: 'whitepaper',
    },
    notes: NOTES,
  },
  'A40': {
    label: 'A40 48 GB', names: [/^A40$/], aliases: [], generation: 'Ampere', form: 'PCIe', computeCapability: '8.6',
    peaks: {
      fp64: 0.58e12, fp64_tensor: null, fp32: 37.4e12, tf32: 74.8e12,
      fp16: 149.7e12, fp16_vector: 37.4e12, bf16: 149.7e12, fp8: null, int8: 299.3e12, int4: 598.7e12,
    },
    vectorTypes: [], hasTensorCores: true,
    nominalGB: 48, memoryBytes: 46068 * MIB, memoryKind: 'GDDR6 with ECC', bandwidth: 696e9, powerLimit: 300,
    pcie: PCIE_4_X16, nvlink: NVLINK_A40_BRIDGE, boostClock: 1740e6, memoryUtilizationCalibrated: false,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'llmViewer', powerLimit: 'datasheet', pcie: 'pcieStandard',
      nvlink: 'datasheet', boostClock: 'memory', computeCapability: 'whitepaper',
    },
    peakSources: { fp64_tensor: 'whitepaper', fp16_vector: 'whitepaper', fp8: 'whitepaper' },
    notes: ['FP64 is 1/64 of FP32 (0.585): the course rounds it to 0.58.', 'The NVLink bridge is an option for pairs; whether Alvis has it is not published.'],
  },
} as const satisfies Record<string, GpuSpec>;
