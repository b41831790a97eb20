import type { Bins } from './bins.ts';
import { addArrays, COLUMN, exact, type JudgedMetric } from './stats.ts';

/** What the host shows of a GPU's empty time. */
export const EMPTY_EVIDENCE = [
  'host.psiIo',
  'host.psiCpu',
  'host.procsBlocked',
  'host.iowait',
  'host.iowaitTime',
  'host.cpu',
  'host.cpuMaxThread',
  'host.hotThreads',
  'process.maxThread',
  'process.cpu',
] as const satisfies readonly JudgedMetric[];
type EmptyEvidence = (typeof EMPTY_EVIDENCE)[number];

const COLUMNS = EMPTY_EVIDENCE.map((id) => COLUMN[id]);

/** Sums of the host's figures weighed by how empty the GPU was in each bin, and the sums of those weights. */
export interface EmptyTime {
  readonly sum: Float64Array;
  readonly weight: Float64Array;
}

/** Where no bin has both: shared, never written. */
const NONE: EmptyTime = { sum: new Float64Array(COLUMNS.length), weight: new Float64Array(COLUMNS.length) };

/**
 * Evidence for empty time is taken in empty time (§7.8.7): a mean over the window dilutes it. Bins from ≤ i < to, those without
 * demand left out, each weighed by 1 − busy.
 */
export function emptyTimeOf(bins: Bins, from: number, to: number): EmptyTime {
  const present = COLUMNS.map((column) => bins.columns[column] ?? null);
  if (present.every((column) => column === null)) return NONE;
  const out: EmptyTime = { sum: new Float64Array(COLUMNS.length), weight: new Float64Array(COLUMNS.length) };
  present.forEach((column, k) => {
    if (column === null) return;
    let sum = 0;
    let weight = 0;
    for (let i = from; i < to; i += 1) {
      const value = column[i] ?? Number.NaN;
      const empty = 1 - (bins.busy[i] ?? Number.NaN);
      if (value !== value || !(empty > 0) || bins.demand[i] === 0) continue;
      sum += empty * value;
      weight += empty;
    }
    out.sum[k] = sum;
    out.weight[k] = weight;
  });
  return out;
}

/** Both neighbours' empty time. */
export function addEmptyTimes(a: EmptyTime, b: EmptyTime): EmptyTime {
  if (a === NONE) return b;
  if (b === NONE) return a;
  return { sum: addArrays(a.sum, b.sum), weight: addArrays(a.weight, b.weight) };
}

/** Mean of one of the host's figures over the empty time; NaN where it was not seen in any. */
export function inEmptyTime({ sum, weight }: EmptyTime, id: EmptyEvidence): number {
  const k = EMPTY_EVIDENCE.indexOf(id);
  const part = weight[k] ?? Number.NaN;
  return part > 0 ? exact((sum[k] ?? Number.NaN) / part) : Number.NaN;
}
