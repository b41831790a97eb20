import { type EntityKind, METRIC_IDS, type MetricId } from '../../../core/readings/index.ts';
import { type Catalog, newCatalog } from './catalog.ts';
import { DamagedBytes } from './codec/index.ts';
import { openSeriesFile, type SeriesFile } from './file.ts';
import { bytesOf, extendHead, type Head, newHead } from './head.ts';
import { DAY, limits } from './limits.ts';
import { newSources, type Sources } from './sources.ts';
import { sharedTexts } from '../sqlite/index.ts';
import { type CommittedBatch, decodeCommit } from './wal.ts';

/** What chunks an entity has, from the index. */
export interface Extent {
  chunks: number;
  values: number;
  first: number;
  last: number;
  small: number;
  smallRows: number;
}

/** How long readings are kept, in days. */
export interface Retention {
  readonly rawDays: number;
  readonly rollupDays: number;
}

/** The open series file: what the worker keeps in memory beside it. All of it can be made again from the file. */
export interface SeriesState {
  readonly file: SeriesFile;
  readonly retention: Retention;
  readonly catalog: Catalog;
  readonly heads: Map<number, Head>;
  readonly sources: Sources;
  /** Raw chunks per entity. */
  extents: Map<number, Extent>;
  /** Roll-up chunks in all. */
  rollups: number;
  lastWal: number;
  /** Write-ahead rows on disk, oldest first. */
  wal: { id: number; bytes: number }[];
  walBytes: number;
  headBytes: number;
  /** Entities whose readings cannot be sealed, with why, and when it is tried again (seconds UTC). */
  readonly heldBack: Map<number, { readonly name: string; readonly reason: string; readonly retry: number }>;
  /** Entities whose chunks could not be merged or rolled up, and when that is tried again (seconds UTC). */
  readonly skipped: Map<number, number>;
  /** Damage met while reading, once each, for the log. */
  readonly notes: Set<string>;
}

/** Opens the file and takes up everything that was acknowledged before. */
export async function openState(path: string, { rawDays, rollupDays }: Retention): Promise<SeriesState> {
  const file = await openSeriesFile(path);
  const state: SeriesState = {
    file,
    retention: { rawDays, rollupDays },
    catalog: newCatalog(),
    heads: new Map(),
    sources: newSources(),
    extents: new Map(),
    rollups: 0,
    lastWal: 0,
    wal: [],
    walBytes: 0,
    headBytes: 0,
    heldBack: new Map(),
    skipped: new Map(),
    notes: new Set(),
  };
  await loadCatalog(state);
  await loadExtents(state);
  for (const row of file.chunks.all('Source', ['name', 'seqs', 'heard'])) {
    const [name, seqs, heard] = row as [string, string, number]; // we wrote it
    state.sources.load(name, seqs, heard);
  }
  await replay(state);
  return state;
}

/** Raw readings of days before this one (its start, seconds UTC) are not kept. Whole days: one is either all raw or all rolled up. */
export function rawKeptFrom({ retention }: SeriesState, now: number): number {
  return Math.floor((now - retention.rawDays * DAY) / DAY) * DAY;
}

/** Counts the file's chunks anew. */
export async function loadExtents(state: SeriesState): Promise<void> {
  const rows = await state.file.summary(limits.smallRows);
  state.extents = new Map(rows.filter((row) => row.level === 0).map((row) => [row.entity, row]));
  state.rollups = rows.filter((row) => row.level > 0).reduce((sum, row) => sum + row.chunks, 0);
}

async function loadCatalog({ file, catalog }: SeriesState): Promise<void> {
  for (const row of await file.db.metricName.findMany()) {
    catalog.metricNo.set(row.name as MetricId, row.id); // a metric that this version dropped is never asked for
    catalog.metricName.set(row.id, row.name as MetricId);
  }
  let next = Math.max(0, ...catalog.metricName.keys()) + 1;
  const missing = METRIC_IDS.filter((id) => !catalog.metricNo.has(id)).map((name) => ({ id: next++, name }));
  if (missing.length > 0) await file.db.metricName.createMany({ data: missing });
  for (const { id, name } of missing) {
    catalog.metricNo.set(name, id);
    catalog.metricName.set(id, name);
  }
  for (const row of await file.db.metricSet.findMany()) {
    catalog.setNo.set(row.metrics, row.id);
    catalog.setMetrics.set(row.id, row.metrics === '' ? [] : row.metrics.split(',').map((text) => Number.parseInt(text, 10)));
  }
  // Each row has texts of its own, and of many rows the same.
  const shared = sharedTexts();
  for (const row of file.chunks.all('Entity', ['id', 'kind', 'name', 'node', 'sealedTo', 'rolledTo'])) {
    const [no, kind, id, node, sealedTo, rolledTo] = row as [number, EntityKind, string, string | null, number, number | null]; // we wrote it
    catalog.restore({ no, kind: shared(kind), id, node: node === null ? null : shared(node), sealedTo, rolledTo });
  }
}

async function replay(state: SeriesState): Promise<void> {
  for (const entity of state.catalog.entities.values()) state.lastWal = Math.max(state.lastWal, entity.sealedTo);
  let after = -1;
  for (;;) {
    const rows = await state.file.walAfter(after, 64);
    for (const { id, bytes } of rows) {
      after = id;
      replayRow(state, id, bytes);
    }
    if (rows.length === 0) break;
  }
}

function replayRow(state: SeriesState, id: number, bytes: Uint8Array): void {
  state.wal.push({ id, bytes: bytes.length });
  state.walBytes += bytes.length;
  state.lastWal = Math.max(state.lastWal, id);
  try {
    const commit = decodeCommit(bytes);
    for (const { no, kind, id: name, node } of commit.entities) {
      const known = state.catalog.entities.get(no);
      if (known === undefined) {
        state.catalog.restore({ no, kind, id: name, node, sealedTo: 0, rolledTo: null });
        const entity = state.catalog.entities.get(no);
        if (entity !== undefined) state.catalog.unwritten.add(entity);
      } else if (node !== null && known.node !== node) state.catalog.note(kind, name, node); // of most rows this is all: at a start there are many
    }
    for (const batch of commit.batches) takeIn(state, id, batch);
    for (const what of commit.damaged)
      state.notes.add(`write-ahead row ${id}: ${what}: its readings are lost, the others of the row are there. The disk may be failing.`);
  } catch (error) {
    if (!(error instanceof DamagedBytes)) throw error;
    state.notes.add(`write-ahead row ${id} is damaged (${error.message}): its readings are lost. The disk may be failing.`);
  }
}

/** The sender of readings that the store wrote once more itself; no other has no name. */
export const NOBODY = '';

/** Adds a committed batch to the heads, but for what is in chunks already. */
export function takeIn(state: SeriesState, wal: number, batch: CommittedBatch): void {
  if (batch.source !== NOBODY) state.sources.add(batch.source, batch.seq, batch.heard);
  for (const { entity: no, columns } of batch.blocks) {
    const entity = state.catalog.entities.get(no);
    if (entity === undefined || wal <= entity.sealedTo) continue;
    let head = state.heads.get(no);
    if (head === undefined) {
      head = newHead(wal, batch.heard);
      state.heads.set(no, head);
      state.headBytes += bytesOf(head);
    }
    state.headBytes += extendHead(head, columns, wal);
  }
}
