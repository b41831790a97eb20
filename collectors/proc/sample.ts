import type { FactName } from '../../core/readings/index.ts';
import { type CpuTimes, parseLoad1, parseStat } from './stat.ts';
import { type DiskCounters, isWholeDisk, parseDiskStats } from './disks.ts';
import { type IbPort, infinibandPorts } from './infiniband.ts';
import { parseMemInfo, parsePressure, parseVmCounters } from './memory.ts';
import { isNetworkMount, type Mount, mountOf, parseLustreBytes, parseMounts, parseNfsBytes } from './mounts.ts';
import { isEthernet, parseNetDev, parseNetSpeed } from './network.ts';
import { maxOf, put, sumOf, type Values } from '../text/index.ts';

/** Texts of files under `/proc` and `/sys`, by path, as they were at one instant. A file that could not be read is not there. */
type ProcFiles = ReadonlyMap<string, string>;

/** What a sample keeps for the next, so that gauges over the time between them can be made. */
export interface HostState {
  readonly at: number;
  readonly all: CpuTimes | null;
  readonly cores: ReadonlyMap<string, CpuTimes>;
  readonly diskBusy: ReadonlyMap<string, number>;
}

export interface Scratch {
  readonly path: string;
  /** Bytes. */
  readonly total: number | null;
  readonly used: number | null;
}

export interface HostSample {
  readonly values: Values;
  readonly facts: readonly { readonly name: FactName; readonly value: string }[];
  readonly state: HostState;
}

export interface SampleInput {
  /** Seconds on any steady clock. */
  readonly at: number;
  readonly files: ProcFiles;
  readonly scratch?: Scratch;
  /** The sample before; without it gauges over time (CPU busy, disk busy) are absent. */
  readonly previous?: HostState;
}

/** The host's values at one instant: counters as they are, gauges over the time since the previous sample. SI units. */
export function hostSample(input: SampleInput): HostSample {
  const { files, at } = input;
  const values: Values = {};
  const stat = parseStat(files.get('/proc/stat') ?? '');
  const disks = parseDiskStats(files.get('/proc/diskstats') ?? '');
  const mounts = parseMounts(files.get('/proc/self/mountinfo') ?? files.get('/proc/mounts') ?? '');
  const ports = infinibandPorts(files);
  const whole = disks.filter((disk) => isWholeDisk(disk.name));
  const state: HostState = { at, all: stat.all, cores: stat.cores, diskBusy: new Map(whole.map((disk) => [disk.name, disk.busy])) };

  cpuCounters(values, stat.all, stat.cores.size);
  put(values, 'host.procsBlocked', stat.procsBlocked);
  put(values, 'host.load1', parseLoad1(files.get('/proc/loadavg') ?? ''));
  if (input.previous !== undefined) gaugesBetween(values, input.previous, state);
  memory(values, files);
  pressure(values, files);
  put(values, 'host.diskRead', sumOf(whole.map((disk) => disk.read)));
  put(values, 'host.diskWrite', sumOf(whole.map((disk) => disk.written)));
  if (whole.length === 1) put(values, 'host.diskBusyTime', whole[0]?.busy); // the largest of several totals is not the busiest disk's
  if (input.scratch !== undefined) scratch(values, input.scratch, mounts, disks);
  const ethernet = network(values, files);
  infiniband(values, ports);
  networkFileSystems(values, files);
  return { values, state, facts: factsOf(values, { mounts, ports, ethernet, ...(input.scratch === undefined ? {} : { scratch: input.scratch }) }) };
}

function cpuCounters(values: Values, all: CpuTimes | null, cores: number): void {
  if (cores > 0) put(values, 'host.cores', cores);
  if (all === null) return;
  put(values, 'host.cpuTime', all.busy);
  put(values, 'host.cpuIdleTime', all.idle);
  put(values, 'host.iowaitTime', all.iowait);
}

function gaugesBetween(values: Values, before: HostState, now: HostState): void {
  const all = before.all === null || now.all === null ? null : sharesBetween(before.all, now.all);
  put(values, 'host.cpu', all?.busy);
  put(values, 'host.iowait', all?.iowait);
  put(values, 'host.steal', all?.steal);
  put(
    values,
    'host.cpuMaxCore',
    maxOf(
      [...now.cores].map(([name, times]) => {
        const earlier = before.cores.get(name);
        return earlier === undefined ? null : (sharesBetween(earlier, times)?.busy ?? null);
      }),
    ),
  );
  const seconds = now.at - before.at;
  if (seconds <= 0) return;
  put(
    values,
    'host.diskBusy',
    maxOf(
      [...now.diskBusy].map(([name, busy]) => {
        const earlier = before.diskBusy.get(name);
        return earlier === undefined || busy < earlier ? null : Math.min(1, (busy - earlier) / seconds);
      }),
    ),
  );
}

/** Shares of a core's time between two samples; null where the counters went back (a restart) or stood still. */
function sharesBetween(before: CpuTimes, now: CpuTimes): { busy: number; iowait: number; steal: number } | null {
  const busy = now.busy - before.busy;
  const idle = now.idle - before.idle;
  const iowait = Math.max(0, now.iowait - before.iowait); // may fall by itself: proc(5) says so
  const steal = Math.max(0, now.steal - before.steal);
  const total = busy + idle + iowait;
  return busy < 0 || idle < 0 || total <= 0 ? null : { busy: busy / total, iowait: iowait / total, steal: steal / total };
}

function memory(values: Values, files: ProcFiles): void {
  const info = parseMemInfo(files.get('/proc/meminfo') ?? '');
  put(values, 'host.memTotal', info.total);
  put(values, 'host.memUsed', info.used);
  put(values, 'host.swapUsed', info.swapUsed);
  const counters = parseVmCounters(files.get('/proc/vmstat') ?? '');
  put(values, 'host.majorFaults', counters.majorFaults);
  put(values, 'host.oomKills', counters.oomKills);
}

// The totals, not avg10: the rate between two samples is the same quantity over our own interval.
function pressure(values: Values, files: ProcFiles): void {
  const io = parsePressure(files.get('/proc/pressure/io') ?? '');
  put(values, 'host.psiCpuTime', parsePressure(files.get('/proc/pressure/cpu') ?? '').some);
  put(values, 'host.psiIoTime', io.some);
  put(values, 'host.psiIoFullTime', io.full);
  put(values, 'host.psiMemTime', parsePressure(files.get('/proc/pressure/memory') ?? '').some);
}

function scratch(values: Values, own: Scratch, mounts: readonly Mount[], disks: readonly DiskCounters[]): void {
  put(values, 'host.scratchTotal', own.total);
  put(values, 'host.scratchUsed', own.used);
  const mount = mountOf(mounts, own.path);
  const disk = disks.find((each) => each.number === mount?.number) ?? disks.find((each) => `/dev/${each.name}` === mount?.source);
  put(values, 'host.scratchRead', disk?.read);
  put(values, 'host.scratchWrite', disk?.written);
}

function network(values: Values, files: ProcFiles): { name: string; speed: number | null }[] {
  const nets = parseNetDev(files.get('/proc/net/dev') ?? '').filter((net) => isEthernet(net.name));
  put(values, 'host.netRx', sumOf(nets.map((net) => net.rx)));
  put(values, 'host.netTx', sumOf(nets.map((net) => net.tx)));
  put(values, 'host.netErrors', sumOf(nets.map((net) => net.errors)));
  const up = nets
    .filter((net) => files.get(`/sys/class/net/${net.name}/operstate`)?.trim() === 'up')
    .map((net) => ({ name: net.name, speed: parseNetSpeed(files.get(`/sys/class/net/${net.name}/speed`) ?? '') }));
  put(values, 'host.netSpeed', maxOf(up.map((net) => net.speed)));
  return up;
}

function infiniband(values: Values, ports: readonly IbPort[]): void {
  put(values, 'host.ibRx', sumOf(ports.map((port) => port.rx)));
  put(values, 'host.ibTx', sumOf(ports.map((port) => port.tx)));
  put(values, 'host.ibWait', sumOf(ports.map((port) => port.wait)));
  put(values, 'host.ibSpeed', sumOf(ports.filter((port) => port.active === true).map((port) => port.rate)));
}

function networkFileSystems(values: Values, files: ProcFiles): void {
  const clients = [parseNfsBytes(files.get('/proc/self/mountstats') ?? '')];
  for (const [path, text] of files) if (/\/llite\/[^/]+\/stats$/.test(path)) clients.push(parseLustreBytes(text));
  put(values, 'host.fsRead', sumOf(clients.map((client) => client.read)));
  put(values, 'host.fsWrite', sumOf(clients.map((client) => client.write)));
}

function factsOf(
  values: Values,
  seen: { mounts: readonly Mount[]; ports: readonly IbPort[]; ethernet: readonly { name: string; speed: number | null }[]; scratch?: Scratch },
): HostSample['facts'] {
  const facts: { name: FactName; value: string }[] = [];
  const list = (name: FactName, items: readonly string[]): void => {
    if (items.length > 0) facts.push({ name, value: [...new Set(items)].sort().join(', ').slice(0, 1000) });
  };
  if (values['host.cores'] !== undefined) facts.push({ name: 'cores', value: String(values['host.cores']) });
  list(
    'netInterfaces',
    seen.ethernet.map((net) => `${net.name}${gigabits(net.speed)}`),
  );
  list(
    'ibPorts',
    seen.ports.filter((port) => port.active === true).map((port) => `${port.name} ${port.layer ?? ''}${gigabits(port.rate)}`),
  );
  list(
    'mounts',
    seen.mounts.filter(isNetworkMount).map((mount) => `${mount.point} (${mount.type})`),
  );
  if (seen.scratch !== undefined) {
    const mount = mountOf(seen.mounts, seen.scratch.path);
    facts.push({ name: 'scratch', value: mount === null ? seen.scratch.path : `${seen.scratch.path} (${mount.type} on ${mount.source})` });
  }
  return facts;
}

function gigabits(speed: number | null): string {
  return speed === null ? '' : ` ${(speed * 8) / 1e9} Gbit/s`;
}
