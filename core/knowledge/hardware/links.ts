import type { NvLink, PcieLink } from './spec.ts';

/** PCIe x16 of each generation that our cards use; the rate is literal so that a table row can be read as it stands. */
export const PCIE_3_X16: PcieLink = { generation: 3, lanes: 16, bytesPerSecond: 15.754e9 };
export const PCIE_4_X16: PcieLink = { generation: 4, lanes: 16, bytesPerSecond: 31.508e9 };
export const PCIE_5_X16: PcieLink = { generation: 5, lanes: 16, bytesPerSecond: 63.015e9 };

/** NVLink by generation. Sources: llm-analysis (one-way 150/300 GB/s), ml-engineering network README, data sheets. */
export const NVLINK_2: NvLink = { duplex: 300e9, oneWay: 150e9, links: 6, reach: 'all' };
export const NVLINK_3: NvLink = { duplex: 600e9, oneWay: 300e9, links: 12, reach: 'all' };
export const NVLINK_4: NvLink = { duplex: 900e9, oneWay: 450e9, links: 18, reach: 'all' };
export const NVLINK_3_BRIDGE: NvLink = { duplex: 600e9, oneWay: 300e9, links: 12, reach: 'pair' };
export const NVLINK_A30_BRIDGE: NvLink = { duplex: 200e9, oneWay: 100e9, links: 4, reach: 'pair' };
/** GA102's bridge of two cards: A40, A6000, RTX 3090. */
export const NVLINK_A40_BRIDGE: NvLink = { duplex: 112.5e9, oneWay: 56.25e9, links: 4, reach: 'pair' };
export const NVLINK_H100_BRIDGE: NvLink = { duplex: 600e9, oneWay: 300e9, links: 12, reach: 'pair' };
export const NVLINK_H200_BRIDGE: NvLink = { duplex: 900e9, oneWay: 450e9, links: 18, reach: 'pair' };
export const NVLINK_5: NvLink = { duplex: 1800e9, oneWay: 900e9, links: 18, reach: 'all' };
