import { one, sum, type NameTable, type Rule } from './rule.ts';

/** Stacked on other devices (dm, md), partitions, and what is no disk: counting them would count a byte twice or more. */
const NO_DISK = { device: /^(loop|ram|zram|fd|sr|dm-|md|nbd|drbd)|^((sd|hd|vd|xvd)[a-z]+\d+|(nvme\d+n\d+|mmcblk\d+)(p\d+|boot\d+))$/ };

/** Not a network card of its own: loopback, virtual, bonds and VLANs over counted cards, IPoIB (its ports are counted as InfiniBand). */
const NO_NIC = {
  device:
    /^(lo\d*|veth|docker|br-|br\d|virbr|cali|cni|flannel|tun|tap|bond|team|dummy|kube|ovs|vxlan|geneve|wg|ib\d|ibp|ibs|nodelocaldns|lxc|lxd|lxdbr|vnet|ifb|gre|erspan|sit|ip6|ip_vti|macv|podman|cilium|weave|vmnet|nerdctl|mpqemubr)|[.@:]/,
};

const disk = (rule: Rule): Rule => ({ ...rule, skip: NO_DISK });
const nic = (rule: Rule): Rule => ({ ...rule, skip: NO_NIC });
const USED = ['total', 'available'] as const;
const SWAP = ['total', 'free'] as const;

/** node_exporter ≥ 0.16 (collector names of v1.x). Node counters hold every tenant's work unless the job has the node to itself. */
export const nodeNames: NameTable = {
  exporter: 'node_exporter',
  owner: { kind: 'host' },
  rules: {
    node_cpu_seconds_total: [
      sum('host.cpuTime', { only: { mode: ['user', 'nice', 'system', 'irq', 'softirq', 'steal'] } }),
      sum('host.cpuIdleTime', { only: { mode: ['idle'] } }),
      sum('host.iowaitTime', { only: { mode: ['iowait'] } }),
      { to: 'host.cores', fold: 'count', only: { mode: ['idle'] } },
      { to: 'host.cpuMaxCore', fold: 'core', by: ['cpu', 'mode'] },
    ],
    node_memory_MemTotal_bytes: [one('host.memTotal'), { to: 'host.memUsed', fold: 'parts', part: 'total', parts: USED }],
    node_memory_MemAvailable_bytes: [{ to: 'host.memUsed', mul: -1, fold: 'parts', part: 'available', parts: USED }],
    node_memory_SwapTotal_bytes: [{ to: 'host.swapUsed', fold: 'parts', part: 'total', parts: SWAP }],
    node_memory_SwapFree_bytes: [{ to: 'host.swapUsed', mul: -1, fold: 'parts', part: 'free', parts: SWAP }],
    node_load1: [one('host.load1')],
    node_procs_blocked: [one('host.procsBlocked')],
    node_vmstat_pgmajfault: [one('host.majorFaults')],
    node_vmstat_oom_kill: [one('host.oomKills')],
    node_pressure_cpu_waiting_seconds_total: [one('host.psiCpuTime')],
    node_pressure_io_waiting_seconds_total: [one('host.psiIoTime')],
    node_pressure_io_stalled_seconds_total: [one('host.psiIoFullTime')],
    node_pressure_memory_waiting_seconds_total: [one('host.psiMemTime')],
    node_disk_read_bytes_total: [disk(sum('host.diskRead'))],
    node_disk_written_bytes_total: [disk(sum('host.diskWrite'))],
    node_disk_io_time_seconds_total: [disk({ to: 'host.diskBusyTime', fold: 'busiest', by: ['device'] })],
    node_network_receive_bytes_total: [nic(sum('host.netRx'))],
    node_network_transmit_bytes_total: [nic(sum('host.netTx'))],
    node_network_speed_bytes: [nic(one('host.netSpeed', { min: 1 }))], // −125000 means that the driver does not know it
    node_network_receive_errs_total: [nic(sum('host.netErrors'))],
    node_network_transmit_errs_total: [nic(sum('host.netErrors'))],
    node_network_receive_drop_total: [nic(sum('host.netErrors'))],
    node_network_transmit_drop_total: [nic(sum('host.netErrors'))],
    node_infiniband_port_data_received_bytes_total: [sum('host.ibRx')],
    node_infiniband_port_data_transmitted_bytes_total: [sum('host.ibTx')],
    node_infiniband_port_transmit_wait_total: [sum('host.ibWait')],
    node_infiniband_rate_bytes_per_second: [{ to: 'host.ibSpeed', fold: 'port', part: 'rate', by: ['device', 'port'] }],
    node_infiniband_state_id: [{ to: 'host.ibSpeed', fold: 'port', part: 'state', by: ['device', 'port'] }],
    node_mountstats_nfs_total_read_bytes_total: [sum('host.fsRead')],
    node_mountstats_nfs_total_write_bytes_total: [sum('host.fsWrite')],
  },
  info: {
    node_uname_info: { facts: { nodename: 'hostname', release: 'kernel' }, host: 'nodename' },
  },
};
