import { parseDecimal, splitBlanks } from '../text/index.ts';
import { USER_HZ } from './stat.ts';

/** `/proc/<pid>/stat` or `/proc/<pid>/task/<tid>/stat`. */
export interface PidStat {
  readonly pid: number;
  /** The kernel's name of it, at most 15 characters. */
  readonly comm: string;
  readonly parent: number;
  /** Cumulative seconds in user and kernel mode, children left out. */
  readonly cpu: number;
  readonly threads: number;
  /** Ticks since boot: with the pid it tells one process from another that got its number later. */
  readonly started: number;
  /** Bytes. */
  readonly rss: number;
}

const PAGE = 4096;

/** One stat line; null where it is cut or something else. The name may hold blanks and brackets: it ends at the last bracket. */
export function parsePidStat(text: string): PidStat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const pid = parseDecimal(text.slice(0, open).trim());
  const rest = splitBlanks(text.slice(close + 1));
  const at = (index: number): number | null => parseDecimal(rest[index] ?? '');
  const [parent, user, system, threads, started, pages] = [at(1), at(11), at(12), at(17), at(19), at(21)];
  if (pid === null || parent === null || user === null || system === null || threads === null || started === null || pages === null) return null;
  return { pid, comm: text.slice(open + 1, close), parent, cpu: (user + system) / USER_HZ, threads, started, rss: pages * PAGE };
}

export interface PidIo {
  /** Cumulative bytes through read() and write(): page cache and user-space file systems included. */
  readonly readChars: number | null;
  readonly writeChars: number | null;
  /** Cumulative bytes that storage had to move. */
  readonly readBytes: number | null;
  readonly writeBytes: number | null;
}

/** `/proc/<pid>/io` (readable by the process's owner only). */
export function parsePidIo(text: string): PidIo {
  const value = (name: string): number | null => parseDecimal(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? '');
  return { readChars: value('rchar'), writeChars: value('wchar'), readBytes: value('read_bytes'), writeBytes: value('write_bytes') };
}

/** `/proc/<pid>/cmdline`: arguments end with NUL. A process that set a title (`VLLM::EngineCore`) shows one argument. Empty for kernel threads. */
export function parseCmdline(text: string): string[] {
  const args = text.split('\0');
  while (args.length > 0 && args[args.length - 1] === '') args.pop();
  return args;
}

/** The real user id in `/proc/<pid>/status`; null where the text is something else. */
export function parseUid(text: string): number | null {
  return parseDecimal(/^Uid:\s+(\d+)/m.exec(text)?.[1] ?? '');
}
