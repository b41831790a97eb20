import { one, sum, type NameTable, type Rule } from './rule.ts';

const flag = (to: Rule['to']): readonly Rule[] => [one(to)];

/**
 * utkuozdemir/nvidia_gpu_exporter: `nvidia-smi --query-gpu` as Prometheus gauges, already in SI. Its `uuid` label lacks the `GPU-`.
 * Old releases name the clock reasons `clocks_throttle_reasons`.
 */
export const nvidiaGpuNames: NameTable = {
  exporter: 'nvidia_gpu_exporter',
  owner: { kind: 'gpu', uuid: 'uuid' },
  rules: {
    nvidia_smi_utilization_gpu_ratio: [one('gpu.util')],
    nvidia_smi_utilization_memory_ratio: [one('gpu.memUtil')],
    nvidia_smi_utilization_encoder_ratio: [one('gpu.enc')],
    nvidia_smi_utilization_decoder_ratio: [one('gpu.dec')],
    nvidia_smi_memory_used_bytes: [one('gpu.memUsed')],
    nvidia_smi_memory_total_bytes: [one('gpu.memTotal')],
    nvidia_smi_memory_reserved_bytes: [one('gpu.memReserved')],
    nvidia_smi_power_draw_watts: [one('gpu.power', { rank: 1 })],
    nvidia_smi_power_draw_instant_watts: [one('gpu.power')],
    nvidia_smi_enforced_power_limit_watts: [one('gpu.powerLimit', { rank: 1 })],
    nvidia_smi_power_limit_watts: [one('gpu.powerLimit')],
    nvidia_smi_clocks_current_sm_clock_hz: [one('gpu.smClock')],
    nvidia_smi_clocks_current_memory_clock_hz: [one('gpu.memClock')],
    nvidia_smi_clocks_max_sm_clock_hz: [one('gpu.smClockMax')],
    nvidia_smi_temperature_gpu: [one('gpu.temp')],
    nvidia_smi_temperature_memory: [one('gpu.memTemp')],
    nvidia_smi_fan_speed_ratio: [one('gpu.fan')],
    nvidia_smi_pcie_link_gen_current: [one('gpu.pcieGen')],
    nvidia_smi_pcie_link_gen_max: [one('gpu.pcieGenMax')],
    nvidia_smi_pcie_link_width_current: [one('gpu.pcieWidth')],
    nvidia_smi_pcie_link_width_max: [one('gpu.pcieWidthMax')],
    nvidia_smi_clocks_event_reasons_gpu_idle: flag('gpu.capIdle'),
    nvidia_smi_clocks_event_reasons_applications_clocks_setting: flag('gpu.capApp'),
    nvidia_smi_clocks_event_reasons_sw_power_cap: flag('gpu.capPower'),
    nvidia_smi_clocks_event_reasons_hw_slowdown: flag('gpu.capHw'),
    nvidia_smi_clocks_event_reasons_sync_boost: flag('gpu.capSync'),
    nvidia_smi_clocks_event_reasons_sw_thermal_slowdown: flag('gpu.capSwThermal'),
    nvidia_smi_clocks_event_reasons_hw_thermal_slowdown: flag('gpu.capHwThermal'),
    nvidia_smi_clocks_event_reasons_hw_power_brake_slowdown: flag('gpu.capBrake'),
    nvidia_smi_clocks_throttle_reasons_gpu_idle: flag('gpu.capIdle'),
    nvidia_smi_clocks_throttle_reasons_applications_clocks_setting: flag('gpu.capApp'),
    nvidia_smi_clocks_throttle_reasons_sw_power_cap: flag('gpu.capPower'),
    nvidia_smi_clocks_throttle_reasons_hw_slowdown: flag('gpu.capHw'),
    nvidia_smi_clocks_throttle_reasons_sync_boost: flag('gpu.capSync'),
    nvidia_smi_clocks_throttle_reasons_sw_thermal_slowdown: flag('gpu.capSwThermal'),
    nvidia_smi_clocks_throttle_reasons_hw_thermal_slowdown: flag('gpu.capHwThermal'),
    nvidia_smi_clocks_throttle_reasons_hw_power_brake_slowdown: flag('gpu.capBrake'),
    nvidia_smi_clocks_event_reasons_counters_sw_power_cap_seconds: [one('gpu.capPowerTime')],
    nvidia_smi_clocks_event_reasons_counters_sw_thermal_slowdown_seconds: [sum('gpu.capThermalTime')],
    nvidia_smi_clocks_event_reasons_counters_hw_thermal_slowdown_seconds: [sum('gpu.capThermalTime')],
    nvidia_smi_clocks_event_reasons_counters_hw_power_brake_slowdown_seconds: [one('gpu.capBrakeTime')],
    nvidia_smi_ecc_errors_uncorrected_volatile_total: [one('gpu.eccUncorrected')],
    nvidia_smi_ecc_errors_corrected_volatile_total: [one('gpu.eccCorrected')],
    nvidia_smi_remapped_rows_uncorrectable: [one('gpu.remappedRows')],
    nvidia_smi_retired_pages_double_bit_count: [one('gpu.retiredPages')],
    nvidia_smi_compute_apps: [one('gpu.processes')],
    nvidia_smi_index: [], // known, so that a page of it is recognised; the index stands in gpu_info too
  },
  info: {
    nvidia_smi_gpu_info: {
      facts: { name: 'name', driver_version: 'driver', cuda_version: 'cuda', index: 'index', pci_bus_id: 'pciBusId', serial: 'serial' },
    },
  },
};

/** Its per-process series, which belong to processes of the node. */
export const nvidiaProcessNames: NameTable = {
  exporter: 'nvidia_gpu_exporter',
  owner: { kind: 'process', pid: 'pid' },
  facts: { process_name: 'command' },
  rules: {
    // A process on several GPUs has one series for each.
    nvidia_smi_compute_app_used_memory_bytes: [sum('process.gpuMem')],
  },
};
