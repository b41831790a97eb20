// Past the door of collectors/proc: single files of /proc, where a sample takes them all.
import { describe, expect, it } from 'vitest';
import { hostSample, isWholeDisk } from '../../../collectors/proc/index.ts';
import { mountOf, parseLustreBytes, parseMounts, parseNfsBytes } from '../../../collectors/proc/mounts.ts';
import { isEthernet, parseNetSpeed } from '../../../collectors/proc/network.ts';
import { parseMemInfo } from '../../../collectors/proc/memory.ts';
import { AFTER, BEFORE } from './fixture.ts';

const files = (texts: Readonly<Record<string, string>>) => new Map(Object.entries(texts));
const scratch = { path: '/scratch/job.1', total: 9e12, used: 1e12 };

describe('a host sample from /proc and /sys', () => {
  it('counters stay counters, in SI units; gauges over time are absent in the first sample', () => {
    expect(hostSample({ at: 100, files: files(BEFORE), scratch }).values).toEqual({
      'host.cores': 2,
      'host.cpuTime': 16,
      'host.cpuIdleTime': 80,
      'host.iowaitTime': 4,
      'host.procsBlocked': 3,
      'host.load1': 1.5,
      'host.memTotal': 1_024_000_000,
      'host.memUsed': 614_400_000,
      'host.swapUsed': 30_720_000,
      'host.majorFaults': 12,
      'host.oomKills': 1,
      'host.psiCpuTime': 2,
      'host.psiIoTime': 5,
      'host.psiIoFullTime': 3,
      'host.psiMemTime': 0,
      'host.diskRead': 1_024_000,
      'host.diskWrite': 2_048_000,
      'host.diskBusyTime': 1.5,
      'host.scratchTotal': 9e12,
      'host.scratchUsed': 1e12,
      'host.scratchRead': 512_000,
      'host.scratchWrite': 1_536_000,
      'host.netRx': 5000,
      'host.netTx': 7000,
      'host.netErrors': 10,
      'host.netSpeed': 3.125e9,
      'host.ibRx': 1000,
      'host.ibTx': 400,
      'host.ibWait': 6,
      'host.ibSpeed': 1.25e10,
      'host.fsRead': 8192,
      'host.fsWrite': 4096,
    });
  });

  it('the second sample has the CPU, the busiest core and the busiest disk of the time between', () => {
    const first = hostSample({ at: 100, files: files(BEFORE) });
    const { values } = hostSample({ at: 110, files: files(AFTER), previous: first.state });
    expect(values['host.cpu']).toBe(0.4); // 800 of 2000 ticks
    expect(values['host.iowait']).toBe(0.1);
    expect(values['host.steal']).toBe(0.1);
    expect(values['host.cpuMaxCore']).toBe(0.65); // core 0: 650 of 1000 ticks
    expect(values['host.diskBusy']).toBe(0.25);
  });

  it('counters that went back make no gauge', () => {
    const later = hostSample({ at: 100, files: files(AFTER) });
    const { values } = hostSample({ at: 110, files: files(BEFORE), previous: later.state });
    expect(values).not.toHaveProperty(['host.cpu']);
    expect(values).not.toHaveProperty(['host.cpuMaxCore']);
    expect(values).not.toHaveProperty(['host.diskBusy']);
  });

  it('a machine that shows nothing has no values, not zeros', () => {
    expect(hostSample({ at: 100, files: new Map() })).toEqual({ values: {}, facts: [], state: { at: 100, all: null, cores: new Map(), diskBusy: new Map() } });
  });

  it('facts name cores, links, network file systems and the scratch device', () => {
    expect(hostSample({ at: 100, files: files(BEFORE), scratch }).facts).toEqual([
      { name: 'cores', value: '2' },
      { name: 'netInterfaces', value: 'eth0 25 Gbit/s' },
      { name: 'ibPorts', value: 'mlx5_0/1 InfiniBand 100 Gbit/s' },
      { name: 'mounts', value: '/home (nfs4), /mimer (wekafs)' },
      { name: 'scratch', value: '/scratch/job.1 (xfs on /dev/mapper/vg-scratch)' },
    ]);
  });

  it('a port that is down adds no line rate; its counters still count', () => {
    const down = { ...BEFORE, '/sys/class/infiniband/mlx5_0/ports/1/state': '1: DOWN\n' };
    const { values } = hostSample({ at: 1, files: files(down) });
    expect(values).not.toHaveProperty(['host.ibSpeed']);
    expect(values['host.ibRx']).toBe(1000);
  });

  it('of several disks the busiest since the last sample counts, not the one with the longest history', () => {
    const disks = (a: number, b: number) =>
      files({
        '/proc/diskstats': ` 8 0 sda 1 0 2 1 1 0 2 1 0 ${a} 1\n 8 16 sdb 1 0 2 1 1 0 2 1 0 ${b} 1\n`,
      });
    const first = hostSample({ at: 0, files: disks(900_000, 100) });
    expect(first.values).not.toHaveProperty(['host.diskBusyTime']);
    expect(hostSample({ at: 10, files: disks(900_000, 5100), previous: first.state }).values['host.diskBusy']).toBe(0.5);
  });
});

describe('parts of /proc', () => {
  it('kernels without MemAvailable: free, buffers and cached stand in', () => {
    expect(parseMemInfo('MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 15 kB\n')).toEqual({ total: 102400, used: 71680, swapUsed: null });
  });

  it('an NFS mount seen twice is counted once, and a machine without one has no value', () => {
    expect(parseNfsBytes(BEFORE['/proc/self/mountstats'] ?? '')).toEqual({ read: 8192, write: 4096 });
    expect(parseNfsBytes('device /dev/sda1 mounted on / with fstype ext4\n')).toEqual({ read: null, write: null });
  });

  it('a Lustre client is read by its sums', () => {
    expect(
      parseLustreBytes('snapshot_time 1.2 secs.nsecs\nread_bytes  12 samples [bytes] 4096 1048576 9000 81\nwrite_bytes 1 samples [bytes] 5 5 5\n'),
    ).toEqual({ read: 9000, write: 5 });
    expect(parseLustreBytes('open 12 samples [regs]\n')).toEqual({ read: null, write: null });
  });

  it('blanks in mount points are decoded, and the longest mount point that covers a path wins', () => {
    const mounts = parseMounts('/dev/sda1 / ext4 rw 0 0\ntmpfs /my\\040tmp tmpfs rw 0 0\n/dev/sdb1 /my\\040tmp/a xfs rw 0 0\n');
    expect(mountOf(mounts, '/my tmp/a/b')?.source).toBe('/dev/sdb1');
    expect(mountOf(mounts, '/my tmp/abc')?.source).toBe('tmpfs');
    expect(mountOf(mounts, '/my tmpx')?.source).toBe('/dev/sda1');
  });

  it.each([
    ['sda', true],
    ['sda1', false],
    ['nvme0n1', true],
    ['nvme0n1p2', false],
    ['dm-0', false],
    ['md127', false],
    ['loop0', false],
    ['vda', true],
    ['mmcblk0', true],
    ['mmcblk0p1', false],
  ])('%s is a whole disk: %s', (name, whole) => expect(isWholeDisk(name)).toBe(whole));

  it.each([
    ['eth0', true],
    ['eno1np0', true],
    ['enp65s0f0', true],
    ['lo', false],
    ['ib0', false],
    ['ibp1s0', false],
    ['bond0', false],
    ['eth0.100', false],
    ['docker0', false],
    ['veth12ab', false],
    ['hsn0', true],
  ])('%s counts as Ethernet: %s', (name, yes) => expect(isEthernet(name)).toBe(yes));

  it.each([
    ['100000\n', 1.25e10],
    ['-1\n', null],
    ['', null],
  ])('speed %j', (text, speed) => expect(parseNetSpeed(text)).toBe(speed));
});
