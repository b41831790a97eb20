import type { GpuId } from './gpus.ts';

/** A fraction of a published peak that real programs reach, with its source. Known to about ±10 %. */
interface Achievable {
  readonly value: number;
  readonly source: string;
}

/** Every achievable fraction (η), named once. Anything that divides by a peak takes its η from here. */
export const ACHIEVABLE = {
  tensorCounter: {
    value: 0.87,
    source: 'the tensor pipe counter under the best matrix products: MAMF 0.869 on A100 SXM; dcgmproftester shows 0.93 (KempnerPulse@3cb7ea9)',
  },
  vectorCounter: { value: 0.87, source: 'inferred: FP32 and FP64 pipes as the tensor pipe' },
  dramCounter: { value: 0.8, source: 'DCGM profiling feature overview: 0.8 is the practical peak of DRAM_ACTIVE' },
  tensorGemmSxm: { value: 0.869, source: 'stas00/ml-engineering, table of maximum achievable matmul FLOPS: A100 SXM 271.2 of 312' },
  tensorGemmPcie: { value: 0.811, source: 'same table: A100 PCIe 252.9 of 312' },
  dramBytes: { value: 0.83, source: 'gpt-fast@32971d3 README: about 1700 of 2039 GB/s on an A100-80' },
  nvlink: { value: 0.8, source: 'stas00/ml-engineering network README: NCCL 235 of 300 GB/s on A100' },
  pcie: { value: 0.8, source: 'inferred: as NVLink; packet headers and copies in pieces' },
  nic: { value: 0.85, source: 'inferred: payload of InfiniBand and Ethernet is 0.8–0.9 of the line rate' },
} as const satisfies Record<string, Achievable>;

const MAMF = 'mag-/gpu_benchmark README, maximum achievable matmul FLOPS in BF16 (FP16 on V100)';

/** TFLOP/s of the fastest matrix product that was found on a card, and of its peak. */
function found(measured: number, peak: number): Achievable {
  return { value: Number((measured / peak).toFixed(3)), source: `${MAMF}: ${measured} of ${peak} TFLOP/s` };
}

/** Cards that somebody measured, beside those of `ACHIEVABLE`. */
const MEASURED_GEMM: Readonly<Partial<Record<GpuId, Achievable>>> = {
  'A100-PCIE-40': ACHIEVABLE.tensorGemmPcie,
  'A100-PCIE-80': ACHIEVABLE.tensorGemmPcie,
  'V100-16': found(96.1, 125),
  'V100-32': found(94.0, 125),
  'V100-PCIE-16': { ...found(96.1, 125), source: `${MAMF}: as of the V100 SXM2, whose chip it is` },
  'V100-PCIE-32': { ...found(94.0, 125), source: `${MAMF}: as of the V100 SXM2, whose chip it is` },
  'H100-80': found(821.2, 989.4),
  H200: { ...found(821.2, 989.4), source: `${MAMF}: as of the H100 SXM, whose chip it is` },
  'H100-PCIE': found(499.5, 756),
  'H100-NVL': found(488.5, 835.5),
  'H200-NVL': { ...found(488.5, 835.5), source: `${MAMF}: as of the H100 NVL, whose chip it is` },
  'GH200-96': found(852.5, 989.4),
  'GH200-144': found(853.8, 989.4),
  A10G: found(69.7, 70),
  A6000: found(131.2, 180.6),
  'RTX-3090': found(78.0, 87.97),
  L40: found(170.3, 181.05),
  L40S: found(252.0, 362.05),
  L4: found(91.4, 121),
  'RTX-6000-ADA': found(278.5, 364.2),
  'RTX-4090': found(178.8, 203.55),
};

/** Fraction of the tensor peak that large matrix products reach on this card; on a card that nobody measured, as on the A100 SXM. */
export function gemmFraction(gpu: GpuId): Achievable {
  return MEASURED_GEMM[gpu] ?? ACHIEVABLE.tensorGemmSxm;
}
