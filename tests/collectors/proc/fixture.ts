/** A machine that never existed, in the kernel's formats: 2 cores, one disk with a partition, Ethernet at 25 Gbit/s, one InfiniBand port, NFS. */
export const BEFORE: Readonly<Record<string, string>> = {
  '/proc/uptime': '1000.50 1900.00\n',
  '/proc/stat': [
    'cpu  1000 0 500 8000 400 0 100 0 0 0',
    'cpu0 600 0 300 3900 150 0 50 0 0 0',
    'cpu1 400 0 200 4100 250 0 50 0 0 0',
    'intr 100 0 0',
    'ctxt 5',
    'btime 1700000000',
    'processes 77',
    'procs_running 2',
    'procs_blocked 3',
    'softirq 1 0',
    '',
  ].join('\n'),
  '/proc/loadavg': '1.50 1.20 0.90 2/300 4242\n',
  '/proc/meminfo':
    'MemTotal:       1000000 kB\nMemFree:          10000 kB\nMemAvailable:    400000 kB\nSwapTotal:        50000 kB\nSwapFree:         20000 kB\n',
  '/proc/vmstat': 'nr_free_pages 10\npgfault 900\npgmajfault 12\noom_kill 1\n',
  '/proc/pressure/cpu': 'some avg10=1.00 avg60=1.00 avg300=1.00 total=2000000\n',
  '/proc/pressure/io': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=5000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=3000000\n',
  '/proc/pressure/memory': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  '/proc/diskstats': [
    ' 259       0 nvme0n1 10 0 2000 5 20 0 4000 7 0 1500 12 0 0 0 0 0 0',
    ' 259       1 nvme0n1p1 9 0 1000 5 19 0 3000 7 0 1400 12 0 0 0 0 0 0',
    ' 253       0 dm-0 9 0 1000 5 19 0 3000 7 0 1400 12 0 0 0 0 0 0',
    '',
  ].join('\n'),
  '/proc/net/dev': [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo:  999      9    0    0    0     0          0         0      999      9    0    0    0     0       0          0',
    '  eth0: 5000     50    1    2    0     0          0         0     7000     70    3    4    0     0       0          0',
    '   ib0:  800      8    0    0    0     0          0         0      800      8    0    0    0     0       0          0',
    ' bond0: 5000     50    0    0    0     0          0         0     7000     70    0    0    0     0       0          0',
    '',
  ].join('\n'),
  '/sys/class/net/eth0/speed': '25000\n',
  '/sys/class/net/eth0/operstate': 'up\n',
  '/sys/class/infiniband/mlx5_0/ports/1/state': '4: ACTIVE\n',
  '/sys/class/infiniband/mlx5_0/ports/1/rate': '100 Gb/sec (4X EDR)\n',
  '/sys/class/infiniband/mlx5_0/ports/1/link_layer': 'InfiniBand\n',
  '/sys/class/infiniband/mlx5_0/ports/1/counters/port_rcv_data': '250\n',
  '/sys/class/infiniband/mlx5_0/ports/1/counters/port_xmit_data': '100\n',
  '/sys/class/infiniband/mlx5_0/ports/1/counters/port_xmit_wait': '6\n',
  '/proc/self/mountinfo': [
    '22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw',
    '23 22 253:0 / /scratch rw,relatime shared:2 - xfs /dev/mapper/vg-scratch rw',
    '24 22 0:50 / /home rw,relatime shared:3 - nfs4 files:/home rw',
    '25 22 0:51 / /mimer rw,relatime shared:4 - wekafs default/mimer rw',
    '',
  ].join('\n'),
  '/proc/self/mountstats': [
    'device /dev/nvme0n1p1 mounted on / with fstype ext4',
    'device files:/home mounted on /home with fstype nfs4 statvers=1.1',
    '\topts:\trw',
    '\tage:\t100',
    '\tbytes:\t10 20 0 0 8192 4096 2 1',
    '\tRPC iostats version: 1.1',
    'device files:/home mounted on /also/home with fstype nfs4 statvers=1.1',
    '\tage:\t100',
    '\tbytes:\t10 20 0 0 8192 4096 2 1',
    '',
  ].join('\n'),
};

/** The same machine ten seconds later. */
export const AFTER: Readonly<Record<string, string>> = {
  ...BEFORE,
  '/proc/uptime': '1010.50 1910.00\n',
  '/proc/stat': [
    'cpu  1500 0 600 9000 600 0 100 200 0 0',
    'cpu0 1050 0 350 4200 200 0 50 150 0 0',
    'cpu1 450 0 250 4800 400 0 50 50 0 0',
    'procs_blocked 0',
    '',
  ].join('\n'),
  '/proc/diskstats': [
    ' 259       0 nvme0n1 10 0 22000 5 20 0 4000 7 0 4000 12 0 0 0 0 0 0',
    ' 259       1 nvme0n1p1 9 0 1000 5 19 0 3000 7 0 1400 12 0 0 0 0 0 0',
    ' 253       0 dm-0 9 0 21000 5 19 0 3000 7 0 3900 12 0 0 0 0 0 0',
    '',
  ].join('\n'),
};

/** Files in the form of `tail -n +1`. */
export function asRecord(files: Readonly<Record<string, string>>): string {
  return Object.entries(files)
    .map(([path, text]) => `==> ${path} <==\n${text}`)
    .join('\n');
}
