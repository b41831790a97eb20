import { one, type NameTable } from './rule.ts';

const MIB = 1024 ** 2;
const GRAM = ['available', 'used'] as const;

/** Ray's own metrics of a node's GPUs (dashboard/modules/reporter), in per cent and MiB. Its engines' metrics keep their names behind `ray_`. */
export const rayGpuNames: NameTable = {
  exporter: 'Ray',
  owner: { kind: 'gpu', uuid: 'GpuUUID', index: 'GpuIndex', host: 'ip' },
  facts: { GpuDeviceName: 'name', GpuIndex: 'index' },
  rules: {
    ray_node_gpus_utilization: [one('gpu.util', { div: 100 })],
    ray_node_gram_used: [one('gpu.memUsed', { mul: MIB }), one('gpu.memTotal', { mul: MIB, fold: 'parts', part: 'used', parts: GRAM })],
    ray_node_gram_available: [one('gpu.memTotal', { mul: MIB, fold: 'parts', part: 'available', parts: GRAM })],
    ray_node_gpu_power_milliwatts: [one('gpu.power', { div: 1000 })],
    ray_node_gpu_temperature_celsius: [one('gpu.temp')],
  },
};

/** Ray's metrics of the node itself. */
export const rayNodeNames: NameTable = {
  exporter: 'Ray',
  owner: { kind: 'host', host: 'ip' },
  rules: {
    ray_node_cpu_utilization: [one('host.cpu', { div: 100 })],
    ray_node_cpu_count: [one('host.cores')],
    ray_node_mem_used: [one('host.memUsed')],
    ray_node_mem_total: [one('host.memTotal')],
    ray_node_disk_io_read: [one('host.diskRead')],
    ray_node_disk_io_write: [one('host.diskWrite')],
    ray_node_network_receive_speed: [one('host.netRxRate')],
    ray_node_network_send_speed: [one('host.netTxRate')],
  },
};
