import { periodOf } from '../columns.ts';
import type { JudgedGpu } from '../judged.ts';

/** GPU busy of some GPUs on common rows: one array per GPU, NaN where it was not measured. */
export interface Aligned { readonly width: number; readonly t: Float64Array; readonly busy: readonly Float64Array[] }

/** Brings series of different thinning to the widest one's rows, by means. */
export function alignedBusy(gpus: readonly JudgedGpu[], period: number): Aligned {
  const width = Math.max(period, ...gpus.map(({ series }) => rowWidth(series.t, period)));
  const slots = gpus.map((gpu) => slotsOf(gpu, width));
  const times = [...new Set(slots.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b);
  return {
    width, t: Float64Array.from(times, (slot) => slot * width),
    busy: slots.map((one) => Float64Array.from(times, (slot) => one.get(slot) ?? Number.NaN)),
  };
}

/** Seconds that one row of a series stands for: a power of two of the grid's period. */
export function rowWidth(t: Float64Array, period: number): number {
  const gap = periodOf(t) ?? period;
  return period * 2 ** Math.max(0, Math.round(Math.log2(gap / period)));
}

function slotsOf({ series }: JudgedGpu, width: number): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  const active = series.columns.get('gpu.grActive');
  const util = series.columns.get('gpu.util');
  for (let i = 0; i < series.t.length; i += 1) {
    const counter = active?.[i] ?? Number.NaN;
    const value = Number.isNaN(counter) ? util?.[i] ?? Number.NaN : counter;
    if (Number.isNaN(value)) continue;
    const slot = Math.floor((series.t[i] ?? Number.NaN) / width);
    const one = sums.get(slot) ?? { sum: 0, count: 0 };
    sums.set(slot, { sum: one.sum + value, count: one.count + 1 });
  }
  return new Map([...sums].map(([slot, { sum, count }]) => [slot, sum / count]));
}
