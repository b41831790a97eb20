import type { Bottleneck } from '../contract/index.ts';
import { formatPercent, formatValue, HOT_THREAD } from '../readings/index.ts';
import { isLoading, readRate, type WindowShares } from './shares.ts';
import { known, largest, mean } from './stats.ts';
import { CONTRIBUTING, EXPLAINS, INACTIVE, ONE_WAY } from './thresholds.ts';

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
  /** Two things that cannot be told apart: the grade is capped. */
  readonly capped: boolean;
}

/** What empty time waits for, and what the NIC carries, where either was asked. */
export interface Causes {
  readonly empty: Cause | null;
  readonly traffic: Cause | null;
}

const SURE = { candidates: [], missing: [], capped: false } as const;

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
  if (window.demand === true && (work === null || work.running > 0 || work.decodeTokens > 0 || work.prefillTokens > 0)) {
    return {
      ...SURE,
      bottleneck: 'host',
      key: 'host',
      why: `requests were running while no kernel did for ${empty} of the time: scheduling, tokenising, sampling or launching on the host`,
      evidence: [subject.engineName ?? 'engine'],
    };
  }
  return causeOnHost(window) ?? causeUnknown(window);
}

/** What the host's own figures explain: I/O first, then the CPU; null where they show neither. */
function causeOnHost(window: WindowShares): Cause | null {
  const empty = formatPercent(window.empty);
  const io = mean(window.stats, 'host.psiIo');
  const cpu = mean(window.stats, 'host.psiCpu');
  const hot = hottest(window);
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
      candidates: hot >= HOT_THREAD || cpu >= CONTRIBUTING ? ['host'] : [],
      why: `no kernel for ${empty} of the time, with ${seen}`,
      evidence: ['proc'],
    };
  }
  if (!(cpu >= CONTRIBUTING || hot >= HOT_THREAD)) return null;
  const seen = cpu >= CONTRIBUTING ? `CPU pressure ${formatPercent(cpu)}` : `a thread at ${formatPercent(hot)} of a core`;
  return { ...SURE, bottleneck: 'host', key: 'host', why: `no kernel for ${empty} of the time, with ${seen}`, evidence: ['proc'] };
}

function causeUnknown(window: WindowShares): Cause {
  const looked = known(mean(window.stats, 'host.psiIo')) || known(hottest(window));
  return {
    bottleneck: 'unknown',
    key: 'unknown',
    capped: true,
    evidence: [],
    candidates: [...(window.pcie >= CONTRIBUTING ? ['transfer' as const] : []), ...(window.nic >= CONTRIBUTING ? ['network' as const] : []), 'host', 'storage'],
    why: `GPU starved for ${formatPercent(window.empty)} of the time, cause unknown`,
    missing: looked
      ? [
          'what the job waits for: neither I/O pressure nor a busy thread was seen (a lock, a sleep, another node, or a network file system that bypasses the kernel)',
        ]
      : ['host.psiIo, host.cpuMaxThread or the engine’s running requests (run the agent, or headroom-record, on the node)'],
  };
}

/** Loading: from storage where reads or pressure show it, by the host where a thread is at its limit, else not known. */
function causeOfLoading(window: WindowShares): Cause {
  const rise = `device memory rose by ${formatValue(window.memoryRise, 'bytes')} with no token out`;
  const read = readRate((id) => mean(window.stats, id));
  const reads = known(read) && read * window.seconds >= EXPLAINS * window.memoryRise;
  const from = { ...SURE, key: 'loading', evidence: ['nvidia-smi', ...(known(read) ? ['proc'] : [])] };
  if (window.ioPressure || (reads && !(hottest(window) >= HOT_THREAD))) {
    return { ...from, bottleneck: 'storage', why: `loading: ${rise}${known(read) ? `, ${formatValue(read, 'bytes/s')} read` : ''}` };
  }
  if (hottest(window) >= HOT_THREAD) return { ...from, bottleneck: 'host', why: `loading: ${rise}, a thread at its limit` };
  return {
    ...from,
    bottleneck: 'unknown',
    candidates: ['storage', 'host', 'transfer'],
    capped: true,
    why: `loading: ${rise}`,
    missing: ['bytes read (host.fsReadRate, process.readChars) and I/O pressure, to tell storage from the host'],
  };
}

/** The busiest thread in cores; NaN where threads were not looked at. A thread at 100 % is evidence for empty time only: CUDA and engine threads spin. */
function hottest(window: WindowShares): number {
  return largest(mean(window.stats, 'host.cpuMaxThread'), mean(window.stats, 'process.maxThread'), mean(window.stats, 'host.hotThreads') >= 1 ? 1 : Number.NaN);
}

/**
 * What a busy NIC carries (§7.2.2): reading from storage is one-way and the host waits for I/O (or the file systems' own
 * counters account for it); an exchange within a factor of three is between nodes; anything else cannot be separated.
 */
function causeOfTraffic(window: WindowShares): Cause {
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
    capped: true,
    evidence: ['proc'],
    why: `${seen}, one way: network or storage, cannot separate`,
    missing: ['I/O pressure (host.psiIo) or file system counters (host.fsReadRate), to tell storage from network'],
  };
}
