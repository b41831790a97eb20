import { parseCmdline, parsePidIo, parsePidStat, type PidIo, type PidStat } from './pid.ts';

/** One process in a recorded sample. */
export interface RecordedProcess {
  readonly stat: PidStat;
  readonly io?: PidIo;
  readonly args: readonly string[];
  /** Cumulative CPU seconds by thread id, of the threads that were recorded. */
  readonly threads: ReadonlyMap<number, number>;
}

const OWN = /^\/proc\/(\d+)\/(stat|io|cmdline)$/;
const THREAD = /^\/proc\/(\d+)\/task\/(\d+)\/stat$/;

/** The processes in a set of `/proc/<pid>/…` files; one without a readable stat line is left out. */
export function recordedProcesses(files: ReadonlyMap<string, string>): RecordedProcess[] {
  const found = new Map<string, { stat?: PidStat; io?: PidIo; args?: string[]; threads: Map<number, number> }>();
  const entry = (pid: string) => {
    const own = found.get(pid) ?? { threads: new Map<number, number>() };
    found.set(pid, own);
    return own;
  };
  for (const [path, text] of files) {
    if (!path.startsWith('/proc/')) continue;
    const own = OWN.exec(path);
    const thread = own === null ? THREAD.exec(path) : null;
    if (own?.[2] === 'io') entry(own[1] ?? '').io = parsePidIo(text);
    if (own?.[2] === 'cmdline') entry(own[1] ?? '').args = parseCmdline(text.replace(/\n$/, ''));
    if (own?.[2] !== 'stat' && thread === null) continue;
    const stat = parsePidStat(text);
    if (stat === null) continue;
    if (thread === null) entry(own?.[1] ?? '').stat = stat;
    else entry(thread[1] ?? '').threads.set(stat.pid, stat.cpu);
  }
  const processes: RecordedProcess[] = [];
  for (const { stat, io, args, threads } of found.values()) {
    if (stat !== undefined) processes.push({ stat, ...(io === undefined ? {} : { io }), args: args ?? [], threads });
  }
  return processes;
}
