import { type EntityRef, isMetricId, metric, type MetricId } from '../../../core/readings/index.ts';
import type { KnownEntity } from './catalog.ts';
import type { ChunkRow } from './chunks.ts';
import { readHead } from './head.ts';
import { sliceColumns } from './columns.ts';
import { limits } from './limits.ts';
import { readColumns, rowsOfChunks } from './read.ts';
import { refOf } from './range.ts';
import type { SeriesState } from './state.ts';

export interface EntitiesQuery {
  readonly nodes?: readonly string[];
  readonly ids?: readonly string[];
  readonly from: number;
  readonly to: number;
}

export interface PresentEntity {
  readonly entity: EntityRef;
  /** Those that have values, and the gauges that their counters give as rates. */
  readonly metrics: MetricId[];
  readonly first: number;
  readonly last: number;
}

/** Entities with readings in a time: all of the nodes and all of the ids, or every one where neither is given. */
export function entitiesIn(state: SeriesState, { nodes, ids, from, to }: EntitiesQuery): PresentEntity[] {
  const onNodes = new Set(nodes);
  const named = new Set(ids);
  const all = nodes === undefined && ids === undefined;
  const candidates = [...state.catalog.entities.values()].filter(
    (entity) => all || named.has(entity.id) || (entity.node !== null && onNodes.has(entity.node)) || (entity.kind === 'host' && onNodes.has(entity.id)),
  );
  const present: PresentEntity[] = [];
  for (const entity of candidates) {
    const chunks = [0, limits.rollups[0]].flatMap((level) => rowsOfChunks(state, { entity: entity.no, level, from, to }));
    const one = presence(state, { entity, chunks, from, to });
    if (one !== null) present.push(one);
  }
  return present;
}

function presence(
  state: SeriesState,
  { entity, chunks, from, to }: { entity: KnownEntity; chunks: readonly ChunkRow[]; from: number; to: number },
): PresentEntity | null {
  const numbers = new Set<number>();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const note = (t: Float64Array | readonly number[]): void => {
    first = Math.min(first, t[0] ?? first);
    last = Math.max(last, t[t.length - 1] ?? last);
  };
  for (const chunk of chunks) {
    for (const no of state.catalog.setMetrics.get(chunk.set) ?? []) numbers.add(no);
    if (chunk.first >= from && chunk.last < to) note([chunk.first, chunk.last]);
  }
  // A chunk over the edge: only its times say whether any of it lies inside.
  if (chunks.some((chunk) => chunk.first < from || chunk.last >= to)) {
    note(readColumns(state, { entity: entity.no, level: 0, from, to, wanted: new Set() }).t);
  }
  const head = state.heads.get(entity.no);
  if (head !== undefined) {
    const open = sliceColumns(readHead(head), from, to);
    note(open.t);
    if (open.t.length > 0) for (const no of open.columns.keys()) numbers.add(no);
  }
  if (first > last) return null;
  const ids = new Set<MetricId>();
  for (const no of numbers) {
    const id = state.catalog.metricName.get(no);
    if (id === undefined || !isMetricId(id)) continue;
    ids.add(id);
    const rate = metric(id).rate;
    if (rate !== undefined && isMetricId(rate)) ids.add(rate);
  }
  return { entity: refOf(entity), metrics: [...ids], first, last };
}
