import type { Figure } from '../contract/index.ts';
import { ACHIEVABLE } from '../knowledge/index.ts';
import type { MetricId } from '../readings/index.ts';
import { pipeMath, PIPES } from './pipes.ts';
import type { WindowShares } from './shares.ts';
import { JUDGED, known, mean, orNull } from './stats.ts';
import { FLAGS, type Tally } from './tally.ts';
import { ratesOf } from './work.ts';

/**
 * What was measured in one phase of one GPU (or of an engine or host without one).
 * Means are over the time with demand where an engine shows demand, else over all of it. Absent metrics are absent.
 */
export interface WindowFigures {
  /** Seconds of grid that the phase covers, gaps included. */
  readonly seconds: number;
  /** Grid bins with any reading of the subject. */
  readonly samples: number;
  /** Share of the time without any request running or waiting; null without an engine. */
  readonly idleFraction: number | null;
  /** GPU busy (grActive, else util), 0–1. */
  readonly busy: number | null;
  /** Counters as rates per second, under the gauge's id where core/readings/metrics.ts names one. */
  readonly mean: ReadonlyMap<MetricId, number>;
  /** Share of bins in which a flag (gpu.cap…) was above zero, or a limit passed, by name. */
  readonly fraction: ReadonlyMap<FractionName, number>;
}

/** Things counted per bin rather than averaged. */
const FRACTION_NAMES = [...FLAGS, 'kvFull', 'waiting', 'busy80'] as const;
export type FractionName = (typeof FRACTION_NAMES)[number];

/** The numbers behind the verdict, each with its ceiling and source. */
export function figuresOf(window: WindowShares): Figure[] {
  const { stats, work, subject } = window;
  const engine = subject.engineName ?? 'engine';
  const out: Figure[] = [];
  const add = (label: string, value: number, unit: string, ceiling: number | null | undefined, source: string) => {
    if (known(value) && Number.isFinite(value)) out.push({ label, value, unit, ceiling: ceiling ?? null, source });
  };
  const bandwidth = bandwidthOf(window);
  if (bandwidth !== null) add('Memory bandwidth', bandwidth.value, 'bytes/s', bandwidth.ceiling, bandwidth.source);
  const compute = computeOf(window);
  if (compute !== null) add('Compute', compute.value, 'flop/s', compute.ceiling, compute.source);
  if (work !== null) {
    add('Decode', work.decodeTokens, 'tokens/s', null, engine);
    add('Prefill', work.prefillTokens, 'tokens/s', null, engine);
    add('Requests running', work.running, 'count', subject.engineMaxRunning, engine);
  }
  add('KV cache used', mean(stats, 'engine.kvUsage'), 'ratio', 1, engine);
  add('Training', mean(stats, 'engine.trainTokenRate'), 'tokens/s', null, engine);
  add('GPU busy', window.busy, 'ratio', 1, window.busyFrom === 'engine' ? engine : (window.busyFrom ?? 'nvidia-smi'));
  add('Power', mean(stats, 'gpu.power'), 'watts', orNull(mean(stats, 'gpu.powerLimit')), 'nvidia-smi');
  add('GPU memory', mean(stats, 'gpu.memUsed'), 'bytes', orNull(mean(stats, 'gpu.memTotal')), 'nvidia-smi');
  return out;
}

/** One rate with what is taken for all of it. */
interface Against {
  readonly value: number;
  readonly ceiling: number | null;
  readonly source: string;
}

/**
 * FLOP/s against what the source of the share takes for all of it, at the clock that it ran at (§7.8.2): a pipe's active time ×
 * its peak where the share is a pipe's, else the work by the engine or its model. Null where the pipe has no rate in FLOP/s.
 */
function computeOf({ pipe, compute, computeFrom, work, stats, subject }: WindowShares): Against | null {
  const rates = ratesOf(subject, mean(stats, 'gpu.smClock'));
  if (computeFrom !== 'counter') return work === null ? null : { value: work.flops, ceiling: orNull(rates.compute), source: subject.engineName ?? 'engine' };
  const { ceilings, math } = subject;
  const multiplied = pipe === null || ceilings === null ? null : pipeMath(pipe, math, ceilings.gpu);
  const peak = multiplied === null ? null : (ceilings?.peaks[multiplied] ?? null);
  if (pipe === null || peak === null) return null;
  const ceiling = PIPES[pipe].eta * peak * rates.clock;
  return { value: compute * ceiling, ceiling, source: pipe === 'gpu.tensorActive' ? 'dcgm' : `dcgm, ${PIPES[pipe].name}` };
}

/** Bytes per second against what the source of the share takes for all of it, so that figure and share are one quantity (§7.8.2). */
function bandwidthOf({ memory, memoryFrom, work, subject: { ceilings, engineName } }: WindowShares): Against | null {
  const engine = engineName ?? 'engine';
  if (ceilings === null || memoryFrom === null || memoryFrom === 'model') {
    if (work === null) return null;
    return { value: work.bytes, ceiling: ceilings === null || memoryFrom === null ? null : ceilings.bandwidth * ACHIEVABLE.dramBytes.value, source: engine };
  }
  const ceiling = ceilings.bandwidth * ACHIEVABLE.dramCounter.value;
  return { value: memory * ceiling, ceiling, source: memoryFrom === 'counter' ? 'dcgm' : 'nvidia-smi' };
}

/** A tally as the means that findings and advice look at. */
export function figuresFrom(tally: Tally): WindowFigures {
  const stats = tally.on.bins > 0 ? tally.on : tally.off;
  const means = new Map<MetricId, number>();
  for (const id of JUDGED) {
    const value = mean(stats, id);
    if (known(value)) means.set(id, value);
  }
  const busy = stats === tally.on ? tally.busySum / tally.busyCount : tally.offBusySum / tally.offBusyCount;
  const fraction = new Map<FractionName, number>();
  for (const name of FRACTION_NAMES) {
    const value = fractionOf(tally, name);
    if (known(value)) fraction.set(name, value);
  }
  return {
    seconds: (tally.endBin - tally.firstBin) * tally.period,
    samples: tally.seen,
    idleFraction: tally.seen > 0 ? tally.off.bins / tally.seen : null,
    busy: orNull(busy),
    mean: means,
    fraction,
  };
}

function fractionOf(tally: Tally, name: FractionName): number {
  if (name === 'kvFull') return tally.kvFull / tally.kv;
  if (name === 'waiting') return tally.kv > 0 || tally.waiting > 0 ? tally.waiting / tally.on.bins : Number.NaN;
  if (name === 'busy80') return tally.hot / tally.on.bins;
  return (tally.flags[FLAGS.indexOf(name)] ?? Number.NaN) / tally.loaded;
}
