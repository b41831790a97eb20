import { NVLINK_4, PCIE_5_X16 } from './links.ts';
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
  pcie: PCIE_5_X16,
  nvlink: NVLINK_4,
  powerLimit: 700,
  boostClock: 1980e6,
} as const;

const H100_NAMES = [/^H100( \d+GB( HBM(2E?|3))?)?$/, /^H100-SXM5(-\d+GB)?$/, /^H100 \d+G(B ?H?B?M?)?\.\.\.$/] as const;

/** The common H100 first: it is what the bare name is taken for. */
export const HOPPER = {
  'H100-80': {
    ...SXM5,
    label: 'H100 SXM 80 GB',
    names: H100_NAMES,
    aliases: ['H100'],
    memoryUtilizationCalibrated: true,
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
    memoryUtilizationCalibrated: true,
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
    memoryUtilizationCalibrated: false,
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
} as const satisfies Record<string, GpuSpec>;
