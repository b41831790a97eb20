import type { FactName, MetricId } from '../../core/readings/index.ts';
import type { UnitName } from '../text/index.ts';

/** What one column of `--query-gpu` (or one tag of the XML) is to us. Fields that are not in the table are left out. */
export type Field =
  /** A number. Of several columns for one metric the lowest `rank` that has a value wins; `sum` adds them up. */
  | { readonly kind: 'metric'; readonly metric: MetricId; readonly unit: UnitName; readonly rank?: number; readonly sum?: true }
  /** `Active` or `Not Active`. */
  | { readonly kind: 'flag'; readonly metric: MetricId }
  /** The bit mask of all clock event reasons. */
  | { readonly kind: 'mask' }
  | { readonly kind: 'fact'; readonly fact: FactName }
  | { readonly kind: 'time' | 'index' | 'uuid' | 'busId' | 'count' | 'pid' | 'processName' };

const number = (metric: MetricId, unit: UnitName, rank = 0): Field => ({ kind: 'metric', metric, unit, rank });
const flag = (metric: MetricId): Field => ({ kind: 'flag', metric });
const fact = (name: FactName): Field => ({ kind: 'fact', fact: name });

/** Bits of `clocks_event_reasons.active` (NVML's nvmlClocksEventReasons). 0x100, display clocks, has no metric. */
export const REASON_BITS = [
  [0x1, 'gpu.capIdle'],
  [0x2, 'gpu.capApp'],
  [0x4, 'gpu.capPower'],
  [0x8, 'gpu.capHw'],
  [0x10, 'gpu.capSync'],
  [0x20, 'gpu.capSwThermal'],
  [0x40, 'gpu.capHwThermal'],
  [0x80, 'gpu.capBrake'],
] as const satisfies readonly (readonly [number, MetricId])[];

/** Fields of `nvidia-smi --help-query-gpu`, drivers 418 to 610, under the newest name; see ALIASES for the others. */
const FIELDS: Readonly<Record<string, Field>> = {
  timestamp: { kind: 'time' },
  index: { kind: 'index' },
  uuid: { kind: 'uuid' },
  'pci.bus_id': { kind: 'busId' },
  count: { kind: 'count' },
  name: fact('name'),
  serial: fact('serial'),
  driver_version: fact('driver'),
  compute_mode: fact('computeMode'),
  'mig.mode.current': fact('migMode'),
  'utilization.gpu': number('gpu.util', '%'),
  'utilization.memory': number('gpu.memUtil', '%'),
  'utilization.encoder': number('gpu.enc', '%'),
  'utilization.decoder': number('gpu.dec', '%'),
  'memory.total': number('gpu.memTotal', 'MiB'),
  'memory.used': number('gpu.memUsed', 'MiB'),
  'memory.reserved': number('gpu.memReserved', 'MiB'),
  'power.draw': number('gpu.power', 'W'),
  'power.draw.average': number('gpu.power', 'W', 1), // A100 has none
  'power.draw.instant': number('gpu.power', 'W', 2),
  'enforced.power.limit': number('gpu.powerLimit', 'W'),
  'power.limit': number('gpu.powerLimit', 'W', 1),
  'clocks.sm': number('gpu.smClock', 'MHz'),
  'clocks.gr': number('gpu.smClock', 'MHz', 1), // the same domain on every card of ours
  'clocks.mem': number('gpu.memClock', 'MHz'),
  'clocks.max.sm': number('gpu.smClockMax', 'MHz'),
  'clocks.max.gr': number('gpu.smClockMax', 'MHz', 1),
  'temperature.gpu': number('gpu.temp', 'C'),
  'temperature.memory': number('gpu.memTemp', 'C'),
  'fan.speed': number('gpu.fan', '%'),
  'pcie.link.gen.current': number('gpu.pcieGen', 'count'),
  'pcie.link.gen.gpucurrent': number('gpu.pcieGen', 'count', 1),
  'pcie.link.gen.max': number('gpu.pcieGenMax', 'count'),
  'pcie.link.gen.gpumax': number('gpu.pcieGenMax', 'count', 1),
  'pcie.link.width.current': number('gpu.pcieWidth', 'count'),
  'pcie.link.width.max': number('gpu.pcieWidthMax', 'count'),
  'ecc.errors.uncorrected.volatile.total': number('gpu.eccUncorrected', 'count'),
  'ecc.errors.corrected.volatile.total': number('gpu.eccCorrected', 'count'),
  'retired_pages.double_bit.count': number('gpu.retiredPages', 'count'),
  'remapped_rows.uncorrectable': number('gpu.remappedRows', 'count'),
  'clocks_event_reasons.active': { kind: 'mask' },
  'clocks_event_reasons.gpu_idle': flag('gpu.capIdle'),
  'clocks_event_reasons.applications_clocks_setting': flag('gpu.capApp'),
  'clocks_event_reasons.sw_power_cap': flag('gpu.capPower'),
  'clocks_event_reasons.hw_slowdown': flag('gpu.capHw'),
  'clocks_event_reasons.sync_boost': flag('gpu.capSync'),
  'clocks_event_reasons.sw_thermal_slowdown': flag('gpu.capSwThermal'),
  'clocks_event_reasons.hw_thermal_slowdown': flag('gpu.capHwThermal'),
  'clocks_event_reasons.hw_power_brake_slowdown': flag('gpu.capBrake'),
  'clocks_event_reasons_counters.sw_power_cap': number('gpu.capPowerTime', 'us'),
  'clocks_event_reasons_counters.sw_thermal_slowdown': { kind: 'metric', metric: 'gpu.capThermalTime', unit: 'us', sum: true },
  'clocks_event_reasons_counters.hw_thermal_slowdown': { kind: 'metric', metric: 'gpu.capThermalTime', unit: 'us', sum: true },
  'clocks_event_reasons_counters.hw_power_brake_slowdown': number('gpu.capBrakeTime', 'us'),
  // --query-compute-apps
  pid: { kind: 'pid' },
  process_name: { kind: 'processName' },
  used_gpu_memory: number('process.gpuMem', 'MiB'),
};

/** Second names that nvidia-smi itself knows, and headers that people write by hand in logs of its output. */
const ALIASES: Readonly<Record<string, string>> = {
  gpu_name: 'name',
  gpu_serial: 'serial',
  gpu_uuid: 'uuid',
  gpu_bus_id: 'pci.bus_id',
  'gpu.power.draw.average': 'power.draw.average',
  'gpu.power.draw.instant': 'power.draw.instant',
  'gpu.power.requested_limit': 'power.limit',
  'gpu.power.current_limit': 'enforced.power.limit',
  'clocks.current.sm': 'clocks.sm',
  'clocks.current.graphics': 'clocks.gr',
  'clocks.current.memory': 'clocks.mem',
  'clocks.max.graphics': 'clocks.max.gr',
  'retired_pages.dbe': 'retired_pages.double_bit.count',
  'remapped_rows.dbe': 'remapped_rows.uncorrectable',
  used_memory: 'used_gpu_memory',
  time: 'timestamp',
  date: 'timestamp',
  datetime: 'timestamp',
  ts: 'timestamp',
  time_stamp: 'timestamp',
  elapsed: 'timestamp',
  elapsed_time: 'timestamp',
  seconds: 'timestamp',
  gpu: 'index',
  gpu_index: 'index',
  gpu_id: 'index',
  gpuid: 'index',
  id: 'index',
  gpu_util: 'utilization.gpu',
  gpu_utilization: 'utilization.gpu',
  utilization_gpu: 'utilization.gpu',
  util_gpu: 'utilization.gpu',
  utilization_memory: 'utilization.memory',
  mem_used: 'memory.used',
  memory_used: 'memory.used',
  mem_total: 'memory.total',
  memory_total: 'memory.total',
  power: 'power.draw',
  power_draw: 'power.draw',
  power_usage: 'power.draw',
  temp: 'temperature.gpu',
  temperature: 'temperature.gpu',
  gpu_temp: 'temperature.gpu',
  temperature_gpu: 'temperature.gpu',
  sm_clock: 'clocks.sm',
  mem_clock: 'clocks.mem',
};

/** A header cell's field name: lower case, the old clock reasons under their new name, second names resolved. */
export function fieldName(text: string): string {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^clocks_throttle_reasons/, 'clocks_event_reasons');
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name;
}

/** The row of the table for a field's name, or undefined. */
export function fieldOf(name: string): Field | undefined {
  return Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
}
