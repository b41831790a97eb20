import { NVLINK_5, PCIE_5_X16 } from './links.ts';
import { atClock } from './math-type.ts';
import type { GpuSpec } from './spec.ts';

const MIB = 2 ** 20;

const BLACKWELL = {
  generation: 'Blackwell', vectorTypes: [], hasTensorCores: true, unified: null, halfSumPeak: null,
  pcie: PCIE_5_X16, memoryUtilizationCalibrated: null,
  sources: {
    peaks: 'datasheet', memoryBytes: 'reported', bandwidth: 'datasheet', powerLimit: 'datasheet', pcie: 'pcieStandard',
    nvlink: 'datasheet', boostClock: 'datasheet', computeCapability: 'whitepaper',
  },
} as const;

/** Dense rates; FP4 is no type of this table. Blackwell's tensor cores have no INT4. */
export const BLACKWELLS = {
  'B200': {
    ...BLACKWELL, label: 'B200 180 GB', form: 'SXM', computeCapability: '10.0', names: [/^B200$/], aliases: ['B200-SXM', 'B200-180'],
    peaks: {
      fp64: 37e12, fp64_tensor: 37e12, fp32: 75e12, tf32: 1100e12,
      fp16: 2250e12, fp16_vector: 150e12, bf16: 2250e12, fp8: 4500e12, int8: 4500e12, int4: null,
    },
    nominalGB: 180, memoryBytes: 183359 * MIB, memoryKind: 'HBM3e', bandwidth: 8000e9, powerLimit: 1000, nvlink: NVLINK_5, boostClock: 1965e6,
    sources: { ...BLACKWELL.sources, boostClock: 'derived' },
    peakSources: { fp16_vector: 'inferred' },
    notes: ['An eighth of what the data sheet of HGX B200 gives for eight of them, without sparsity.'],
  },
  'RTX-5090': {
    ...BLACKWELL, label: 'GeForce RTX 5090 32 GB', form: 'PCIe', computeCapability: '12.0', names: [/^GEFORCE RTX 5090$/], aliases: ['5090', 'RTX5090', 'GEFORCE-RTX-5090'],
    peaks: atClock({
      fp64: 1.64e12, fp64_tensor: null, fp32: 104.8e12, tf32: 104.8e12,
      fp16: 209.5e12, fp16_vector: 104.8e12, bf16: 209.5e12, fp8: 419e12, int8: 838e12, int4: null,
    }, 2407e6, 3090e6),
    halfSumPeak: 537.9e12,
    nominalGB: 32, memoryBytes: 32607 * MIB, memoryKind: 'GDDR7', bandwidth: 1792e9, powerLimit: 575, nvlink: null, boostClock: 3090e6,
    sources: { ...BLACKWELL.sources, peaks: 'scaled', bandwidth: 'whitepaper', powerLimit: 'whitepaper', boostClock: 'reported' },
    peakSources: {},
    notes: [
      'Sums in FP32, as PyTorch does; products that are summed in FP16 run at twice the rate.',
      'The white paper gives 209.5 TFLOP/s of BF16 at 2407 MHz; the card clocks higher.',
    ],
  },
  'GB10': {
    ...BLACKWELL, label: 'GB10 128 GB', form: 'superchip', computeCapability: '12.1', names: [/^GB10$/], aliases: ['DGX-SPARK', 'SPARK'],
    peaks: {
      fp64: 0.48e12, fp64_tensor: null, fp32: 31e12, tf32: 31e12,
      fp16: 125e12, fp16_vector: 31e12, bf16: 125e12, fp8: 250e12, int8: 250e12, int4: null,
    },
    unified: { kind: 'shared', oneWay: 136.5e9 },
    nominalGB: 128, memoryBytes: 122_570 * MIB, memoryKind: 'LPDDR5X, shared with the CPU', bandwidth: 273e9, powerLimit: 140, nvlink: null, boostClock: 2523e6,
    sources: { ...BLACKWELL.sources, peaks: 'inferred', memoryBytes: 'memory', pcie: 'inferred', boostClock: 'derived' },
    peakSources: {},
    notes: [
      'CPU and GPU share one memory: nvidia-smi prints no size of it, the page cache takes from it, and nothing can be moved out to the host.',
      'The data sheet gives one PFLOP/s of FP4 with sparsity alone: the other rates follow by halving.',
    ],
  },
} as const satisfies Record<string, GpuSpec>;
