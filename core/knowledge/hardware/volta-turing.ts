import { NVLINK_2, PCIE_3_X16 } from './links.ts';
import type { Peaks } from './math-type.ts';
import type { GpuSpec } from './spec.ts';

const MIB = 2 ** 20;

/** The course's V100 column, which is the SXM2 card's. */
const V100_SXM2_PEAKS: Peaks = {
  fp64: 7.8e12, fp64_tensor: null, fp32: 15.7e12, tf32: null,
  fp16: 125e12, fp16_vector: 31.4e12, bf16: null, fp8: null, int8: 64e12, int4: null,
};

/** The PCIe card's lower clock: 7.0/14.0/112 (LLM-Viewer, data sheet); INT8 scaled with FP32. */
const V100_PCIE_PEAKS: Peaks = {
  fp64: 7.0e12, fp64_tensor: null, fp32: 14.0e12, tf32: null,
  fp16: 112e12, fp16_vector: 28e12, bf16: null, fp8: null, int8: 56e12, int4: null,
};

const V100 = {
  generation: 'Volta', computeCapability: '7.0',
  vectorTypes: ['int8'], hasTensorCores: true, memoryKind: 'HBM2', bandwidth: 900e9,
  pcie: PCIE_3_X16, memoryUtilizationCalibrated: null, unified: null, halfSumPeak: null,
  notes: [
    'INT8 runs on CUDA cores (DP4A, 4 × FP32 = 62.8, which the course rounds to 64): it saves memory and gives no tensor speed.',
    'No BF16 and no TF32 in hardware: a bf16 job is emulated or falls back to FP32.',
  ],
} as const;

const SXM2 = {
  ...V100, form: 'SXM', names: [/^V100-SXM2(-\d+GB)?$/, /^V100-SX(M2?)?(-\d*G?)?\.\.\.$/], aliases: ['V100', 'V100-SXM2'],
  peaks: V100_SXM2_PEAKS, powerLimit: 300, nvlink: NVLINK_2, boostClock: 1530e6,
  sources: {
    peaks: 'course', memoryBytes: 'reported', bandwidth: 'llmViewer', powerLimit: 'datasheet', pcie: 'pcieStandard',
    nvlink: 'llmAnalysis', boostClock: 'derived', computeCapability: 'whitepaper',
  },
  peakSources: { fp16_vector: 'whitepaper' },
} as const;

const PCIE = {
  ...V100, form: 'PCIe', names: [/^V100-PCIE(-\d+GB)?$/, /^V100-PC(IE?)?(-\d*G?)?\.\.\.$/], aliases: ['V100-PCIE'],
  peaks: V100_PCIE_PEAKS, powerLimit: 250, nvlink: null, boostClock: 1380e6,
  sources: {
    peaks: 'datasheet', memoryBytes: 'reported', bandwidth: 'datasheet', powerLimit: 'datasheet', pcie: 'pcieStandard',
    nvlink: 'datasheet', boostClock: 'memory', computeCapability: 'whitepaper',
  },
  peakSources: { int8: 'inferred' },
} as const;

export const VOLTA_TURING = {
  'V100-16': { ...SXM2, label: 'V100 SXM2 16 GB', nominalGB: 16, memoryBytes: 16384 * MIB },
  'V100-32': { ...SXM2, label: 'V100 SXM2 32 GB', nominalGB: 32, memoryBytes: 32768 * MIB },
  'V100-PCIE-16': { ...PCIE, label: 'V100 PCIe 16 GB', nominalGB: 16, memoryBytes: 16384 * MIB },
  'V100-PCIE-32': { ...PCIE, label: 'V100 PCIe 32 GB', nominalGB: 32, memoryBytes: 32768 * MIB },
  'T4': {
    label: 'T4 16 GB', names: [/^T4$/], aliases: [], generation: 'Turing', form: 'PCIe', computeCapability: '7.5',
    peaks: {
      fp64: 0.25e12, fp64_tensor: null, fp32: 8.1e12, tf32: null,
      fp16: 65e12, fp16_vector: 16.2e12, bf16: null, fp8: null, int8: 130e12, int4: 260e12,
    },
    vectorTypes: [], hasTensorCores: true, unified: null, halfSumPeak: null,
    nominalGB: 16, memoryBytes: 15360 * MIB, memoryKind: 'GDDR6', bandwidth: 320e9, powerLimit: 70,
    pcie: PCIE_3_X16, nvlink: null, boostClock: 1590e6, memoryUtilizationCalibrated: null,
    sources: {
      peaks: 'course', memoryBytes: 'reported', bandwidth: 'datasheet', powerLimit: 'datasheet', pcie: 'pcieStandard',
      nvlink: 'datasheet', boostClock: 'datasheet', computeCapability: 'whitepaper',
    },
    peakSources: { fp16_vector: 'whitepaper' },
    notes: [
      'At 70 W it throttles well below its boost clock (base 585 MHz) under load: a software power cap is its normal state.',
      'No BF16 and no TF32 in hardware: a bf16 job is emulated or falls back to FP32.',
    ],
  },
} as const satisfies Record<string, GpuSpec>;
