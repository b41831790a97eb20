import { parseDecimal } from '../text/index.ts';

export interface MemInfo {
  /** Bytes. `used` is total − available: page cache is not use. */
  readonly total: number | null;
  readonly used: number | null;
  readonly swapUsed: number | null;
}

/** `/proc/meminfo`. Without MemAvailable (kernels before 3.14) free + buffers + cached stands in. */
export function parseMemInfo(text: string): MemInfo {
  const kib = keyed(text);
  const total = bytes(kib.get('MemTotal'));
  const available = bytes(kib.get('MemAvailable')) ?? oldAvailable(kib);
  const swapTotal = bytes(kib.get('SwapTotal'));
  const swapFree = bytes(kib.get('SwapFree'));
  return { total, used: less(total, available), swapUsed: less(swapTotal, swapFree) };
}

/** `/proc/vmstat`: the two counters that say that memory ran out. */
export function parseVmCounters(text: string): { majorFaults: number | null; oomKills: number | null } {
  return { majorFaults: counter(text, 'pgmajfault'), oomKills: counter(text, 'oom_kill') };
}

/** One `/proc/pressure/*` file: cumulative seconds in which some, or all, tasks waited. `full` is absent for CPU on older kernels. */
export function parsePressure(text: string): { some: number | null; full: number | null } {
  const total = (kind: string): number | null => {
    const match = new RegExp(`^${kind} .*\\btotal=(\\d+)`, 'm').exec(text);
    const micros = parseDecimal(match?.[1] ?? '');
    return micros === null ? null : micros / 1e6;
  };
  return { some: total('some'), full: total('full') };
}

function keyed(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const match of text.matchAll(/^(\w+):\s+(\d+) kB$/gm)) {
    const value = parseDecimal(match[2] ?? '');
    if (match[1] !== undefined && value !== null) found.set(match[1], value);
  }
  return found;
}

function oldAvailable(kib: ReadonlyMap<string, number>): number | null {
  const free = kib.get('MemFree');
  const buffers = kib.get('Buffers');
  const cached = kib.get('Cached');
  return free === undefined || buffers === undefined || cached === undefined ? null : (free + buffers + cached) * 1024;
}

function counter(text: string, name: string): number | null {
  const match = new RegExp(`^${name} (\\d+)$`, 'm').exec(text);
  return parseDecimal(match?.[1] ?? '');
}

function bytes(kib: number | undefined): number | null {
  return kib === undefined ? null : kib * 1024;
}

function less(total: number | null, rest: number | null): number | null {
  return total === null || rest === null || rest > total ? null : total - rest;
}
