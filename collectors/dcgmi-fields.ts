import type { FactName, MetricId } from '../core/readings/index.ts';
import type { UnitName } from './text/index.ts';

/** One field of DCGM as `dcgmi dmon` prints it: its id, its short name in the header, what it is to us. */
export interface DcgmField {
  readonly id: number;
  readonly short: string;
  /** The long name of `dcgmi dmon -l`. */
  readonly long: string;
  readonly metric?: MetricId;
  readonly unit?: UnitName;
  /** Of two fields for one metric the lower rank wins. */
  readonly rank?: number;
  readonly fact?: FactName;
  /** The bit mask of clock event reasons. */
  readonly mask?: true;
}

const one = (id: number, short: string, long: string, metric: MetricId, unit: UnitName, rank = 0): DcgmField => ({ id, short, long, metric, unit, rank });

/** DCGM 2 to 4 (`dcgmi dmon -l`); units as its API documents them. Ids are the same in all. */
const DCGM_FIELDS: readonly DcgmField[] = [
  { id: 50, short: 'DVNAM', long: 'name', fact: 'name' },
  { id: 53, short: 'SRNUM', long: 'serial_number', fact: 'serial' },
  { id: 54, short: 'UUID#', long: 'uuid', fact: 'uuid' },
  { id: 55, short: 'MNNUM', long: 'minor_number', fact: 'minor' },
  { id: 57, short: 'PCBID', long: 'pci_busid', fact: 'pciBusId' },
  one(100, 'SMCLK', 'sm_clock', 'gpu.smClock', 'MHz'),
  one(101, 'MMCLK', 'memory_clock', 'gpu.memClock', 'MHz'),
  { id: 112, short: 'DVCCTR', long: 'current_clock_throttle_reasons', mask: true },
  one(113, 'SMMAX', 'sm_max_clock', 'gpu.smClockMax', 'MHz'),
  one(140, 'MMTMP', 'memory_temp', 'gpu.memTemp', 'C'),
  one(150, 'TMPTR', 'gpu_temp', 'gpu.temp', 'C'),
  one(155, 'POWER', 'power_usage', 'gpu.power', 'W'),
  one(156, 'TOTEC', 'total_energy_consumption', 'gpu.energy', 'mJ'),
  one(157, 'POWIN', 'power_usage_instant', 'gpu.power', 'W', 1),
  one(160, 'PMLMT', 'power_management_limit', 'gpu.powerLimit', 'W', 1),
  one(164, 'EPLMT', 'enforced_power_limit', 'gpu.powerLimit', 'W'),
  one(191, 'FANSP', 'fan_speed', 'gpu.fan', '%'),
  one(200, 'TXTPT', 'pcie_tx_throughput', 'gpu.pcieTx', 'KB/s', 1),
  one(201, 'RXTPT', 'pcie_rx_throughput', 'gpu.pcieRx', 'KB/s', 1),
  one(202, 'RPCTR', 'pcie_replay_counter', 'gpu.pcieReplay', 'count'),
  one(203, 'GPUTL', 'gpu_utilization', 'gpu.util', '%'),
  one(204, 'MCUTL', 'mem_copy_utilization', 'gpu.memUtil', '%'),
  one(206, 'ECUTL', 'enc_utilization', 'gpu.enc', '%'),
  one(207, 'DCUTL', 'dec_utilization', 'gpu.dec', '%'),
  one(230, 'XIDER', 'xid_errors', 'gpu.xid', 'count'),
  one(235, 'PCIMG', 'pcie_max_link_gen', 'gpu.pcieGenMax', 'count'),
  one(236, 'PCIMW', 'pcie_max_link_width', 'gpu.pcieWidthMax', 'count'),
  one(237, 'PCILG', 'pcie_link_gen', 'gpu.pcieGen', 'count'),
  one(238, 'PCILW', 'pcie_link_width', 'gpu.pcieWidth', 'count'),
  one(240, 'PVIOL', 'power_violation', 'gpu.capPowerTime', 'ns'),
  one(241, 'TVIOL', 'thermal_violation', 'gpu.capThermalTime', 'ns'),
  one(250, 'FBTTL', 'fb_total', 'gpu.memTotal', 'MiB'),
  one(252, 'FBUSD', 'fb_used', 'gpu.memUsed', 'MiB'),
  one(253, 'FBRSV', 'fb_resv', 'gpu.memReserved', 'MiB'),
  one(310, 'ESVTL', 'ecc_sbe_volatile_total', 'gpu.eccCorrected', 'count'),
  one(311, 'EDVTL', 'ecc_dbe_volatile_total', 'gpu.eccUncorrected', 'count'),
  one(391, 'RPDBE', 'retired_pages_dbe', 'gpu.retiredPages', 'count'),
  one(393, 'URMPS', 'uncorrectable_remapped_rows', 'gpu.remappedRows', 'count'),
  one(1001, 'GRACT', 'gr_engine_active', 'gpu.grActive', 'ratio'),
  one(1002, 'SMACT', 'sm_active', 'gpu.smActive', 'ratio'),
  one(1003, 'SMOCC', 'sm_occupancy', 'gpu.smOccupancy', 'ratio'),
  one(1004, 'TENSO', 'tensor_active', 'gpu.tensorActive', 'ratio'),
  one(1005, 'DRAMA', 'dram_active', 'gpu.dramActive', 'ratio'),
  one(1006, 'FP64A', 'fp64_active', 'gpu.fp64Active', 'ratio'),
  one(1007, 'FP32A', 'fp32_active', 'gpu.fp32Active', 'ratio'),
  one(1008, 'FP16A', 'fp16_active', 'gpu.fp16Active', 'ratio'),
  one(1009, 'PCITX', 'pcie_tx_bytes', 'gpu.pcieTx', 'B/s'),
  one(1010, 'PCIRX', 'pcie_rx_bytes', 'gpu.pcieRx', 'B/s'),
  one(1011, 'NVLTX', 'nvlink_tx_bytes', 'gpu.nvlinkTx', 'B/s'),
  one(1012, 'NVLRX', 'nvlink_rx_bytes', 'gpu.nvlinkRx', 'B/s'),
  one(1013, 'TIMMA', 'tensor_imma_active', 'gpu.immaActive', 'ratio'),
  one(1014, 'THMMA', 'tensor_hmma_active', 'gpu.hmmaActive', 'ratio'),
  one(1015, 'TDFMA', 'tensor_dfma_active', 'gpu.dfmaActive', 'ratio'),
  one(1016, 'INTAC', 'integer_active', 'gpu.intActive', 'ratio'),
];

const BY_NAME: ReadonlyMap<string, DcgmField> = new Map(
  DCGM_FIELDS.flatMap((field) => [
    [field.short.toLowerCase(), field],
    [field.long, field],
    [String(field.id), field],
  ]),
);

/** A field by its id, its short name (any case) or its long name; undefined for one that is nothing to us. */
export function dcgmField(name: string): DcgmField | undefined {
  return BY_NAME.get(name.toLowerCase());
}
