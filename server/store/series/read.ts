import { metric, type MetricId } from '../../../core/readings/index.ts';
import { decodeChunk } from './chunk.ts';
import { DamagedBytes } from './codec/index.ts';
import { type Columns, mergeColumns, sliceColumns } from './columns.ts';
import { readHead } from './head.ts';
import type { SeriesState } from './state.ts';

export interface ReadQuery {
  readonly entity: number;
  /** 0 is raw, otherwise the seconds of a roll-up. */
  readonly level: number;
  readonly from: number;
  readonly to: number;
  /** Metric numbers; all where undefined. */
  readonly wanted?: ReadonlySet<number>;
}

/** One entity's rows with from ≤ t < to, from chunks and (raw) from what is open, as they came. */
export async function readColumns(state: SeriesState, { entity, level, from, to, wanted }: ReadQuery): Promise<Columns> {
  const parts: Columns[] = [];
  for (const chunk of await state.file.chunks(entity, level, from, to)) {
    const metrics = state.catalog.setMetrics.get(chunk.set) ?? [];
    try {
      parts.push(sliceColumns(mergeColumns([decodeChunk(chunk.bytes, level === 0 ? metrics : rollupColumns(metrics), wanted)]), from, to));
    } catch (error) {
      if (!(error instanceof DamagedBytes)) throw error;
      state.notes.add(`chunk ${chunk.id} is damaged (${error.message}): its readings are left out. The disk may be failing.`);
    }
  }
  const head = level === 0 ? state.heads.get(entity) : undefined;
  if (head !== undefined) {
    const open = sliceColumns(readHead(head), from, to);
    const columns = wanted === undefined ? open.columns : new Map([...open.columns].filter(([no]) => wanted.has(no)));
    parts.push({ t: open.t, columns });
  }
  return mergeColumns(parts);
}

/** A roll-up chunk has four columns per metric of its set: minimum, mean, maximum, count. Their numbers are made of the metric's. */
export const ROLLUP_PARTS = { min: 0, mean: 1, max: 2, count: 3 } as const;

export function rollupColumn(metricNo: number, part: keyof typeof ROLLUP_PARTS): number {
  return metricNo * 4 + ROLLUP_PARTS[part];
}

export function rollupColumns(metrics: readonly number[]): number[] {
  return metrics.flatMap((no) => [0, 1, 2, 3].map((part) => no * 4 + part));
}

/** Where a metric's values can come from: its own column, and (a gauge) the counters whose rate it is. */
export function sourcesOf(id: MetricId, all: Iterable<MetricId>): { readonly id: MetricId; readonly counter: boolean }[] {
  const own = { id, counter: metric(id).kind === 'counter' };
  if (own.counter) return [own];
  return [own, ...[...all].filter((other) => metric(other).kind === 'counter' && metric(other).rate === id).map((other) => ({ id: other, counter: true }))];
}
