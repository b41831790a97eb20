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

/** Fraction of the tensor peak that large matrix products reach on this card: measured on A100 cards, assumed alike elsewhere. */
export function gemmFraction(gpu: GpuId): Achievable {
  return gpu === 'A100-PCIE-40' || gpu === 'A100-PCIE-80' ? ACHIEVABLE.tensorGemmPcie : ACHIEVABLE.tensorGemmSxm;
}
