import type { MetricId } from '../readings/index.ts';

/** The metrics that a verdict is made from, as they stand after `withRates`: counters are rates. The index is the column of a tally. */
// prettier-ignore
export const JUDGED = [
  'gpu.util', 'gpu.memUtil', 'gpu.memUsed', 'gpu.memTotal', 'gpu.power', 'gpu.powerLimit', 'gpu.smClock', 'gpu.smClockMax',
  'gpu.pcieRx', 'gpu.pcieTx', 'gpu.nvlinkRx', 'gpu.nvlinkTx', 'gpu.grActive', 'gpu.smActive', 'gpu.smOccupancy', 'gpu.tensorActive',
  'gpu.dramActive', 'gpu.fp64Active', 'gpu.fp32Active', 'gpu.fp16Active', 'gpu.immaActive', 'gpu.hmmaActive', 'gpu.dfmaActive',
  'gpu.intActive', 'gpu.capApp', 'gpu.capPower', 'gpu.capHw', 'gpu.capSwThermal', 'gpu.capHwThermal', 'gpu.capBrake',
  'gpu.capPowerTime', 'gpu.capThermalTime', 'gpu.capBrakeTime', 'gpu.processes', 'gpu.present', 'gpu.pcieGen', 'gpu.pcieGenMax',
  'gpu.pcieWidth', 'gpu.pcieWidthMax', 'gpu.temp',
  'engine.running', 'engine.waiting', 'engine.maxRunning', 'engine.kvUsage', 'engine.kvTokens', 'engine.kvTokensMax',
  'engine.promptRate', 'engine.promptTokensComputed', 'engine.promptTokensCached', 'engine.generationRate', 'engine.requests',
  'engine.preemptions', 'engine.stepRate', 'engine.stepTokens', 'engine.forwardTime', 'engine.schedulerTime', 'engine.prefillTime',
  'engine.decodeTime', 'engine.requestPrefillTime', 'engine.requestDecodeTime', 'engine.hostWaitTime', 'engine.flops', 'engine.readBytes', 'engine.writeBytes', 'engine.prefixQueries',
  'engine.prefixHits', 'engine.cacheHitRatio', 'engine.remoteReadTime', 'engine.remoteReadBytes', 'engine.specDrafts', 'engine.specAcceptedTokens', 'engine.trainSteps',
  'engine.trainTokenRate', 'engine.trainTokenRatePerGpu', 'engine.trainStepTime', 'engine.trainFlopRate', 'engine.trainMfu', 'engine.trainRollout',
  'host.cpu', 'host.cpuMaxCore', 'host.cpuMaxThread', 'host.hotThreads', 'host.cores', 'host.iowait', 'host.iowaitTime', 'host.cpuTime',
  'host.procsBlocked', 'host.psiCpu', 'host.psiIo', 'host.psiMem', 'host.diskBusy', 'host.diskReadRate', 'host.diskWriteRate',
  'host.scratchReadRate', 'host.scratchWriteRate', 'host.netRxRate', 'host.netTxRate', 'host.netSpeed', 'host.ibRxRate', 'host.ibTxRate',
  'host.ibSpeed', 'host.ibWait', 'host.fsReadRate', 'host.fsWriteRate',
  'process.cpu', 'process.maxThread', 'process.readChars', 'process.readBytes', 'process.writeChars', 'process.writeBytes',
] as const satisfies readonly MetricId[];

export type JudgedMetric = (typeof JUDGED)[number];

/** Column of each judged metric. */
export const COLUMN: Readonly<Record<JudgedMetric, number>> = Object.fromEntries(JUDGED.map((id, index) => [id, index])) as Record<JudgedMetric, number>; // keys are the list's

const INDEX: ReadonlyMap<string, number> = new Map(JUDGED.map((id, index) => [id, index]));

/** Column of a metric; undefined for one that no verdict looks at. */
export function columnOf(id: MetricId): number | undefined {
  return INDEX.get(id);
}

/** Sums and counts of the judged columns. */
export interface Stats {
  bins: number;
  readonly sum: Float64Array;
  readonly count: Float64Array;
}

/** Of a window without idle time (or without work): shared, never written. */
export const NO_STATS: Stats = { bins: 0, sum: new Float64Array(JUDGED.length), count: new Float64Array(JUDGED.length) };

/** Sums and counts of nothing, one place per judged metric. */
export function emptyStats(): Stats {
  return { bins: 0, sum: new Float64Array(JUDGED.length), count: new Float64Array(JUDGED.length) };
}

/** Arrays that a caller lends for tallies that it drops at once: they are the dearest part of a small one. */
export interface Lent {
  readonly on: Stats;
  readonly off: Stats;
}

/** Arrays to lend, not in use yet. */
export function lentStats(): Lent {
  return { on: emptyStats(), off: emptyStats() };
}

/** The same arrays, counting from nothing again. */
export function cleared(old: Stats): Stats {
  old.bins = 0;
  old.sum.fill(0);
  old.count.fill(0);
  return old;
}

/** Adds the present values from ≤ i < to of a column that was not counted before. */
export function addWhole(stats: Stats, c: number, column: Float64Array, from: number, to: number): void {
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i += 1) {
    const value = column[i] ?? Number.NaN;
    if (value !== value) continue; // NaN: absent
    sum += value;
    count += 1;
  }
  if (count === 0) return;
  stats.sum[c] = sum;
  stats.count[c] = count;
}

/** Sums and counts of both. */
export function addStats(a: Stats, b: Stats): Stats {
  if (b === NO_STATS) return a;
  if (a === NO_STATS) return b;
  return { bins: a.bins + b.bins, sum: addArrays(a.sum, b.sum), count: addArrays(a.count, b.count) };
}

/** Sums place by place, in an array of their own. */
export function addArrays(a: Float64Array, b: Float64Array): Float64Array {
  const out = Float64Array.from(a);
  for (let i = 0; i < out.length; i += 1) out[i] = (out[i] ?? Number.NaN) + (b[i] ?? Number.NaN);
  return out;
}

/** Mean of a judged metric over the samples that have it; NaN where none has. */
export function mean(stats: Stats, id: JudgedMetric): number {
  const column = COLUMN[id];
  const count = stats.count[column] ?? Number.NaN;
  return count > 0 ? exact((stats.sum[column] ?? Number.NaN) / count) : Number.NaN;
}

/** Below this twelve decimals are within the 15 digits of a double. */
const EXACT_BELOW = 1e3;
const TWELVE_DECIMALS = 1e12;

/** A number without what adding and dividing left in its last binary digits, to twelve decimals: the mean of sixty times 0.4 is 0.4 and reaches a threshold of 0.4; no counter knows more. */
export function exact(value: number): number {
  return Math.abs(value) < EXACT_BELOW ? Math.round(value * TWELVE_DECIMALS) / TWELVE_DECIMALS : value;
}

/** How much of the window has a metric, 0–1. */
export function covered(stats: Stats, id: JudgedMetric): number {
  return stats.bins === 0 ? 0 : Math.min(1, (stats.count[COLUMN[id]] ?? Number.NaN) / stats.bins);
}

/** The first of some numbers that is there; NaN when none is. */
export function firstKnown(...values: readonly number[]): number {
  return values.find(known) ?? Number.NaN;
}

/** The largest of those that are there; NaN when none is. */
export function largest(...values: readonly number[]): number {
  let best = Number.NaN;
  for (const value of values) if (known(value) && !(value <= best)) best = value;
  return best;
}

/** Sum of those that are there; NaN when none is. */
export function sumKnown(...values: readonly number[]): number {
  let sum = Number.NaN;
  for (const value of values) if (known(value)) sum = known(sum) ? sum + value : value;
  return sum;
}

/** NaN is core's mark of an absent value. */
export function known(value: number): boolean {
  return value === value;
}

/** For a contract: absent is null there. */
export function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
