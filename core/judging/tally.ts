import type { Bins } from './bins.ts';
import { addEmptyTimes, type EmptyTime, emptyTimeOf } from './empty-time.ts';
import { addSlowTimes, type SlowCause, type SlowTime, slowTimeOf } from './slowed.ts';
import { addArrays, addStats, addWhole, cleared, COLUMN, emptyStats, exact, type JudgedMetric, type Lent, NO_STATS, type Stats } from './stats.ts';
import { HOUSEKEEPING, INACTIVE, KV_FULL, TIER_C } from './thresholds.ts';

/** Flags counted in bins with load. */
export const FLAGS = [
  'gpu.capPower',
  'gpu.capHw',
  'gpu.capSwThermal',
  'gpu.capHwThermal',
  'gpu.capBrake',
  'gpu.capApp',
] as const satisfies readonly JudgedMetric[];

const FLAG_COLUMNS = FLAGS.map((id) => COLUMN[id]);

/**
 * What a window adds up to. Tallies of neighbours add, so that a verdict over hours costs no more than over a
 * minute, and a merged phase is judged from everything in it. `off` is the time without demand.
 */
export interface Tally {
  readonly period: number;
  firstBin: number;
  endBin: number;
  seen: number;
  /** Samples in which DCGM's profiling stood still. */
  paused: number;
  readonly on: Stats;
  readonly off: Stats;
  busySum: number;
  busyCount: number;
  offBusySum: number;
  offBusyCount: number;
  /** Bins with load (g ≥ INACTIVE), and of them those with each flag. */
  loaded: number;
  readonly flags: Float64Array;
  /** Time under each cause of slow-down, in bins with load. */
  slowed: Readonly<Record<SlowCause, SlowTime>>;
  /** §7.5.1: samples at 80 % or more, their utilization.memory and power. */
  hot: number;
  hotMemUtil: number;
  hotMemUtilCount: number;
  /** The same by whole per cent of utilization.memory, for its median; of no length where none was seen. */
  hotTraffic: Float64Array;
  /** Power of those near the memory's limit and of those far from it. */
  nearPower: number;
  nearPowerCount: number;
  farPower: number;
  farPowerCount: number;
  hotPower: number;
  hotPowerCount: number;
  /** KV cache: samples, those at KV_FULL, and of these those with requests waiting. */
  kv: number;
  kvFull: number;
  kvFullWaiting: number;
  /** Samples with requests waiting; how many waited, and how many ran, in all of them. */
  waiting: number;
  waitingSum: number;
  waitingRunning: number;
  /** Of the samples in which requests ran: how many of them, and what they held in the KV cache. A sample without one has no pass to be shared. */
  running: number;
  runningCount: number;
  runningKv: number;
  runningKvCount: number;
  runningUsage: number;
  runningUsageCount: number;
  /** Bins in which the engine was looked at and the GPU too, with demand or not: the parts of the looks that saw a request, and how busy it was. */
  looked: number;
  asked: number;
  askedBusy: number;
  askedBusySquares: number;
  /** Device memory at both ends: means over the first and the last quarter, which noise does not move. */
  memoryFirst: number;
  memoryLast: number;
  memorySpread: number;
  /** Samples in which more ran than the housekeeping of an unused card. */
  touched: number;
  /** Power of samples with g < INACTIVE. */
  idlePower: number;
  idlePowerCount: number;
  /** What the host showed while the GPU was empty. */
  emptyTime: EmptyTime;
  /** Seconds between symmetric bursts of link traffic, 0 where none were found (phases.ts). */
  burstSeconds: number;
  /** Tokens per finished request, over this run until the end of this window: for windows in which none finished. */
  soFar: { promptTokens: number; generated: number; requests: number };
}

/** Bins from ≤ i < to. */
interface Cut {
  readonly bins: Bins;
  readonly from: number;
  readonly to: number;
}

/** Adds up bins from ≤ i < to. With `lent` arrays it is valid until they are lent again. */
export function tallyOf(bins: Bins, from: number, to: number, lent?: Lent): Tally {
  const cut = { bins, from, to };
  const idle = countIdle(cut);
  const tally: Tally = {
    period: bins.period,
    firstBin: bins.first + from,
    endBin: bins.first + to,
    seen: 0,
    paused: 0,
    on: idle === to - from ? NO_STATS : lent === undefined ? emptyStats() : cleared(lent.on),
    off: idle === 0 ? NO_STATS : lent === undefined ? emptyStats() : cleared(lent.off),
    busySum: 0,
    busyCount: 0,
    offBusySum: 0,
    offBusyCount: 0,
    loaded: 0,
    flags: new Float64Array(FLAGS.length),
    slowed: { thermal: slowTime('thermal', cut), 'power-brake': slowTime('power-brake', cut) },
    hot: 0,
    hotMemUtil: 0,
    hotMemUtilCount: 0,
    hotTraffic: NO_TRAFFIC,
    nearPower: 0,
    nearPowerCount: 0,
    farPower: 0,
    farPowerCount: 0,
    hotPower: 0,
    hotPowerCount: 0,
    kv: 0,
    kvFull: 0,
    kvFullWaiting: 0,
    waiting: 0,
    waitingSum: 0,
    waitingRunning: 0,
    running: 0,
    runningCount: 0,
    runningKv: 0,
    runningKvCount: 0,
    runningUsage: 0,
    runningUsageCount: 0,
    looked: 0,
    asked: 0,
    askedBusy: 0,
    askedBusySquares: 0,
    memoryFirst: Number.NaN,
    memoryLast: Number.NaN,
    memorySpread: 0,
    touched: 0,
    idlePower: 0,
    idlePowerCount: 0,
    emptyTime: emptyTimeOf(bins, from, to),
    burstSeconds: 0,
    soFar: { promptTokens: 0, generated: 0, requests: 0 },
  };
  for (let i = from; i < to; i += 1) {
    if (bins.seen[i] !== 1) continue;
    tally.seen += 1;
    if (bins.paused?.[i] === 1) tally.paused += 1;
    if (bins.demand[i] === 0) tally.off.bins += 1;
    else tally.on.bins += 1;
  }
  for (let c = 0; c < bins.columns.length; c += 1) {
    const column = bins.columns[c];
    if (column === null || column === undefined) continue;
    if (idle === 0) addWhole(tally.on, c, column, from, to);
    else addColumn(tally, c, column, cut);
  }
  addBusy(tally, cut);
  addEngine(tally, cut);
  addLooks(tally, cut);
  addMemory(tally, cut);
  return tally;
}

function slowTime(cause: SlowCause, { bins, from, to }: Cut): SlowTime {
  return slowTimeOf(cause, { from, to, samples: 1, busy: (bin) => bins.busy[bin] ?? Number.NaN, column: (id) => bins.columns[COLUMN[id]] });
}

/** Bins without demand. */
function countIdle({ bins, from, to }: Cut): number {
  let idle = 0;
  for (let i = from; i < to; i += 1) if (bins.demand[i] === 0) idle += 1;
  return idle;
}

function addColumn(tally: Tally, c: number, column: Float64Array, { bins, from, to }: Cut): void {
  let onSum = 0;
  let onCount = 0;
  let offSum = 0;
  let offCount = 0;
  for (let i = from; i < to; i += 1) {
    const value = column[i] ?? Number.NaN;
    if (value !== value) continue; // NaN: absent
    if (bins.demand[i] === 0) {
      offSum += value;
      offCount += 1;
    } else {
      onSum += value;
      onCount += 1;
    }
  }
  if (onCount > 0) {
    tally.on.sum[c] = onSum;
    tally.on.count[c] = onCount;
  }
  if (offCount > 0) {
    tally.off.sum[c] = offSum;
    tally.off.count[c] = offCount;
  }
}

function addBusy(tally: Tally, { bins, from, to }: Cut): void {
  const flags = FLAG_COLUMNS.map((column) => bins.columns[column] ?? null);
  const flagged = flags.some((column) => column !== null);
  const util = bins.columns[COLUMN['gpu.util']] ?? bins.busy;
  const memUtil = bins.columns[COLUMN['gpu.memUtil']];
  const power = bins.columns[COLUMN['gpu.power']];
  for (let i = from; i < to; i += 1) {
    const busy = bins.busy[i] ?? Number.NaN;
    const watts = power?.[i] ?? Number.NaN;
    if (busy === busy) {
      if (bins.demand[i] === 0) {
        tally.offBusySum += busy;
        tally.offBusyCount += 1;
      } else {
        tally.busySum += busy;
        tally.busyCount += 1;
      }
      if (busy > HOUSEKEEPING) tally.touched += 1;
      if (busy >= INACTIVE) {
        tally.loaded += 1;
        if (flagged) for (let f = 0; f < flags.length; f += 1) if ((flags[f]?.[i] ?? Number.NaN) > 0) tally.flags[f] = (tally.flags[f] ?? Number.NaN) + 1;
      } else if (watts === watts) {
        tally.idlePower += watts;
        tally.idlePowerCount += 1;
      }
    }
    if ((util[i] ?? Number.NaN) >= TIER_C.busy && bins.demand[i] !== 0) {
      tally.hot += 1;
      const traffic = memUtil?.[i] ?? Number.NaN;
      if (traffic === traffic) {
        tally.hotMemUtil += traffic;
        tally.hotMemUtilCount += 1;
        addTraffic(tally, traffic, watts);
      }
      if (watts === watts) {
        tally.hotPower += watts;
        tally.hotPowerCount += 1;
      }
    }
  }
}

/** Whole per cents, 0 to 100. */
const PER_CENTS = 101;
const NO_TRAFFIC = new Float64Array(0);

function addTraffic(tally: Tally, traffic: number, watts: number): void {
  if (tally.hotTraffic.length === 0) tally.hotTraffic = new Float64Array(PER_CENTS);
  const place = Math.min(PER_CENTS - 1, Math.floor(exact((PER_CENTS - 1) * traffic)));
  tally.hotTraffic[place] = (tally.hotTraffic[place] ?? Number.NaN) + 1;
  if (watts !== watts) return;
  if (traffic >= TIER_C.near) {
    tally.nearPower += watts;
    tally.nearPowerCount += 1;
  } else if (traffic < TIER_C.notMemory) {
    tally.farPower += watts;
    tally.farPowerCount += 1;
  }
}

/** What the busy samples' utilization.memory says: its median, and the parts near the limit and far from it; NaN without samples. */
export function trafficOf({ hotTraffic }: Tally): { median: number; near: number; far: number } {
  let all = 0;
  let near = 0;
  let far = 0;
  for (let place = 0; place < hotTraffic.length; place += 1) {
    const count = hotTraffic[place] ?? Number.NaN;
    const traffic = place / (PER_CENTS - 1);
    all += count;
    if (traffic >= TIER_C.near) near += count;
    if (traffic < TIER_C.notMemory) far += count;
  }
  let seen = 0;
  const median = hotTraffic.findIndex((count) => 2 * (seen += count) >= all);
  return all === 0 ? { median: Number.NaN, near: Number.NaN, far: Number.NaN } : { median: median / (PER_CENTS - 1), near: near / all, far: far / all };
}

function addEngine(tally: Tally, { bins, from, to }: Cut): void {
  const kv = bins.columns[COLUMN['engine.kvUsage']];
  const running = bins.columns[COLUMN['engine.running']];
  const waiting = bins.columns[COLUMN['engine.waiting']];
  const cached = bins.columns[COLUMN['engine.kvTokens']];
  if ((kv ?? running ?? waiting ?? null) === null) return;
  for (let i = from; i < to; i += 1) {
    if (bins.demand[i] === 0) continue;
    const used = kv?.[i] ?? Number.NaN;
    const queue = waiting?.[i] ?? Number.NaN;
    if (used === used) {
      tally.kv += 1;
      if (used >= KV_FULL) {
        tally.kvFull += 1;
        if (queue > 0) tally.kvFullWaiting += 1;
      }
    }
    const active = running?.[i] ?? Number.NaN;
    if (active > 0) addRunning(tally, { active, used, held: cached?.[i] ?? Number.NaN });
    if (queue > 0 && active === active) {
      tally.waiting += 1;
      tally.waitingSum += queue;
      tally.waitingRunning += active;
    }
  }
}

function addRunning(tally: Tally, { active, used, held }: { active: number; used: number; held: number }): void {
  tally.running += active;
  tally.runningCount += 1;
  if (held === held) {
    tally.runningKv += held;
    tally.runningKvCount += 1;
  }
  if (used === used) {
    tally.runningUsage += used;
    tally.runningUsageCount += 1;
  }
}

function addLooks(tally: Tally, { bins, from, to }: Cut): void {
  if (bins.asked === null) return;
  for (let i = from; i < to; i += 1) {
    const asked = bins.asked[i] ?? Number.NaN;
    const busy = bins.busy[i] ?? Number.NaN;
    if (asked !== asked || busy !== busy) continue;
    tally.looked += 1;
    tally.asked += asked;
    tally.askedBusy += busy;
    tally.askedBusySquares += busy * busy;
  }
}

function addMemory(tally: Tally, { bins, from, to }: Cut): void {
  const used = bins.columns[COLUMN['gpu.memUsed']];
  if (used === null || used === undefined) return;
  const part = Math.max(1, (to - from) >> 2);
  const first = levelOf(used, from, from + part);
  const last = levelOf(used, to - part, to);
  tally.memoryFirst = first.mean;
  tally.memoryLast = last.mean;
  tally.memorySpread = Math.max(first.deviation, last.deviation);
}

function levelOf(column: Float64Array, from: number, to: number): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let i = from; i < to; i += 1) {
    const value = column[i] ?? Number.NaN;
    if (value !== value) continue;
    sum += value;
    squares += value * value;
    count += 1;
  }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

/** What only adds up over neighbours. */
const SUMS = [
  'seen',
  'paused',
  'busySum',
  'busyCount',
  'offBusySum',
  'offBusyCount',
  'loaded',
  'hot',
  'hotMemUtil',
  'hotMemUtilCount',
  'nearPower',
  'nearPowerCount',
  'farPower',
  'farPowerCount',
  'hotPower',
  'hotPowerCount',
  'kv',
  'kvFull',
  'kvFullWaiting',
  'waiting',
  'waitingSum',
  'waitingRunning',
  'running',
  'runningCount',
  'runningKv',
  'runningKvCount',
  'runningUsage',
  'runningUsageCount',
  'touched',
  'looked',
  'asked',
  'askedBusy',
  'askedBusySquares',
  'idlePower',
  'idlePowerCount',
] as const satisfies readonly (keyof Tally)[];

/** The tally of two neighbours, `a` before `b`. */
export function addTallies(a: Tally, b: Tally): Tally {
  const both = {
    ...a,
    endBin: b.endBin,
    on: addStats(a.on, b.on),
    off: addStats(a.off, b.off),
    flags: addArrays(a.flags, b.flags),
    slowed: { thermal: addSlowTimes(a.slowed.thermal, b.slowed.thermal), 'power-brake': addSlowTimes(a.slowed['power-brake'], b.slowed['power-brake']) },
    hotTraffic: a.hotTraffic.length === 0 ? b.hotTraffic : b.hotTraffic.length === 0 ? a.hotTraffic : addArrays(a.hotTraffic, b.hotTraffic),
    memoryFirst: Number.isNaN(a.memoryFirst) ? b.memoryFirst : a.memoryFirst,
    memoryLast: Number.isNaN(b.memoryLast) ? a.memoryLast : b.memoryLast,
    memorySpread: Math.max(a.memorySpread, b.memorySpread),
    emptyTime: addEmptyTimes(a.emptyTime, b.emptyTime),
    burstSeconds: Math.max(a.burstSeconds, b.burstSeconds),
    soFar: b.soFar,
  };
  for (const key of SUMS) both[key] = a[key] + b[key];
  return both;
}
