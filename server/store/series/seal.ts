import { setText } from './catalog.ts';
import { encodeChunk } from './chunk.ts';
import { type Columns, countValues, rowsOf } from './columns.ts';
import type { NewChunk, Statement } from './file.ts';
import { bytesOf, type Head, readHead } from './head.ts';
import { DAY, limits } from './limits.ts';
import { type Extent, rawKeptFrom, type SeriesState } from './state.ts';

/**
 * Seals the heads that are due, as many as one step handles: full, old, or (under pressure) the oldest. Chunks, what the
 * entities' rows say and the trimming of write-ahead rows are one transaction. Gives how many were sealed and whether
 * more are due.
 */
export async function sealDue(state: SeriesState, { now, pressed }: { now: number; pressed: boolean }): Promise<{ sealed: number; more: boolean }> {
  const due = [...state.heads].filter(([, head]) => pressed || head.rows >= limits.sealRows || now - head.since >= limits.sealAge);
  due.sort(([, a], [, b]) => a.firstWal - b.firstWal);
  const step: [number, Head][] = [];
  let values = 0;
  for (const entry of due) {
    if (values >= limits.stepValues) break;
    step.push(entry);
    values += entry[1].rows * entry[1].columns.size;
  }
  if (step.length > 0) await seal(state, step, now);
  return { sealed: step.length, more: due.length > step.length };
}

async function seal(state: SeriesState, step: readonly (readonly [number, Head])[], now: number): Promise<void> {
  const { file, catalog } = state;
  const chunks: NewChunk[] = [];
  const changes: EntityChanges = new Map();
  const kept = rawKeptFrom(state, now);
  for (const [no, head] of step) {
    const entity = catalog.entities.get(no);
    if (entity === undefined) continue;
    const [earliest, ...others] = await chunksOf(state, { entity: no, wal: head.lastWal, table: readHead(head) });
    if (earliest === undefined) continue;
    chunks.push(earliest, ...others);
    changes.set(no, { sealedTo: head.lastWal, rolledTo: entity.rolledTo === null ? null : Math.min(entity.rolledTo, dayOf(earliest, kept)) });
  }
  const sealedNow = new Set(step.map(([no]) => no));
  const needed = [...state.heads].filter(([no]) => !sealedNow.has(no)).reduce((least, [, head]) => Math.min(least, head.firstWal), state.lastWal + 1);
  await file.transaction([...file.addChunks(chunks), ...entityStatements(state, changes), ...file.writeSources(state.sources.changed()), file.trimWal(needed)]);
  settle(state, changes);
  state.sources.settled();
  for (const chunk of chunks) grow(state.extents, chunk);
  for (const [no, head] of step) {
    state.heads.delete(no);
    state.headBytes -= bytesOf(head);
  }
  state.wal = state.wal.filter((row) => row.id >= needed);
  state.walBytes = state.wal.reduce((sum, row) => sum + row.bytes, 0);
}

/** Late readings reach back into days that were rolled up: those are rolled up again, where their raw readings are still there. */
function dayOf(chunk: NewChunk, kept: number): number {
  return Math.max(Math.floor(chunk.first / DAY) * DAY, kept);
}

/** A raw table as chunks, in order of time. */
export async function chunksOf(state: SeriesState, { entity, wal, table }: { entity: number; wal: number; table: Columns }): Promise<NewChunk[]> {
  const chunks: NewChunk[] = [];
  for (let at = 0; at < table.t.length; at += limits.chunkRows) {
    const chunk = await chunkOf(state, { entity, wal, table: rowsOf(table, at, at + limits.chunkRows) });
    if (chunk !== null) chunks.push(chunk);
  }
  return chunks;
}

/** A table as a chunk, with its set of metrics numbered; null where it has no rows. Columns without any value are left out. */
async function chunkOf(state: SeriesState, { entity, wal, table }: { entity: number; wal: number; table: Columns }): Promise<NewChunk | null> {
  const first = table.t[0];
  const last = table.t[table.t.length - 1];
  if (first === undefined || last === undefined) return null;
  const used = [...table.columns].filter(([, column]) => column.some((value) => !Number.isNaN(value))).map(([metric]) => metric);
  const set = await setOf(state, used);
  const metrics = state.catalog.setMetrics.get(set) ?? [];
  const bytes = encodeChunk(table, metrics);
  return { entity, level: 0, first, last, rows: table.t.length, values: countValues(table), set, wal, bytes };
}

/** What a transaction says of entities; the catalog says it only after the commit, or a failed one would lose readings at the next. */
export type EntityChanges = Map<number, { readonly sealedTo: number; readonly rolledTo: number | null }>;

/** The rows of entities that are new or change, for a transaction; `settle` after it. */
export function entityStatements({ file, catalog }: SeriesState, changes: EntityChanges): Statement[] {
  const changed = [...changes.keys()].flatMap((no) => catalog.entities.get(no) ?? []);
  const rows = [...new Set([...changed, ...catalog.unwritten])];
  if (rows.length === 0) return [];
  return file.writeEntities(
    rows.map((entity) => {
      const { sealedTo, rolledTo } = changes.get(entity.no) ?? entity;
      return [entity.no, entity.kind, entity.id, entity.node, sealedTo, rolledTo] as const;
    }),
  );
}

/** Takes into memory what a transaction with `entityStatements` has written. */
export function settle({ catalog }: SeriesState, changes: EntityChanges): void {
  catalog.unwritten.clear();
  for (const [no, change] of changes) {
    const entity = catalog.entities.get(no);
    if (entity !== undefined) Object.assign(entity, change);
  }
}

/** The number of a set of metrics; a new one is on disk before a chunk can name it. */
export async function setOf({ file, catalog }: SeriesState, metrics: readonly number[]): Promise<number> {
  const text = setText(metrics);
  const known = catalog.setNo.get(text);
  if (known !== undefined) return known;
  const no = Math.max(0, ...catalog.setMetrics.keys()) + 1;
  await file.db.metricSet.create({ data: { id: no, metrics: text } });
  catalog.setNo.set(text, no);
  catalog.setMetrics.set(no, text === '' ? [] : text.split(',').map((part) => Number.parseInt(part, 10)));
  return no;
}

/** Counts a chunk more. */
export function grow(extents: Map<number, Extent>, chunk: Pick<NewChunk, 'entity' | 'first' | 'last' | 'rows' | 'values'>): void {
  const small = chunk.rows < limits.smallRows;
  const extent = extents.get(chunk.entity) ?? { chunks: 0, values: 0, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY, small: 0, smallRows: 0 };
  extents.set(chunk.entity, {
    chunks: extent.chunks + 1,
    values: extent.values + chunk.values,
    first: Math.min(extent.first, chunk.first),
    last: Math.max(extent.last, chunk.last),
    small: extent.small + (small ? 1 : 0),
    smallRows: extent.smallRows + (small ? chunk.rows : 0),
  });
}
