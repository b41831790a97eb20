import { type MetricId, rowWidth, type Table } from '../../readings/index.ts';
import { MEMORY_STEP } from '../../judging/index.ts';

/** Memory that grows steadily: bytes per second, bytes in use and in all, seconds until it is full at this pace. */
export interface Growth {
  readonly slope: number;
  readonly used: number;
  readonly total: number;
  readonly secondsToFull: number;
}

/** Shorter than this, or by fewer rows, growth is start-up. */
const LEAST_SECONDS = 600;
const LEAST_ROWS = 20;
/** Rows that a slope is taken over at most: its cost is their square. */
const MOST_ROWS = 64;
/** Of all pairs of rows so many rise: memory that goes up and down is use, not growth. */
const STEADY = 0.9;
/** Growth below this part of the memory over the time looked at is rounding and fragmentation. */
const LEAST_PART = 0.01;

/**
 * How fast a memory fills, over the rows since its last step of a gigabyte (a load, a release): the median of the slopes
 * between all pairs (Theil, Sen), which a few outliers do not move. Null where it does not grow steadily.
 */
export function growthOf(table: Table, period: number, ids: { readonly used: MetricId; readonly total: MetricId }): Growth | null {
  const used = table.columns.get(ids.used);
  const total = [...(table.columns.get(ids.total) ?? [])].reduce((last, value) => (Number.isNaN(value) ? last : value), Number.NaN);
  if (used === undefined || !(total > 0)) return null;
  const rows = thinned(sinceLastStep([...used].map((value, row) => ({ at: table.t[row] ?? Number.NaN, value })).filter(({ value }) => !Number.isNaN(value))));
  const first = rows[0];
  const last = rows[rows.length - 1];
  if (first === undefined || last === undefined || rows.length < LEAST_ROWS || last.at + rowWidth(table.t, period) - first.at < LEAST_SECONDS) return null;
  const slopes = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => (b.value - a.value) / (b.at - a.at))).sort((a, b) => a - b);
  const slope = slopes[slopes.length >> 1] ?? Number.NaN;
  const rising = slopes.filter((one) => one > 0).length / slopes.length;
  if (!(slope > 0) || rising < STEADY || slope * (last.at - first.at) < LEAST_PART * total) return null;
  return { slope, used: last.value, total, secondsToFull: Math.max(0, total - last.value) / slope };
}

interface Row {
  readonly at: number;
  readonly value: number;
}

function sinceLastStep(rows: readonly Row[]): readonly Row[] {
  let start = 0;
  for (let i = 1; i < rows.length; i += 1) {
    if (Math.abs((rows[i]?.value ?? Number.NaN) - (rows[i - 1]?.value ?? Number.NaN)) > MEMORY_STEP) start = i;
  }
  return rows.slice(start);
}

function thinned(rows: readonly Row[]): readonly Row[] {
  const every = Math.ceil(rows.length / MOST_ROWS);
  return rows.filter((_, i) => (rows.length - 1 - i) % every === 0);
}
