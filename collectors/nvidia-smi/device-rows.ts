import type { FactName, MetricId } from '../../core/readings/index.ts';
import type { UnitName } from '../text/units.ts';

/** One statement of `nvidia-smi -q` about a GPU: where it stands in the XML and in the plain text, and what it is to us. */
export interface DeviceRow {
  /** Path of tags below `<gpu>`. */
  readonly xml: string;
  /** Path of labels below `GPU 00000000:…`, lower case; absent where the text does not print it. */
  readonly text?: string;
  readonly metric: MetricId;
  /** `flag` is Active or Not Active. */
  readonly unit: UnitName | 'flag';
  readonly sum: boolean;
}

interface Given {
  readonly xml: string;
  readonly text?: string;
  readonly metric: MetricId;
  readonly unit: UnitName | 'flag';
  readonly sum?: true;
}

const REASONS = [
  ['gpu_idle', 'idle', 'gpu.capIdle'],
  ['applications_clocks_setting', 'applications clocks setting', 'gpu.capApp'],
  ['sw_power_cap', 'sw power cap', 'gpu.capPower'],
  ['hw_slowdown', 'hw slowdown', 'gpu.capHw'],
  ['sync_boost', 'sync boost', 'gpu.capSync'],
  ['sw_thermal_slowdown', 'sw thermal slowdown', 'gpu.capSwThermal'],
  ['hw_thermal_slowdown', 'hw slowdown/hw thermal slowdown', 'gpu.capHwThermal'],
  ['hw_power_brake_slowdown', 'hw slowdown/hw power brake slowdown', 'gpu.capBrake'],
] as const;

const COUNTERS = 'clocks_event_reasons_counters/clocks_event_reasons_counters';

/** DTD v10 to v13 (drivers 418 to 610). Of several rows for one metric the last that has a value wins, sums apart. */
const GIVEN: readonly Given[] = [
  { xml: 'fan_speed', text: 'fan speed', metric: 'gpu.fan', unit: '%' },
  { xml: 'fb_memory_usage/total', text: 'fb memory usage/total', metric: 'gpu.memTotal', unit: 'MiB' },
  { xml: 'fb_memory_usage/reserved', text: 'fb memory usage/reserved', metric: 'gpu.memReserved', unit: 'MiB' },
  { xml: 'fb_memory_usage/used', text: 'fb memory usage/used', metric: 'gpu.memUsed', unit: 'MiB' },
  { xml: 'utilization/gpu_util', text: 'utilization/gpu', metric: 'gpu.util', unit: '%' },
  { xml: 'utilization/memory_util', text: 'utilization/memory', metric: 'gpu.memUtil', unit: '%' },
  { xml: 'utilization/encoder_util', text: 'utilization/encoder', metric: 'gpu.enc', unit: '%' },
  { xml: 'utilization/decoder_util', text: 'utilization/decoder', metric: 'gpu.dec', unit: '%' },
  { xml: 'temperature/gpu_temp', text: 'temperature/gpu current temp', metric: 'gpu.temp', unit: 'C' },
  { xml: 'temperature/memory_temp', text: 'temperature/memory current temp', metric: 'gpu.memTemp', unit: 'C' },
  { xml: 'clocks/graphics_clock', text: 'clocks/graphics', metric: 'gpu.smClock', unit: 'MHz' },
  { xml: 'clocks/sm_clock', text: 'clocks/sm', metric: 'gpu.smClock', unit: 'MHz' },
  { xml: 'clocks/mem_clock', text: 'clocks/memory', metric: 'gpu.memClock', unit: 'MHz' },
  { xml: 'max_clocks/graphics_clock', text: 'max clocks/graphics', metric: 'gpu.smClockMax', unit: 'MHz' },
  { xml: 'max_clocks/sm_clock', text: 'max clocks/sm', metric: 'gpu.smClockMax', unit: 'MHz' },
  ...powerRows('power_readings', 'power readings'),
  ...powerRows('gpu_power_readings', 'gpu power readings'),
  { xml: 'pci/pci_gpu_link_info/pcie_gen/current_link_gen', text: 'pci/gpu link info/pcie generation/current', metric: 'gpu.pcieGen', unit: 'count' },
  { xml: 'pci/pci_gpu_link_info/pcie_gen/max_link_gen', text: 'pci/gpu link info/pcie generation/max', metric: 'gpu.pcieGenMax', unit: 'count' },
  { xml: 'pci/pci_gpu_link_info/link_widths/current_link_width', text: 'pci/gpu link info/link width/current', metric: 'gpu.pcieWidth', unit: 'count' },
  { xml: 'pci/pci_gpu_link_info/link_widths/max_link_width', text: 'pci/gpu link info/link width/max', metric: 'gpu.pcieWidthMax', unit: 'count' },
  { xml: 'pci/tx_util', text: 'pci/tx throughput', metric: 'gpu.pcieTx', unit: 'KB/s' },
  { xml: 'pci/rx_util', text: 'pci/rx throughput', metric: 'gpu.pcieRx', unit: 'KB/s' },
  { xml: 'pci/replay_counter', text: 'pci/replays since reset', metric: 'gpu.pcieReplay', unit: 'count' },
  ...REASONS.flatMap(([tag, label, metric]): Given[] =>
    ['throttle', 'event'].map((word) => ({
      xml: `clocks_${word}_reasons/clocks_${word}_reason_${tag}`,
      text: `clocks ${word} reasons/${label}`,
      metric,
      unit: 'flag',
    })),
  ),
  { xml: `${COUNTERS}_sw_power_cap`, text: 'clocks event reasons counters/sw power capping', metric: 'gpu.capPowerTime', unit: 'us' },
  { xml: `${COUNTERS}_sw_therm_slowdown`, text: 'clocks event reasons counters/sw thermal slowdown', metric: 'gpu.capThermalTime', unit: 'us', sum: true },
  { xml: `${COUNTERS}_hw_therm_slowdown`, text: 'clocks event reasons counters/hw thermal slowdown', metric: 'gpu.capThermalTime', unit: 'us', sum: true },
  { xml: `${COUNTERS}_sw_thermal_slowdown`, metric: 'gpu.capThermalTime', unit: 'us', sum: true },
  { xml: `${COUNTERS}_hw_thermal_slowdown`, metric: 'gpu.capThermalTime', unit: 'us', sum: true },
  { xml: `${COUNTERS}_hw_power_brake`, text: 'clocks event reasons counters/hw power braking', metric: 'gpu.capBrakeTime', unit: 'us' },
  { xml: `${COUNTERS}_hw_power_brake_slowdown`, metric: 'gpu.capBrakeTime', unit: 'us' },
  ...['sram_correctable', 'dram_correctable', 'single_bit/total'].map((tag) => eccRow(tag, 'gpu.eccCorrected')),
  ...['sram_uncorrectable', 'dram_uncorrectable', 'sram_uncorrectable_parity', 'sram_uncorrectable_secded', 'double_bit/total'].map((tag) =>
    eccRow(tag, 'gpu.eccUncorrected'),
  ),
  { xml: 'retired_pages/double_bit_retirement/retired_count', text: 'retired pages/double bit ecc', metric: 'gpu.retiredPages', unit: 'count' },
  { xml: 'remapped_rows/remapped_row_unc', text: 'remapped rows/uncorrectable error', metric: 'gpu.remappedRows', unit: 'count' },
];

/** The one draw that a driver calls `power_draw` is the best; newer ones print an average and an instant, and A100 no average. */
function powerRows(tag: string, label: string): Given[] {
  return [
    { xml: `${tag}/instant_power_draw`, text: `${label}/instantaneous power draw`, metric: 'gpu.power', unit: 'W' },
    { xml: `${tag}/average_power_draw`, text: `${label}/average power draw`, metric: 'gpu.power', unit: 'W' },
    { xml: `${tag}/power_draw`, text: `${label}/power draw`, metric: 'gpu.power', unit: 'W' },
    { xml: `${tag}/power_limit`, text: `${label}/power limit`, metric: 'gpu.powerLimit', unit: 'W' },
    { xml: `${tag}/current_power_limit`, text: `${label}/current power limit`, metric: 'gpu.powerLimit', unit: 'W' },
    { xml: `${tag}/enforced_power_limit`, text: `${label}/enforced power limit`, metric: 'gpu.powerLimit', unit: 'W' },
  ];
}

function eccRow(tag: string, metric: MetricId): Given {
  const text = `ecc errors/volatile/${tag.replace('secded', 'sec-ded').replaceAll('_', ' ')}`;
  return { xml: `ecc_errors/volatile/${tag}`, text, metric, unit: 'count', sum: true };
}

export const DEVICE_ROWS: readonly DeviceRow[] = GIVEN.map((row) => ({ ...row, sum: row.sum ?? false }));

/** What `-q` says of a GPU in words. */
export const DEVICE_FACTS: readonly { readonly xml: string; readonly text: string; readonly fact: FactName }[] = [
  { xml: 'product_name', text: 'product name', fact: 'name' },
  { xml: 'uuid', text: 'gpu uuid', fact: 'uuid' },
  { xml: 'serial', text: 'serial number', fact: 'serial' },
  { xml: 'minor_number', text: 'minor number', fact: 'minor' },
  { xml: 'mig_mode/current_mig', text: 'mig mode/current', fact: 'migMode' },
  { xml: 'compute_mode', text: 'compute mode', fact: 'computeMode' },
];
