import { parseDecimal, splitBlanks } from '../text/index.ts';

/** Ticks per second of every counter that the kernel shows in USER_HZ: 100 on all of Linux's server architectures. */
export const USER_HZ = 100;

/** Cumulative seconds of one core, or of all. `busy` is everything but idle and I/O wait (guest time stands in user time already). */
export interface CpuTimes {
  readonly busy: number;
  readonly idle: number;
  readonly iowait: number;
  readonly steal: number;
}

export interface ProcStat {
  readonly all: CpuTimes | null;
  /** By core number: an off-lined core has no line. */
  readonly cores: ReadonlyMap<string, CpuTimes>;
  readonly procsBlocked: number | null;
}

/** `/proc/stat` (proc(5)). A line that is not as described there is left out: absent. */
export function parseStat(text: string): ProcStat {
  let all: CpuTimes | null = null;
  let procsBlocked: number | null = null;
  const cores = new Map<string, CpuTimes>();
  for (const line of text.split('\n')) {
    if (line.startsWith('cpu')) {
      const cells = splitBlanks(line);
      const times = timesOf(cells);
      const name = cells[0];
      if (times === null || name === undefined) continue;
      if (name === 'cpu') all = times;
      else cores.set(name.slice(3), times);
    } else if (line.startsWith('procs_blocked ')) {
      procsBlocked = parseDecimal(line.slice(14).trim());
    }
  }
  return { all, cores, procsBlocked };
}

/** `/proc/loadavg`: the one-minute load; null where the text is something else. */
export function parseLoad1(text: string): number | null {
  return parseDecimal(splitBlanks(text)[0] ?? '');
}

/** `/proc/uptime`: seconds since boot, a clock that nobody sets; null where the text is something else. */
export function parseUptime(text: string): number | null {
  return parseDecimal(splitBlanks(text)[0] ?? '');
}

// user nice system idle iowait irq softirq steal; kernels before 2.6.11 end earlier and are refused.
function timesOf(cells: readonly string[]): CpuTimes | null {
  const ticks: number[] = [];
  for (let index = 1; index <= 8; index += 1) {
    const value = parseDecimal(cells[index] ?? '');
    if (value === null) return null;
    ticks.push(value);
  }
  const [
    user = Number.NaN,
    nice = Number.NaN,
    system = Number.NaN,
    idle = Number.NaN,
    iowait = Number.NaN,
    irq = Number.NaN,
    softirq = Number.NaN,
    steal = Number.NaN,
  ] = ticks;
  return {
    busy: (user + nice + system + irq + softirq + steal) / USER_HZ,
    idle: idle / USER_HZ,
    iowait: iowait / USER_HZ,
    steal: steal / USER_HZ,
  };
}
