import { isDcgmBlank } from './dcgm.ts';
import { one, type NameTable } from './rule.ts';

const MIB = 1024 ** 2;
const FB_PARTS = ['free', 'used'] as const;

/**
 * The first dcgm-exporter (1.x, 2019 and 2020), which sites have stored: names in small letters, DCGM's units, labels `uuid` and `gpu`. Its
 * violation counters are left out: microseconds by its README, nanoseconds by DCGM.
 */
export const firstDcgmNames: NameTable = {
  exporter: 'DCGM',
  owner: { kind: 'gpu', uuid: 'uuid', index: 'gpu' },
  facts: { gpu: 'index' },
  rules: {
    dcgm_gpu_utilization: [one('gpu.util', { div: 100 })],
    dcgm_mem_copy_utilization: [one('gpu.memUtil', { div: 100 })],
    dcgm_enc_utilization: [one('gpu.enc', { div: 100 })],
    dcgm_dec_utilization: [one('gpu.dec', { div: 100 })],
    dcgm_power_usage: [one('gpu.power')],
    dcgm_total_energy_consumption: [one('gpu.energy', { div: 1e3 })],
    dcgm_sm_clock: [one('gpu.smClock', { mul: 1e6 })],
    dcgm_memory_clock: [one('gpu.memClock', { mul: 1e6 })],
    dcgm_gpu_temp: [one('gpu.temp')],
    dcgm_memory_temp: [one('gpu.memTemp')],
    dcgm_fb_used: [one('gpu.memUsed', { mul: MIB }), one('gpu.memTotal', { mul: MIB, fold: 'parts', part: 'used', parts: FB_PARTS })],
    dcgm_fb_free: [one('gpu.memTotal', { mul: MIB, fold: 'parts', part: 'free', parts: FB_PARTS })],
    dcgm_pcie_tx_throughput: [one('gpu.pcieTx', { mul: 1e3 })],
    dcgm_pcie_rx_throughput: [one('gpu.pcieRx', { mul: 1e3 })],
    dcgm_pcie_replay_counter: [one('gpu.pcieReplay')],
    dcgm_xid_errors: [one('gpu.xid')],
    dcgm_ecc_sbe_volatile_total: [one('gpu.eccCorrected')],
    dcgm_ecc_dbe_volatile_total: [one('gpu.eccUncorrected')],
    dcgm_retired_pages_dbe: [one('gpu.retiredPages')],
    dcgm_fi_prof_gr_engine_active: [one('gpu.grActive')],
    dcgm_fi_prof_sm_active: [one('gpu.smActive')],
    dcgm_fi_prof_sm_occupancy: [one('gpu.smOccupancy')],
    dcgm_fi_prof_pipe_tensor_active: [one('gpu.tensorActive')],
    dcgm_fi_prof_dram_active: [one('gpu.dramActive')],
    dcgm_fi_prof_pcie_tx_bytes: [one('gpu.pcieTx', { rank: 1 })],
    dcgm_fi_prof_pcie_rx_bytes: [one('gpu.pcieRx', { rank: 1 })],
  },
  blank: isDcgmBlank,
};

/** mindprince/nvidia_gpu_prometheus_exporter and what sites have made of it (jobstats): NVML in its own units. */
export const firstNvmlNames: NameTable = {
  exporter: 'nvidia_gpu_prometheus_exporter',
  owner: { kind: 'gpu', uuid: 'uuid', index: 'minor_number' },
  facts: { name: 'name', minor_number: 'index' },
  rules: {
    nvidia_gpu_duty_cycle: [one('gpu.util', { div: 100 })],
    nvidia_gpu_memory_used_bytes: [one('gpu.memUsed')],
    nvidia_gpu_memory_total_bytes: [one('gpu.memTotal')],
    nvidia_gpu_power_usage_milliwatts: [one('gpu.power', { div: 1000 })],
    nvidia_gpu_temperature_celsius: [one('gpu.temp')],
    nvidia_gpu_fanspeed_percent: [one('gpu.fan', { div: 100 })],
  },
};
