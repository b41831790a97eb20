import { ACHIEVABLE } from '../knowledge/index.ts';
import type { Bins } from './bins.ts';
import { type HardSegment, hardSegments } from './edges.ts';
import { noiseScale, pelt } from './pelt.ts';
import { COLUMN, type JudgedMetric } from './stats.ts';
import { MIN_SEGMENT_SAMPLES, MIN_SEGMENT_SECONDS, NOISE_FLOOR, PATTERN } from './thresholds.ts';

/** The shortest segment that statistics may find, in bins: ten samples and thirty seconds. */
export function shortestSegment(period: number): number {
  return Math.max(MIN_SEGMENT_SAMPLES, Math.ceil(MIN_SEGMENT_SECONDS / period));
}

/** Edges are sought at a fifth of the shortest segment and placed exactly afterwards: a 25th of the cost. */
export function strideOf(shortest: number): number {
  return Math.max(1, Math.floor(shortest / 5));
}

/** A segment, in bins from the first of those cut. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly gap: boolean;
}

/** Cuts bins into segments: hard edges first, then PELT between them. */
export function segmentsOf(bins: Bins): Segment[] {
  const shortest = shortestSegment(bins.period);
  return hardSegments(bins, shortest).flatMap((hard) => (hard.gap ? [hard] : statistical(bins, hard, shortest)));
}

function statistical(bins: Bins, hard: HardSegment, shortest: number): Segment[] {
  const length = hard.to - hard.from;
  if (length < 2 * shortest) return [{ from: hard.from, to: hard.to, gap: false }];
  const pattern = Math.max(hard.period, periodOfPattern(bins.busy.subarray(hard.from, hard.to)) ?? 0);
  // Whole repetitions are judged, never parts of one.
  const least = Math.max(shortest, 2 * pattern);
  const edges = length < 2 * least ? [] : pelt({ features: featuresOf(bins, hard, least), shortest: least, stride: strideOf(least) });
  const bounds = [0, ...edges, length];
  return bounds.slice(1).map((to, k) => ({ from: hard.from + (bounds[k] ?? 0), to: hard.from + to, gap: false }));
}

/** Rates of the cards and lines of the day, watts and bytes/s: they only bring features to the scale of shares. */
const NOMINAL = { watts: 400, pcie: 25e9, nvlink: 240e9, nic: 10e9 } as const;

/**
 * What phases are told apart by. Nominal link rates only bring rates to the scale of shares: an edge must not depend on
 * what is found out about the hardware later.
 */
const FEATURES: readonly { readonly ids: readonly JudgedMetric[]; readonly scale: (value: number) => number }[] = [
  { ids: ['gpu.tensorActive'], scale: (v) => v / ACHIEVABLE.tensorCounter.value },
  { ids: ['gpu.dramActive'], scale: (v) => v / ACHIEVABLE.dramCounter.value },
  { ids: ['gpu.fp32Active', 'gpu.fp64Active'], scale: (v) => v / ACHIEVABLE.vectorCounter.value },
  { ids: ['gpu.memUtil'], scale: (v) => v },
  { ids: ['gpu.power'], scale: (v) => v / NOMINAL.watts },
  { ids: ['gpu.pcieRx', 'gpu.pcieTx'], scale: (v) => v / NOMINAL.pcie },
  { ids: ['gpu.nvlinkRx', 'gpu.nvlinkTx'], scale: (v) => v / NOMINAL.nvlink },
  { ids: ['host.ibRxRate', 'host.ibTxRate', 'host.netRxRate', 'host.netTxRate'], scale: (v) => v / NOMINAL.nic },
  { ids: ['host.cpu'], scale: (v) => v },
  { ids: ['host.psiIo'], scale: (v) => v },
  { ids: ['engine.generationRate', 'engine.trainTokenRate'], scale: Math.log1p },
  { ids: ['engine.promptRate'], scale: Math.log1p },
];

type Part = Pick<HardSegment, 'from' | 'to'>;

/** The features of bins from ≤ i < to, absent values held, each divided by its own noise within `block` bins; series that never came are left out. */
function featuresOf(bins: Bins, part: Part, block: number): Float64Array[] {
  const out: Float64Array[] = [];
  const add = (columns: readonly (Float64Array | null | undefined)[], scale: (value: number) => number) => {
    const found = columns.filter((column) => column !== null && column !== undefined);
    const filled = found.length === 0 ? null : held(found, part, scale);
    if (filled === null) return;
    const noise = noiseScale(filled, block, NOISE_FLOOR);
    for (let i = 0; i < filled.length; i += 1) filled[i] = (filled[i] ?? Number.NaN) / noise;
    out.push(filled);
  };
  add([bins.busy], (v) => v);
  for (const { ids, scale } of FEATURES)
    add(
      ids.map((id) => bins.columns[COLUMN[id]]),
      scale,
    );
  return out;
}

/** The largest of some columns, scaled, without gaps; null where nothing came or nothing ever changed. */
function held(columns: readonly Float64Array[], { from, to }: Part, scale: (value: number) => number): Float64Array | null {
  const out = new Float64Array(to - from);
  let first = Number.NaN;
  let value = Number.NaN;
  let changes = false;
  for (let i = from; i < to; i += 1) {
    let raw = Number.NaN;
    for (const column of columns) {
      const one = column[i] ?? Number.NaN;
      if (one === one && !(one <= raw)) raw = one;
    }
    if (raw === raw) {
      const scaled = scale(raw);
      if (first !== first) {
        first = scaled;
        out.fill(scaled, 0, i - from);
      } else if (scaled !== first) changes = true;
      value = scaled;
    }
    out[i - from] = value;
  }
  return first === first && changes ? out : null;
}

/** Points looked at: longer series are averaged down, which keeps the cost bounded. */
const POINTS = 256;

/** The period of a repeating pattern, in samples; null where there is none. NaN counts as the mean. O(256²) at most. */
export function periodOfPattern(series: Float64Array): number | null {
  const thin = Math.max(1, Math.ceil(series.length / POINTS));
  const values = thinned(series, thin);
  const n = values.length;
  let square = 0;
  for (const value of values) square += value * value;
  if (n < 2 * PATTERN.repetitions || !(square > 0)) return null;
  let dipped = false;
  let best: { lag: number; r: number } | null = null;
  for (let lag = 1; lag <= Math.floor(n / PATTERN.repetitions); lag += 1) {
    let sum = 0;
    for (let i = lag; i < n; i += 1) sum += (values[i] ?? Number.NaN) * (values[i - lag] ?? Number.NaN);
    const r = sum / (n - lag) / (square / n);
    if (r < PATTERN.dip) {
      if (best !== null) break;
      dipped = true;
    } else if (dipped && r >= PATTERN.peak && (best === null || r > best.r)) best = { lag, r };
  }
  return best === null ? null : best.lag * thin;
}

function thinned(series: Float64Array, thin: number): Float64Array {
  const out = new Float64Array(Math.floor(series.length / thin));
  let total = 0;
  let count = 0;
  for (const value of series) {
    if (Number.isNaN(value)) continue;
    total += value;
    count += 1;
  }
  const mean = total / count;
  for (let i = 0; i < out.length; i += 1) {
    let sum = 0;
    for (let k = 0; k < thin; k += 1) {
      const value = series[i * thin + k] ?? Number.NaN;
      sum += Number.isNaN(value) ? 0 : value - mean;
    }
    out[i] = sum / thin;
  }
  return out;
}
