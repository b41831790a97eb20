import type { EntityRef, Fact, Reading } from '../../core/readings/index.ts';
import { processOf } from '../collector/index.ts';
import { parseCmdline, parsePidIo, parsePidStat, parseUid, type ProcessSample, processUsage, type ProcessUsage, threadGauges } from '../proc/index.ts';
import { llmProcess, redact } from '../command-line/index.ts';
import type { Values } from '../text/index.ts';
import { readFolder, readKernelFile } from './files.ts';
import { threadWatch, type ThreadWatch } from './threads.ts';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** Processes that are followed at a time; with more, those that came first stay. */
const MOST = 64;
/** Bytes of a command line that are read: whoever wrote it decides how long it is. */
const MOST_OF_LINE = 32 * 1024;
/** A process is looked at when it appears and at these ages (in samples) again: what forks first execs a moment later. */
const LOOKS: ReadonlySet<number> = new Set([0, 1, 3, 12]);
const MOST_LOOKS = 500;

export interface ProcessSource {
  /** The LLM processes now, and host gauges made of their threads. */
  sample(at: number, steady: number): { readings: Reading[]; facts: Fact[]; gauges: Values };
  /** Processes that hold a GPU: followed whatever they are called. */
  onGpus(pids: ReadonlySet<number>): void;
  /** Ports that followed engines were told to serve on. */
  ports(): number[];
}

export interface ProcessSourceOptions {
  readonly node: string;
  /** Only this user's processes; null for everybody's (a node's own agent). */
  readonly uid: number | null;
  readonly names: (uid: number) => string;
}

interface Followed {
  readonly entity: EntityRef;
  readonly started: number;
  readonly port: number | null;
  readonly threads: ThreadWatch;
  facts: Fact[];
  last: ProcessSample | undefined;
}

/** Finds and reads the processes of LLM workloads under `/proc`. */
export function processSource({ node, uid, names }: ProcessSourceOptions): ProcessSource {
  const ages = new Map<number, number>();
  const followed = new Map<number, Followed>();
  let gpuPids: ReadonlySet<number> = new Set();

  const look = (pid: number): void => {
    const args = parseCmdline(readKernelFile(`/proc/${pid}/cmdline`, MOST_OF_LINE) ?? '');
    const llm = args.length === 0 ? null : llmProcess(args);
    if (llm === null && !gpuPids.has(pid)) return;
    const stat = parsePidStat(readKernelFile(`/proc/${pid}/stat`) ?? '');
    const owner = parseUid(readKernelFile(`/proc/${pid}/status`) ?? '');
    if (stat === null || owner === null || (uid !== null && owner !== uid)) return;
    const known = followed.get(pid);
    if (known === undefined && followed.size >= MOST) return;
    const entity = processOf(node, pid);
    const fact = (name: Fact['name'], value: string): Fact => ({ entity, name, value });
    const facts = [
      fact('command', redact(args.length > 0 ? args : [stat.comm])),
      fact('user', names(owner)),
      fact('parent', String(stat.parent)),
      ...(llm?.facts ?? []).map((each) => fact(each.name, each.value)),
    ];
    if (known?.started === stat.started) known.facts = facts;
    else followed.set(pid, { entity, started: stat.started, port: portOf(args), facts, threads: threadWatch(pid), last: undefined });
  };

  const findNew = (): void => {
    const now = readFolder('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number.parseInt(name, 10)] : []));
    const present = new Set(now);
    for (const pid of ages.keys()) if (!present.has(pid)) ages.delete(pid);
    for (const pid of followed.keys()) if (!present.has(pid)) followed.delete(pid);
    let looks = 0;
    for (const pid of now) {
      const age = ages.get(pid) ?? 0;
      if (LOOKS.has(age) && (looks += 1) > MOST_LOOKS) continue; // keeps its age: it is its turn next time
      ages.set(pid, age + 1);
      if (LOOKS.has(age)) look(pid);
    }
  };

  return {
    onGpus(pids) {
      for (const pid of pids) if (!gpuPids.has(pid)) ages.delete(pid); // to be looked at again
      gpuPids = pids;
    },
    ports: () => [...followed.values()].flatMap((each) => each.port ?? []),
    sample(at, steady) {
      findNew();
      const readings: Reading[] = [];
      const facts: Fact[] = [];
      const usages: ProcessUsage[] = [];
      for (const [pid, each] of followed) {
        const usage = usageNow(pid, each, steady);
        if (usage === null) {
          followed.delete(pid);
          ages.delete(pid);
          continue;
        }
        const { threads } = usage;
        const hottest = threads.size === 0 ? {} : { 'process.maxThread': Math.max(...threads.values()) };
        usages.push(usage);
        readings.push({ entity: each.entity, at, values: { ...usage.values, ...hottest } });
        facts.push(...each.facts);
      }
      return { readings, facts, gauges: threadGauges(usages) };
    },
  };
}

/** What a process used since it was last asked; null where it has ended, its number another's now. `steady` is seconds since boot. */
function usageNow(pid: number, each: Followed, steady: number): ProcessUsage | null {
  const stat = parsePidStat(readKernelFile(`/proc/${pid}/stat`) ?? '');
  if (stat === null || stat.started !== each.started) return null;
  const io = readKernelFile(`/proc/${pid}/io`);
  const own: ProcessSample = { at: steady, stat, ...(io === null ? {} : { io: parsePidIo(io) }) };
  const { values } = processUsage(own, each.last);
  each.last = own;
  return { values, threads: each.threads.sample(steady, values['process.cpu'] ?? null) };
}

function portOf(args: readonly string[]): number | null {
  const at = args.findIndex((arg) => arg === '--port' || arg.startsWith('--port='));
  const text = at < 0 ? '' : args[at] === '--port' ? (args[at + 1] ?? '') : (args[at] ?? '').slice(7);
  const port = /^\d{1,5}$/.test(text) ? Number.parseInt(text, 10) : 0;
  return port > 0 && port < 65_536 ? port : null;
}

/** Names of user ids: our own, and those in /etc/passwd; the number where neither knows it (a directory service would have to be asked). */
export function userNames(passwd = '/etc/passwd'): (uid: number) => string {
  const known = new Map<number, string>();
  let read = false;
  return (uid) => {
    if (!read) {
      read = true;
      for (const [name, id] of entries(passwd)) known.set(id, name);
      try {
        known.set(userInfo().uid, userInfo().username);
      } catch {
        // a container's user without an entry: the number will do
      }
    }
    return known.get(uid) ?? String(uid);
  };
}

function entries(path: string): [string, number][] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line): [string, number][] => {
        const [name, , id] = line.split(':');
        return name === undefined || id === undefined ? [] : [[name, Number.parseInt(id, 10)]];
      });
  } catch {
    return []; // no such file here: numbers instead of names
  }
}
