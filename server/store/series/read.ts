import { mergeColumns, metric, METRIC_IDS, type MetricId } from '../../../core/readings/index.ts';
import { failureCode } from '../sqlite/index.ts';
import type { ChunkRow } from './chunks.ts';
import { DamagedBytes } from './codec/index.ts';
import { type Columns, sliceColumns } from './columns.ts';
import { readHead } from './head.ts';
import type { SeriesState } from './state.ts';

export interface ReadQuery {
  readonly entity: number;
  /** 0 is raw, otherwise the seconds of a roll-up. */
  readonly level: number;
  readonly from: number;
  readonly to: number;
  /** Metric numbers; all where undefined. Named ones stay decoded for who asks next. */
  readonly wanted?: ReadonlySet<number>;
}

/** One entity's rows with from ≤ t < to, from chunks and (raw) from what is open, as one table. */
export function readColumns(state: SeriesState, query: ReadQuery): Columns {
  return mergeColumns(written(state, query));
}

/** The same as tables that follow one another in time: one, where what was written does not. */
export function readParts(state: SeriesState, query: ReadQuery): readonly Columns[] {
  const parts = written(state, query)
    .filter(({ t }) => t.length > 0)
    .sort((a, b) => (a.t[0] ?? Number.NaN) - (b.t[0] ?? Number.NaN));
  const follow = parts.every(({ t }, index) => index === 0 || (t[0] ?? Number.NaN) > (parts[index - 1]?.t.at(-1) ?? Number.NaN));
  return follow ? parts : [readColumns(state, query)];
}

/** What there is in the order of its writing, each part in order of time. */
function written(state: SeriesState, query: ReadQuery): Columns[] {
  const { entity, level, from, to, wanted } = query;
  const parts: Columns[] = [];
  for (const chunk of rowsOfChunks(state, { entity, level, from, to })) {
    const table = columnsOf(state, chunk, query);
    if (table !== null) parts.push(sliceColumns(table, from, to));
  }
  const head = level === 0 ? state.heads.get(entity) : undefined;
  if (head !== undefined) {
    const open = sliceColumns(readHead(head), from, to);
    const columns = wanted === undefined ? open.columns : new Map([...open.columns].filter(([no]) => wanted.has(no)));
    parts.push({ t: open.t, columns });
  }
  return parts;
}

/** Chunks of an entity that overlap a time; none where the index is damaged there, which is noted. */
export function rowsOfChunks({ file, notes }: SeriesState, { entity, level, from, to }: ReadQuery): ChunkRow[] {
  try {
    return file.chunks.rows(entity, level, from, to);
  } catch (error) {
    if (failureCode(error) !== 'damaged') throw error;
    notes.add(`the list of chunks is damaged (${error instanceof Error ? error.message : String(error)}): some readings are left out. ${REMEDY}`);
    return [];
  }
}

const REMEDY = 'The disk may be failing: stop the service and run headroom store check.';

/** A chunk's columns; null where it is damaged, which is noted. */
export function columnsOf({ file, catalog, notes }: SeriesState, chunk: ChunkRow, { level, wanted }: Pick<ReadQuery, 'level' | 'wanted'>): Columns | null {
  const metrics = catalog.setMetrics.get(chunk.set) ?? [];
  try {
    return file.chunks.columns(chunk, level === 0 ? metrics : rollupColumns(metrics), wanted);
  } catch (error) {
    if (!(error instanceof DamagedBytes) && failureCode(error) !== 'damaged') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    notes.add(`chunk ${chunk.id} is damaged (${reason}): its readings are left out. ${REMEDY}`);
    return null;
  }
}

/** A roll-up chunk has four columns per metric of its set: minimum, mean, maximum, count. Their numbers are made of the metric's. */
export const ROLLUP_PARTS = { min: 0, mean: 1, max: 2, count: 3 } as const;

/** The number of one part's column of a metric. */
export function rollupColumn(metricNo: number, part: keyof typeof ROLLUP_PARTS): number {
  return metricNo * 4 + ROLLUP_PARTS[part];
}

/** The numbers of all four columns of each metric, in the order in which a chunk holds them. */
export function rollupColumns(metrics: readonly number[]): number[] {
  return metrics.flatMap((no) => [0, 1, 2, 3].map((part) => no * 4 + part));
}

/** Where a metric's values can come from: its own column, and (a gauge) the counters whose rate it is. */
export interface Source {
  readonly id: MetricId;
  readonly counter: boolean;
}

const SOURCES = new Map<MetricId, readonly Source[]>(METRIC_IDS.map((id) => [id, sourcesOfAny(id)]));

/** The sources of a metric, its own column first: a gauge that the tool printed itself wins. */
export function sourcesOf(id: MetricId): readonly Source[] {
  return SOURCES.get(id) ?? [];
}

function sourcesOfAny(id: MetricId): Source[] {
  const own = { id, counter: metric(id).kind === 'counter' };
  if (own.counter) return [own];
  return [own, ...METRIC_IDS.filter((other) => metric(other).kind === 'counter' && metric(other).rate === id).map((other) => ({ id: other, counter: true }))];
}
