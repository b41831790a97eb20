import { periodOf, type Table } from './columns.ts';

/** Values of several entities on common rows: one array per table, NaN where there is none. `width` is what a row stands for, seconds. */
export interface CommonRows {
  readonly width: number;
  readonly t: Float64Array;
  readonly values: readonly Float64Array[];
}

/** Brings series of different thinning (core/judging/series.ts) to the widest one's rows, by means. */
export function commonRows(tables: readonly Table[], period: number, read: (table: Table) => (row: number) => number): CommonRows {
  const width = Math.max(period, ...tables.map(({ t }) => rowWidth(t, period)));
  const [only] = tables;
  if (only !== undefined && tables.length === 1) return alone(only, width, read(only));
  const slots = tables.map((table) => slotsOf(table, width, read(table)));
  const times = [...new Set(slots.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b);
  return {
    width,
    t: Float64Array.from(times, (slot) => slot * width),
    values: slots.map((one) => Float64Array.from(times, (slot) => one.get(slot) ?? Number.NaN)),
  };
}

/** One series is on its own rows already. */
function alone({ t }: Table, width: number, read: (row: number) => number): CommonRows {
  const times = new Float64Array(t.length);
  const values = new Float64Array(t.length);
  let count = 0;
  for (let row = 0; row < t.length; row += 1) {
    const value = read(row);
    if (Number.isNaN(value)) continue;
    times[count] = Math.floor((t[row] ?? Number.NaN) / width) * width;
    values[count] = value;
    count += 1;
  }
  return { width, t: times.slice(0, count), values: [values.slice(0, count)] };
}

/** Seconds that one row of a series stands for: a power of two of the grid's period. */
export function rowWidth(t: Float64Array, period: number): number {
  const gap = periodOf(t) ?? period;
  return period * 2 ** Math.max(0, Math.round(Math.log2(gap / period)));
}

/** How busy a GPU was, row by row: its own counter, else nvidia-smi's; NaN where neither was measured. */
export function busyOf({ columns }: Table): (row: number) => number {
  const active = columns.get('gpu.grActive');
  const util = columns.get('gpu.util');
  return (row) => {
    const counter = active?.[row] ?? Number.NaN;
    return Number.isNaN(counter) ? (util?.[row] ?? Number.NaN) : counter;
  };
}

function slotsOf({ t }: Table, width: number, read: (row: number) => number): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (let row = 0; row < t.length; row += 1) {
    const value = read(row);
    if (Number.isNaN(value)) continue;
    const slot = Math.floor((t[row] ?? Number.NaN) / width);
    const one = sums.get(slot) ?? { sum: 0, count: 0 };
    sums.set(slot, { sum: one.sum + value, count: one.count + 1 });
  }
  return new Map([...sums].map(([slot, { sum, count }]) => [slot, sum / count]));
}
