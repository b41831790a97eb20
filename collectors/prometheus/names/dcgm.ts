import { one, type NameTable, type Rule } from './rule.ts';

export interface DcgmField {
  /** The name up to DCGM 4.5 (most exporters keep it), and that from 4.6 on where it differs; without `DCGM_FI_`. */
  readonly names: readonly string[];
  readonly rules: readonly Rule[];
}

const MIB = 1024 ** 2;
const percent = { div: 100 } as const;
const MHZ = { mul: 1e6 } as const;
const NS = { div: 1e9 } as const;
const FB_PARTS = ['free', 'used', 'reserved'] as const;

/** A gauge that keeps its name in every version. */
const field = (names: string, ...rules: readonly Rule[]): DcgmField => ({ names: names.split(' '), rules });

/**
 * DCGM's fields by id (dcgm_fields.h, DCGM 4.6.1 with its block of old names): ids never change, names do. Names that now end in
 * `_RATIO` kept their unit: GPU_UTIL_RATIO is still per cent. The profiling byte fields are rates in bytes per second, also where an
 * exporter declares them counters.
 */
export const DCGM_FIELDS = {
  100: field('DEV_SM_CLOCK', one('gpu.smClock', MHZ)),
  101: field('DEV_MEM_CLOCK', one('gpu.memClock', MHZ)),
  112: field(
    'DEV_CLOCKS_EVENT_REASONS DEV_CLOCK_THROTTLE_REASONS',
    one('gpu.capIdle', { bit: 0x1 }),
    one('gpu.capApp', { bit: 0x2 }),
    one('gpu.capPower', { bit: 0x4 }),
    one('gpu.capHw', { bit: 0x8 }),
    one('gpu.capSync', { bit: 0x10 }),
    one('gpu.capSwThermal', { bit: 0x20 }),
    one('gpu.capHwThermal', { bit: 0x40 }),
    one('gpu.capBrake', { bit: 0x80 }),
  ),
  113: field('DEV_MAX_SM_CLOCK', one('gpu.smClockMax', MHZ)),
  140: field('DEV_MEMORY_TEMP DEV_MEMORY_TEMP_CELSIUS', one('gpu.memTemp')),
  150: field('DEV_GPU_TEMP DEV_GPU_TEMP_CELSIUS', one('gpu.temp')),
  155: field('DEV_POWER_USAGE DEV_BOARD_POWER_WATTS', one('gpu.power', { rank: 1 })),
  156: field('DEV_TOTAL_ENERGY_CONSUMPTION', one('gpu.energy', { div: 1e3 })),
  157: field('DEV_POWER_USAGE_INSTANT DEV_BOARD_POWER_RAW_WATTS', one('gpu.power')),
  164: field('DEV_ENFORCED_POWER_LIMIT DEV_BOARD_POWER_LIMIT_ENFORCED_WATTS', one('gpu.powerLimit', { rank: 1 })),
  160: field('DEV_POWER_MGMT_LIMIT DEV_BOARD_POWER_LIMIT_REQUESTED_WATTS', one('gpu.powerLimit')),
  191: field('DEV_FAN_SPEED', one('gpu.fan', percent)),
  200: field('DEV_PCIE_TX_THROUGHPUT', one('gpu.pcieTx', { mul: 1e3 })),
  201: field('DEV_PCIE_RX_THROUGHPUT', one('gpu.pcieRx', { mul: 1e3 })),
  202: field('DEV_PCIE_REPLAY_COUNTER DEV_PCIE_REPLAY_TOTAL', one('gpu.pcieReplay')),
  203: field('DEV_GPU_UTIL DEV_GPU_UTIL_RATIO', one('gpu.util', percent)),
  204: field('DEV_MEM_COPY_UTIL', one('gpu.memUtil', percent)),
  206: field('DEV_ENC_UTIL', one('gpu.enc', percent)),
  207: field('DEV_DEC_UTIL', one('gpu.dec', percent)),
  230: field('DEV_XID_ERRORS DEV_XID_ERROR', one('gpu.xid')),
  235: field('DEV_PCIE_MAX_LINK_GEN', one('gpu.pcieGenMax')),
  236: field('DEV_PCIE_MAX_LINK_WIDTH', one('gpu.pcieWidthMax')),
  237: field('DEV_PCIE_LINK_GEN', one('gpu.pcieGen')),
  238: field('DEV_PCIE_LINK_WIDTH', one('gpu.pcieWidth')),
  240: field('DEV_POWER_VIOLATION', one('gpu.capPowerTime', NS)),
  241: field('DEV_THERMAL_VIOLATION', one('gpu.capThermalTime', NS)),
  250: field('DEV_FB_TOTAL', one('gpu.memTotal', { mul: MIB, rank: 1 })),
  251: field('DEV_FB_FREE', one('gpu.memTotal', { mul: MIB, fold: 'parts', part: 'free', parts: FB_PARTS })),
  252: field('DEV_FB_USED', one('gpu.memUsed', { mul: MIB }), one('gpu.memTotal', { mul: MIB, fold: 'parts', part: 'used', parts: FB_PARTS })),
  253: field('DEV_FB_RESERVED', one('gpu.memReserved', { mul: MIB }), one('gpu.memTotal', { mul: MIB, fold: 'parts', part: 'reserved', parts: FB_PARTS })),
  310: field('DEV_ECC_SBE_VOL_TOTAL', one('gpu.eccCorrected')),
  311: field('DEV_ECC_DBE_VOL_TOTAL', one('gpu.eccUncorrected')),
  391: field('DEV_RETIRED_DBE DEV_PAGE_RETIRED_DBE_TOTAL', one('gpu.retiredPages')),
  393: field('DEV_UNCORRECTABLE_REMAPPED_ROWS DEV_ROW_REMAP_UNCORRECTABLE_TOTAL', one('gpu.remappedRows')),
  1001: field('PROF_GR_ENGINE_ACTIVE PROF_GR_ENGINE_UTIL_RATIO', one('gpu.grActive')),
  1002: field('PROF_SM_ACTIVE PROF_SM_UTIL_RATIO', one('gpu.smActive')),
  1003: field('PROF_SM_OCCUPANCY PROF_SM_OCCUPANCY_RATIO', one('gpu.smOccupancy')),
  1004: field('PROF_PIPE_TENSOR_ACTIVE PROF_TENSOR_UTIL_RATIO', one('gpu.tensorActive')),
  1005: field('PROF_DRAM_ACTIVE PROF_DRAM_UTIL_RATIO', one('gpu.dramActive')),
  1006: field('PROF_PIPE_FP64_ACTIVE PROF_FP64_UTIL_RATIO', one('gpu.fp64Active')),
  1007: field('PROF_PIPE_FP32_ACTIVE PROF_FP32_UTIL_RATIO', one('gpu.fp32Active')),
  1008: field('PROF_PIPE_FP16_ACTIVE PROF_FP16_UTIL_RATIO', one('gpu.fp16Active')),
  1009: field('PROF_PCIE_TX_BYTES', one('gpu.pcieTx', { rank: 1 })),
  1010: field('PROF_PCIE_RX_BYTES', one('gpu.pcieRx', { rank: 1 })),
  1011: field('PROF_NVLINK_TX_BYTES', one('gpu.nvlinkTx')),
  1012: field('PROF_NVLINK_RX_BYTES', one('gpu.nvlinkRx')),
  1013: field('PROF_PIPE_TENSOR_IMMA_ACTIVE PROF_IMMA_UTIL_RATIO', one('gpu.immaActive')),
  1014: field('PROF_PIPE_TENSOR_HMMA_ACTIVE PROF_HMMA_UTIL_RATIO', one('gpu.hmmaActive')),
  1015: field('PROF_PIPE_TENSOR_DFMA_ACTIVE PROF_DFMA_UTIL_RATIO', one('gpu.dfmaActive')),
  1016: field('PROF_PIPE_INT_ACTIVE PROF_INT_UTIL_RATIO', one('gpu.intActive')),
  // Summed: the largest of two cumulative counters would hide the growth of the smaller one. Where both grow a second counts twice.
  1420: field('DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP_NS', one('gpu.capPowerTime', { ...NS, rank: 1 })),
  1422: field('DEV_CLOCKS_EVENT_REASON_SW_THERM_SLOWDOWN_NS', one('gpu.capThermalTime', { ...NS, rank: 1, fold: 'sum' })),
  1423: field('DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN_NS', one('gpu.capThermalTime', { ...NS, rank: 1, fold: 'sum' })),
  1424: field('DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN_NS', one('gpu.capBrakeTime', NS)),
} as const satisfies Readonly<Record<number, DcgmField>>;

/** DCGM's blank values (dcgm_structs.h): 2³¹−16… as int32, 2⁶³−16… as int64, 2⁴⁷… as a double; each has four kinds of "none". */
export function isDcgmBlank(value: number): boolean {
  return (value >= 2147483632 && value <= 2147483647) || (value >= 140737488355328 && value <= 140737488355343) || value >= 9.2e18;
}

/** dcgm-exporter (and DCGM's own Prometheus output): the fields' names, one series per GPU or MIG slice. */
export const dcgmNames: NameTable = {
  exporter: 'DCGM',
  owner: { kind: 'gpu', uuid: 'UUID', index: 'gpu', slice: 'GPU_I_ID', host: 'Hostname' },
  facts: { modelName: 'name', gpu: 'index', pci_bus_id: 'pciBusId', DCGM_FI_DRIVER_VERSION: 'driver', DCGM_FI_DEV_SERIAL: 'serial' },
  rules: Object.fromEntries(Object.values<DcgmField>(DCGM_FIELDS).flatMap((row) => row.names.map((name) => [`DCGM_FI_${name}`, row.rules]))),
  blank: isDcgmBlank,
};
