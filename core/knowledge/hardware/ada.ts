import { PCIE_4_X16 } from './links.ts';
import { atClock } from './math-type.ts';
import type { GpuSpec } from './spec.ts';

const MIB = 2 ** 20;

/** Every Ada card: FP64 is 1/64 of FP32, FP16 outside the tensor cores as fast as FP32 (white paper); no NVLink. */
const ADA = {
  generation: 'Ada Lovelace', form: 'PCIe', computeCapability: '8.9', vectorTypes: [], hasTensorCores: true, unified: null, halfSumPeak: null,
  pcie: PCIE_4_X16, nvlink: null, memoryUtilizationCalibrated: null,
  sources: {
    peaks: 'datasheet', memoryBytes: 'reported', bandwidth: 'datasheet', powerLimit: 'datasheet', pcie: 'pcieStandard',
    nvlink: 'datasheet', boostClock: 'datasheet', computeCapability: 'whitepaper',
  },
  peakSources: { fp64: 'whitepaper', fp64_tensor: 'whitepaper', fp16_vector: 'whitepaper' },
  notes: [],
} as const;

/** Dense rates: the data sheets print those with sparsity beside or instead. */
export const ADA_LOVELACE = {
  'L40S': {
    ...ADA, label: 'L40S 48 GB', names: [/^L40S$/], aliases: [],
    peaks: {
      fp64: 1.43e12, fp64_tensor: null, fp32: 91.6e12, tf32: 183e12,
      fp16: 362.05e12, fp16_vector: 91.6e12, bf16: 362.05e12, fp8: 733e12, int8: 733e12, int4: 1466e12,
    },
    nominalGB: 48, memoryBytes: 46068 * MIB, memoryKind: 'GDDR6 with ECC', bandwidth: 864e9, powerLimit: 350, boostClock: 2520e6,
    peakSources: { ...ADA.peakSources, int4: 'inferred' },
    notes: ['The data sheet gives INT4 the rate of INT8; twice that, as on the other cards of its chip, is taken as the limit.'],
  },
  'L40': {
    ...ADA, label: 'L40 48 GB', names: [/^L40$/], aliases: [],
    peaks: {
      fp64: 1.41e12, fp64_tensor: null, fp32: 90.5e12, tf32: 90.5e12,
      fp16: 181.05e12, fp16_vector: 90.5e12, bf16: 181.05e12, fp8: 362e12, int8: 362e12, int4: 724e12,
    },
    nominalGB: 48, memoryBytes: 46068 * MIB, memoryKind: 'GDDR6 with ECC', bandwidth: 864e9, powerLimit: 300, boostClock: 2490e6,
  },
  'L4': {
    ...ADA, label: 'L4 24 GB', names: [/^L4$/], aliases: [],
    peaks: {
      fp64: 0.47e12, fp64_tensor: null, fp32: 30.3e12, tf32: 60e12,
      fp16: 121e12, fp16_vector: 30.3e12, bf16: 121e12, fp8: 242.5e12, int8: 242.5e12, int4: 485e12,
    },
    nominalGB: 24, memoryBytes: 23034 * MIB, memoryKind: 'GDDR6 with ECC', bandwidth: 300e9, powerLimit: 72, boostClock: 2040e6,
    peakSources: { ...ADA.peakSources, int4: 'inferred' },
    notes: ['At 72 W it runs well below its boost clock under load: a software power cap is its normal state.'],
  },
  'RTX-6000-ADA': {
    ...ADA, label: 'RTX 6000 Ada 48 GB', names: [/^RTX 6000 ADA GENERATION$/],
    aliases: ['RTX-6000-ADA-GENERATION', 'RTX6000ADA', 'RTX-6000ADA', '6000-ADA', 'A6000-ADA', 'L6000'],
    peaks: {
      fp64: 1.42e12, fp64_tensor: null, fp32: 91.1e12, tf32: 182.1e12,
      fp16: 364.2e12, fp16_vector: 91.1e12, bf16: 364.2e12, fp8: 728.5e12, int8: 728.5e12, int4: 1457e12,
    },
    nominalGB: 48, memoryBytes: 49140 * MIB, memoryKind: 'GDDR6 with ECC', bandwidth: 960e9, powerLimit: 300, boostClock: 2505e6,
  },
  'RTX-4090': {
    ...ADA, label: 'GeForce RTX 4090 24 GB', names: [/^GEFORCE RTX 4090$/], aliases: ['4090', 'RTX4090', 'GEFORCE-RTX-4090'],
    peaks: atClock({
      fp64: 1.29e12, fp64_tensor: null, fp32: 82.6e12, tf32: 82.6e12,
      fp16: 165.2e12, fp16_vector: 82.6e12, bf16: 165.2e12, fp8: 330.3e12, int8: 660.6e12, int4: 1321.2e12,
    }, 2520e6, 3105e6),
    halfSumPeak: 407e12,
    nominalGB: 24, memoryBytes: 24564 * MIB, memoryKind: 'GDDR6X', bandwidth: 1008e9, powerLimit: 450, boostClock: 3105e6,
    sources: { ...ADA.sources, peaks: 'scaled', bandwidth: 'whitepaper', powerLimit: 'whitepaper', boostClock: 'reported' }, peakSources: {},
    notes: [
      'Sums in FP32, as PyTorch does; products that are summed in FP16 run at twice the rate.',
      'The white paper gives 165.2 TFLOP/s of BF16 at 2520 MHz; the card clocks higher, and 178.8 were measured.',
    ],
  },
} as const satisfies Record<string, GpuSpec>;
