import type { Bottleneck } from '../contract/index.ts';
import { formatPercent, formatValue, HOT_THREAD } from '../readings/index.ts';
import { exchangedLinks, isLoading, readRate, type WindowShares } from './shares.ts';
import { copiesUnknown, copyRate, worksSteadily } from './at-rest.ts';
import type { EMPTY_EVIDENCE } from './empty-time.ts';
import { inEmptyTime } from './empty-time.ts';
import { fillsTheTime, wasAskedWhileEmpty } from './looks.ts';
import { firstKnown, known, largest, mean } from './stats.ts';
import { ALL_CORES, BURSTS, CONTRIBUTING, DOMINANT, EXPLAINS, GLANCE_SECONDS, INACTIVE, ONE_WAY } from './thresholds.ts';

/** Why something is so, as a label with its evidence. `unknown` names what it could be and what would tell. */
export interface Cause {
  readonly bottleneck: Bottleneck;
  /** Key in the time tree: host, storage, loading, unknown. */
  readonly key: string;
  readonly candidates: readonly Bottleneck[];
  readonly why: string;
  readonly missing: readonly string[];
  /** Sources that decided. */
  readonly evidence: readonly string[];
  /** Why the grade is capped at a half: two things that cannot be told apart, or counters that are not the job's alone; null where nothing is. */
  readonly doubt: string | null;
}

/** What empty time waits for, and what the NIC carries, where either was asked. */
export interface Causes {
  readonly empty: Cause | null;
  readonly traffic: Cause | null;
}

const SURE = { candidates: [], missing: [], doubt: null } as const;
const TWO_CAUSES = 'two causes that cannot be told apart';
const UNSEEN_WAITING = 'whether the GPU waits was not looked at';
const UNSEEN_COPIES = 'copies were not looked at in both directions, and a thread that waits for one polls';
const NEIGHBOURS = 'the counters are the node’s, and others use it: the cause may be theirs';

/** What empty time and traffic come from, where there is enough of either to ask. */
export function causesOf(window: WindowShares): Causes {
  return {
    empty: known(window.empty) && window.empty >= INACTIVE ? causeOfEmpty(window) : null,
    traffic: known(window.nic) && window.nic >= CONTRIBUTING ? causeOfTraffic(window) : null,
  };
}

/** What the GPU waits for while no kernel runs (§7.2.3), asked in this order: loading, remote caches (§7.3), requests, I/O, CPU. */
function causeOfEmpty(window: WindowShares): Cause {
  const { stats, subject, work } = window;
  const empty = formatPercent(window.empty);
  if (isLoading(window)) return causeOfLoading(window);
  const remote = mean(stats, 'engine.remoteReadTime');
  if (remote >= CONTRIBUTING) {
    return {
      ...SURE,
      bottleneck: 'storage',
      key: 'storage',
      why: `no kernel for ${empty} of the time, remote KV reads took ${formatPercent(remote)}`,
      evidence: ['lmcache'],
    };
  }
  const asked = window.demand === true && (work === null || work.running > 0 || work.decodeTokens > 0 || work.prefillTokens > 0);
  if (asked && !(fillsTheTime(window) && wasAskedWhileEmpty(window))) return causeOnHost(window) ?? nobodyAsked(window);
  if (asked) {
    const staged = subject.stages > 1;
    return {
      ...SURE,
      bottleneck: 'host',
      key: 'host',
      ...(staged ? { candidates: ['overhead' as const], doubt: 'stages of a pipeline wait for each other, which looks the same' } : {}),
      why: `requests were running while no kernel did for ${empty} of the time: scheduling, tokenising, sampling or launching on the host`,
      evidence: [subject.engineName ?? 'engine'],
    };
  }
  return causeOnHost(window) ?? causeOfCopies(window) ?? causeUnknown(window);
}

/**
 * Whether one thread at its limit may be a server’s that nobody asks: no trainer, no list of processes without a server, and not something
 * to do in sample after sample (which long ones would show of a server that is asked now and then).
 */
function maySpinUnasked(window: WindowShares): boolean {
  const { subject } = window;
  if (subject.serving) return true;
  const known = subject.training || subject.noServer || subject.processSays === 'training' || subject.processSays === 'fine-tuning';
  const { touched, busyCount, period } = window.tally;
  return !known && !(touched >= (1 - INACTIVE) * busyCount && period <= GLANCE_SECONDS);
}

function nobodyAsked(window: WindowShares): Cause {
  const { subject, tally } = window;
  const seldom = subject.glances === null ? null : `${subject.glances.toFixed(0)} s`;
  const looks =
    seldom === null
      ? `${formatPercent(tally.asked / tally.looked)} of the looks at the engine saw a request, and kernels ran ${formatPercent(tally.askedBusy / tally.looked)} of that time`
      : `the engine was looked at every ${seldom}, and requests are shorter or come together`;
  return {
    bottleneck: 'unknown',
    key: 'unknown',
    candidates: ['host', 'idle'],
    doubt: TWO_CAUSES,
    evidence: [subject.engineName ?? 'engine'],
    why: `no kernel for ${formatPercent(window.empty)} of the time: nobody asked, or the host was slow; ${looks}`,
    missing: [
      seldom === null
        ? 'how much of each sample was without a request: sample the GPU as often as the engine'
        : `whether a request ran between two looks ${seldom} apart: scrape the engine every 1–2 s`,
    ],
  };
}

/** What the host's own figures explain, as they stood while the GPU was empty: I/O first, then the CPU; null where they show neither. */
function causeOnHost(window: WindowShares): Cause | null {
  const empty = formatPercent(window.empty);
  const io = whileEmpty(window, 'host.psiIo');
  const cpu = cpuAtLimit(window);
  if (window.ioPressure) {
    const seen =
      io >= CONTRIBUTING
        ? `I/O pressure ${formatPercent(io)}`
        : known(window.iowaitCores) && window.iowaitCores >= 1
          ? `${window.iowaitCores.toFixed(1)} cores in I/O wait`
          : 'processes blocked on I/O';
    return {
      ...SURE,
      bottleneck: 'storage',
      key: 'storage',
      candidates: cpu === null ? [] : ['host'],
      doubt: window.subject.shared && !readsItself(window) ? NEIGHBOURS : null,
      why: `no kernel for ${empty} of the time, with ${seen}`,
      evidence: ['proc'],
    };
  }
  if (cpu === null) return null;
  // What waits for a copy or for another node polls for its end: then a thread at its limit is the link's sign as much as the host's.
  const copies = window.pcie >= CONTRIBUTING || copiesUnknown(window);
  const exchanges = cpu.polls && window.nic >= CONTRIBUTING && exchangedLinks(window).includes('nic');
  const unasked = cpu.polls && maySpinUnasked(window);
  const hidden = cpu.polls ? unseenCopies(window) : null;
  const doubt = window.subject.shared && !cpu.own ? NEIGHBOURS : copies || exchanges || unasked ? TWO_CAUSES : hidden === null ? null : UNSEEN_COPIES;
  return {
    ...SURE,
    bottleneck: 'host',
    key: 'host',
    candidates: [
      ...(copies || hidden !== null ? ['transfer' as const] : []),
      ...(exchanges ? ['network' as const] : []),
      ...(unasked ? ['idle' as const] : []),
    ],
    missing: hidden === null ? [] : [hidden],
    doubt,
    why: `no kernel for ${empty} of the time, with ${cpu.seen}`,
    evidence: ['proc'],
  };
}

/** A figure of the host over the empty time; over the window where no bin shows both. */
function whileEmpty({ tally, stats }: WindowShares, id: (typeof EMPTY_EVIDENCE)[number]): number {
  return firstKnown(inEmptyTime(tally.emptyTime, id), mean(stats, id));
}

/** What would show copies that may run unseen; null where both ways were counted. Those of a card that shares memory with its CPU pass PCIe by. */
function unseenCopies({ stats, subject }: WindowShares): string | null {
  if (subject.ceilings !== null && subject.ceilings.unified !== null)
    return 'the copies between CPU and GPU: a profile (nsys), since PCIe does not carry them here';
  if (known(mean(stats, 'gpu.pcieRx')) && known(mean(stats, 'gpu.pcieTx'))) return null;
  return 'copies over PCIe, both ways (DCGM 1009 and 1010, or nvidia-smi dmon -s t): a thread that waits for one polls';
}

/** A sign that the CPU is at its limit while the GPU is empty. */
interface CpuSign {
  readonly seen: string;
  /** The job's own processes show it. */
  readonly own: boolean;
  /** One thread alone, which polling for a copy would show as well. */
  readonly polls: boolean;
}

/** What says that the CPU is at its limit while the GPU is empty; null where nothing does. */
function cpuAtLimit(window: WindowShares): CpuSign | null {
  const pressure = whileEmpty(window, 'host.psiCpu');
  if (pressure >= CONTRIBUTING) return { seen: `CPU pressure ${formatPercent(pressure)}`, own: false, polls: false };
  const all = allCoresBusy(window);
  if (all !== null) return all;
  const own = whileEmpty(window, 'process.maxThread');
  const hot = hottest(window);
  return hot >= HOT_THREAD ? { seen: `a thread at ${formatPercent(hot)} of a core`, own: own >= HOT_THREAD, polls: true } : null;
}

/** All of the cores that the job has are busy while the GPU is empty, with its own processes or on a node of its own; null where they are not. */
function allCoresBusy(window: WindowShares): CpuSign | null {
  const { cores, hostCores, shared } = window.subject;
  const ownCores = whileEmpty(window, 'process.cpu');
  if (cores !== null && ownCores >= ALL_CORES * cores)
    return { seen: `its processes on ${ownCores.toFixed(1)} of ${cores} cores meanwhile`, own: true, polls: false };
  const nodeCores = whileEmpty(window, 'host.cpu') * (hostCores ?? Number.NaN);
  if (!shared && nodeCores >= ALL_CORES * (hostCores ?? Number.NaN))
    return { seen: `${nodeCores.toFixed(0)} of ${hostCores ?? 0} cores busy meanwhile`, own: false, polls: false };
  return null;
}

/**
 * Whether the empty time is the host’s work and no rest: its own processes wait for storage, or all of its cores are busy. One hot
 * thread is such a sign only where the GPU gets a little to do all the time: engines and notebooks that nobody asks spin too.
 */
export function hostWorks(window: WindowShares): boolean {
  if (window.ioPressure && (readsItself(window) || writesItself(window))) return true;
  if (worksSteadily(window) && whileEmpty(window, 'process.maxThread') >= HOT_THREAD) return true;
  return allCoresBusy(window) !== null;
}

/** Whether the job’s own processes do something while the GPU is empty: one computes, or they move more than housekeeping does. */
export function processesWork(window: WindowShares): boolean {
  const moved = largest(...(['readChars', 'readBytes', 'writeChars', 'writeBytes'] as const).map((way) => mean(window.stats, `process.${way}`)));
  return whileEmpty(window, 'process.maxThread') >= HOT_THREAD || moved >= BURSTS.traffic;
}

/** Whether a job’s own bytes are the half of a node’s that makes its counters the job’s. */
function isMostOf(own: number, node: number): boolean {
  return own > 0 && own >= EXPLAINS * node;
}

/** The job’s processes account for half of what the node writes. */
function writesItself({ stats, transmit }: WindowShares): boolean {
  const own = largest(mean(stats, 'process.writeChars'), mean(stats, 'process.writeBytes'));
  const node = largest(mean(stats, 'host.diskWriteRate'), mean(stats, 'host.fsWriteRate'), transmit);
  return isMostOf(own, node);
}

/** The job's processes account for half of what the node reads: its counters are the job's then. */
export function readsItself({ stats, receive }: WindowShares): boolean {
  const own = largest(mean(stats, 'process.readChars'), mean(stats, 'process.readBytes'));
  const node = largest(mean(stats, 'host.diskReadRate'), mean(stats, 'host.fsReadRate'), receive);
  return isMostOf(own, node);
}

/** Copies that take as much of the time as a cause must: no kernel runs while it waits for their bytes. */
function causeOfCopies({ pcie, empty, dcgm }: WindowShares): Cause | null {
  if (!(pcie >= DOMINANT && pcie >= EXPLAINS * empty)) return null;
  return {
    ...SURE,
    bottleneck: 'transfer',
    key: 'transfer',
    why: `no kernel for ${formatPercent(empty)} of the time, while copies took ${formatPercent(pcie)} of PCIe`,
    evidence: [dcgm ? 'dcgm' : 'nvidia-smi'],
  };
}

function causeUnknown(window: WindowShares): Cause {
  const looked = known(mean(window.stats, 'host.psiIo')) || known(hottest(window));
  return {
    bottleneck: 'unknown',
    key: 'unknown',
    doubt: TWO_CAUSES,
    evidence: [],
    candidates: [
      ...(window.pcie >= CONTRIBUTING || copiesUnknown(window) ? ['transfer' as const] : []),
      ...(window.nic >= CONTRIBUTING ? ['network' as const] : []),
      'host',
      'storage',
    ],
    why: `GPU starved for ${formatPercent(window.empty)} of the time, ${copiesUnknown(window) ? `while PCIe carried ${formatValue(copyRate(window), 'bytes/s')} over a line whose speed is not known` : 'cause unknown'}`,
    missing: looked
      ? [
          'what the job waits for: neither I/O pressure nor a busy thread was seen (a lock, a sleep, another node, or a network file system that bypasses the kernel)',
        ]
      : ['I/O pressure, the busiest thread or the engine’s running requests (run the agent, or headroom-record, on the node)'],
  };
}

/** Loading: from storage where reads or pressure show it, by the host where a thread is at its limit, else not known. */
function causeOfLoading(window: WindowShares): Cause {
  const rise = `device memory rose by ${formatValue(window.memoryRise, 'bytes')} with no token out`;
  const read = readRate((id) => mean(window.stats, id));
  const reads = known(read) && read * window.seconds >= EXPLAINS * window.memoryRise;
  const doubt = window.subject.shared && !readsItself(window) ? NEIGHBOURS : null;
  const from = { ...SURE, doubt, key: 'loading', evidence: ['nvidia-smi', ...(known(read) ? ['proc'] : [])] };
  if (window.ioPressure || (reads && !(hottest(window) >= HOT_THREAD))) {
    return { ...from, bottleneck: 'storage', why: `loading: ${rise}${known(read) ? `, ${formatValue(read, 'bytes/s')} read` : ''}` };
  }
  if (hottest(window) >= HOT_THREAD) {
    const own = whileEmpty(window, 'process.maxThread') >= HOT_THREAD;
    return { ...from, doubt: window.subject.shared && !own ? NEIGHBOURS : null, bottleneck: 'host', why: `loading: ${rise}, a thread at its limit` };
  }
  return {
    ...from,
    bottleneck: 'unknown',
    candidates: ['storage', 'host', 'transfer'],
    doubt: TWO_CAUSES,
    why: `loading: ${rise}`,
    missing: ['bytes read from files and I/O pressure, to tell storage from the host'],
  };
}

/** The busiest thread in cores; NaN where threads were not looked at. A thread at 100 % is evidence for empty time only: CUDA and engine threads spin. */
function hottest(window: WindowShares): number {
  const of = (id: 'host.cpuMaxThread' | 'process.maxThread' | 'host.hotThreads') => whileEmpty(window, id);
  return largest(of('host.cpuMaxThread'), of('process.maxThread'), of('host.hotThreads') >= 1 ? 1 : Number.NaN);
}

/**
 * What a busy NIC carries (§7.2.2): reading from storage is one-way and the host waits for I/O (or the file systems' own
 * counters account for it); an exchange within a factor of three is between nodes; anything else cannot be separated.
 */
function causeOfTraffic(window: WindowShares): Cause {
  const cause = kindOfTraffic(window);
  // Reads do not spin kernels (§7.8.4): whether any was waited for, a GPU tells that was seen to be empty.
  if (cause.bottleneck === 'storage' && cause.doubt === null && !known(window.empty)) return { ...cause, doubt: UNSEEN_WAITING };
  return cause.doubt === null && window.subject.shared && !readsItself(window) ? { ...cause, doubt: NEIGHBOURS } : cause;
}

function kindOfTraffic(window: WindowShares): Cause {
  const { receive, transmit } = window;
  const seen = `${window.nicKind} ${formatPercent(window.line)} of the line (in ${formatValue(receive, 'bytes/s')}, out ${formatValue(transmit, 'bytes/s')})`;
  const files = mean(window.stats, 'host.fsReadRate');
  const explained = known(files) && files >= EXPLAINS * receive;
  const writes = mean(window.stats, 'host.fsWriteRate');
  if (receive > ONE_WAY * transmit && (window.ioPressure || explained)) {
    return {
      ...SURE,
      bottleneck: 'storage',
      key: 'storage',
      why: `${seen}, one way, ${explained ? 'as file systems read' : 'while processes wait for I/O'}`,
      evidence: ['proc'],
    };
  }
  if (transmit > ONE_WAY * receive && known(writes) && writes >= EXPLAINS * transmit) {
    return { ...SURE, bottleneck: 'storage', key: 'storage', why: `${seen}, one way, as file systems write`, evidence: ['proc'] };
  }
  if (receive <= ONE_WAY * transmit && transmit <= ONE_WAY * receive) {
    return { ...SURE, bottleneck: 'network', key: 'network', why: `${seen}, both ways: an exchange between nodes`, evidence: ['proc'] };
  }
  return {
    bottleneck: 'unknown',
    key: 'network or storage',
    candidates: ['network', 'storage'],
    doubt: TWO_CAUSES,
    evidence: ['proc'],
    why: `${seen}, one way: network or storage, which it does not tell apart`,
    missing: ['I/O pressure or the counters of file systems, to tell storage from the network'],
  };
}
