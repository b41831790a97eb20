import type { Static } from 'typebox';
import type { BlockSchema } from '../../core/contract/index.ts';
import { formatLimits, isMetricId, METRICS, type MetricId, plausible } from '../../core/readings/index.ts';

export type Block = Static<typeof BlockSchema>;
export type Reject = (at: string, reason: string) => void;

/** Instants that readings may carry, seconds UTC. */
export interface Window {
  readonly oldest: number;
  readonly newest: number;
  readonly why: { readonly old: string; readonly future: string };
}

/**
 * A block whose entity is already known to be well-formed: rows with bad stamps are dropped, bad values become absent,
 * unknown or mismatched columns are left out, each with its place. Rows come back in order of time, one per instant
 * (the later one in the block wins). Null where nothing is left. A good block comes back as it is, not copied.
 */
export function checkBlock(
  entity: Block['entity'],
  t: readonly unknown[],
  columns: Readonly<Record<string, unknown>>,
  place: string,
  window: Window,
  reject: Reject,
): Block | null {
  const rows = goodRows(t, `${place}/t`, window, reject);
  const kept: Record<string, (number | null)[]> = {};
  let any = false;
  for (const [id, column] of Object.entries(columns)) {
    const at = `${place}/columns/${id}`;
    if (!isMetricId(id)) reject(at, 'no such metric: see the table in core/readings/metrics.ts for the names');
    else if (METRICS[id].entity !== entity.kind) reject(at, `a ${METRICS[id].entity} metric in a block about a ${entity.kind}`);
    else if (!Array.isArray(column)) reject(at, 'expected an array of numbers and nulls');
    else if (column.length !== t.length) reject(at, `${column.length} values for ${t.length} instants`);
    else {
      kept[id] = goodValues(id, column, at, reject);
      any = true;
    }
  }
  if (!any || rows.length === 0) return null;
  if (rows === ALL) return { entity, t: t as number[], columns: kept }; // a parse boundary: goodRows looked at each
  const order = inOrder(t as readonly number[], rows); // as above
  return {
    entity,
    t: order.map((row) => t[row] as number), // as above
    columns: Object.fromEntries(Object.entries(kept).map(([id, column]) => [id, order.map((row) => column[row] ?? null)])),
  };
}

/** Stands for "every row, already in order", so that the common case copies nothing. */
const ALL: readonly number[] = [Number.NaN];

function goodRows(t: readonly unknown[], place: string, window: Window, reject: Reject): readonly number[] {
  let last = Number.NEGATIVE_INFINITY;
  let clean = t.length > 0;
  for (const at of t) {
    if (typeof at !== 'number' || !(at > last) || !(at >= window.oldest && at <= window.newest)) {
      clean = false;
      break;
    }
    last = at;
  }
  if (clean) return ALL;
  const rows: number[] = [];
  t.forEach((at, row) => {
    if (typeof at !== 'number' || !Number.isFinite(at)) reject(`${place}/${row}`, 'expected a number: seconds since 1970-01-01 UTC');
    else if (at < window.oldest) reject(`${place}/${row}`, window.why.old);
    else if (at > window.newest) reject(`${place}/${row}`, window.why.future);
    else rows.push(row);
  });
  return rows;
}

/** Rows in order of time; of rows with one instant the last one stays. */
function inOrder(t: readonly number[], rows: readonly number[]): number[] {
  const byTime = new Map<number, number>();
  for (const row of rows) byTime.set(t[row] ?? Number.NaN, row);
  return [...byTime.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
}

function goodValues(id: MetricId, column: readonly unknown[], place: string, reject: Reject): (number | null)[] {
  const good = (value: unknown) => value === null || (typeof value === 'number' && plausible(id, value));
  if (column.every(good)) return column as (number | null)[]; // a parse boundary: each was looked at
  return column.map((value, row) => {
    if (good(value)) return value as number | null; // as above
    const what = typeof value === 'number' ? `${value} ${METRICS[id].unit}` : JSON.stringify(value).slice(0, 40);
    reject(`${place}/${row}`, `${what} is out of range, expected ${formatLimits(id)}: taken as absent`);
    return null;
  });
}
