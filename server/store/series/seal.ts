import { entityKey } from '../../../core/readings/index.ts';
import { failureCode } from '../sqlite/index.ts';
import { setText } from './catalog.ts';
import { encodeChunk } from './chunk.ts';
import { Unencodable } from './codec/index.ts';
import { type Columns, countValues, rowsOf } from './columns.ts';
import type { NewChunk, Statement } from './file.ts';
import { bytesOf, type Head, readHead, rowsAsWritten } from './head.ts';
import { DAY, limits } from './limits.ts';
import { type Extent, NOBODY, rawKeptFrom, type SeriesState } from './state.ts';
import { commitWriter } from './wal.ts';

/**
 * Seals the heads that are due, as many as one step handles: full, old, or (under pressure) the oldest. Chunks, what the
 * entities' rows say and the trimming of write-ahead rows are one transaction. An entity that cannot be sealed is held back by
 * itself. Gives how many were sealed and whether more are due.
 */
export async function sealDue(state: SeriesState, { now, pressed }: { now: number; pressed: boolean }): Promise<{ sealed: number; more: boolean }> {
  const due = [...state.heads].filter(([no, head]) => {
    const held = state.heldBack.get(no);
    if (held !== undefined && now < held.retry) return false;
    return pressed || head.rows >= limits.sealRows || now - head.since >= limits.sealAge;
  });
  due.sort(([, a], [, b]) => a.firstWal - b.firstWal);
  const step: [number, Head][] = [];
  let values = 0;
  for (const entry of due) {
    if (values >= limits.stepValues) break;
    step.push(entry);
    values += entry[1].rows * entry[1].metrics.length;
  }
  const sealed = step.length === 0 ? 0 : await write(state, await encoded(state, step, now), now);
  await makeRoom(state);
  return { sealed, more: due.length > step.length };
}

/** A head with its chunks, ready to be written. */
interface Ready {
  readonly no: number;
  readonly head: Head;
  readonly chunks: readonly NewChunk[];
}

async function encoded(state: SeriesState, step: readonly (readonly [number, Head])[], now: number): Promise<Ready[]> {
  const ready: Ready[] = [];
  for (const [no, head] of step) {
    try {
      ready.push({ no, head, chunks: await chunksOf(state, { entity: no, wal: head.lastWal, table: readHead(head) }) });
    } catch (error) {
      if (isEverybodys(error)) throw error;
      holdBack(state, { no, error, now });
    }
  }
  return ready;
}

/** Writes all of them in one commit; where that fails for one's sake, halves of them, until that one is alone. Gives how many are written. */
async function write(state: SeriesState, ready: readonly Ready[], now: number): Promise<number> {
  if (ready.length === 0) return 0;
  try {
    await commit(state, ready, now);
    return ready.length;
  } catch (error) {
    if (isEverybodys(error)) throw error;
    const [only, ...others] = ready;
    if (only !== undefined && others.length === 0) {
      holdBack(state, { no: only.no, error, now });
      return 0;
    }
    const middle = Math.ceil(ready.length / 2);
    return (await write(state, ready.slice(0, middle), now)) + (await write(state, ready.slice(middle), now));
  }
}

/** A full disk and a locked file are nobody's own fault: what waits for them is tried again as it is. */
export function isEverybodys(error: unknown): boolean {
  const code = failureCode(error);
  return code === 'busy' || code === 'full';
}

function holdBack(state: SeriesState, { no, error, now }: { no: number; error: unknown; now: number }): void {
  const entity = state.catalog.entities.get(no);
  const reason = error instanceof Error ? error.message : String(error);
  const name = entity === undefined ? `entity ${no}` : entityKey(entity);
  if (!state.heldBack.has(no)) state.notes.add(`the readings of ${name} cannot be sealed (${reason}): they stay in the write-ahead log, and are tried again.`);
  state.heldBack.set(no, { name, reason, retry: now + limits.sealRetry });
}

async function commit(state: SeriesState, ready: readonly Ready[], now: number): Promise<void> {
  const { file, catalog } = state;
  const changes: EntityChanges = new Map();
  const kept = rawKeptFrom(state, now);
  for (const { no, head, chunks } of ready) {
    const entity = catalog.entities.get(no);
    const [earliest] = chunks;
    if (entity === undefined || earliest === undefined) continue;
    changes.set(no, { sealedTo: head.lastWal, rolledTo: entity.rolledTo === null ? null : Math.min(entity.rolledTo, dayOf(earliest, kept)) });
  }
  const chunks = ready.flatMap((one) => one.chunks);
  const sealedNow = new Set(ready.map(({ no }) => no));
  const needed = [...state.heads].filter(([no]) => !sealedNow.has(no)).reduce((least, [, head]) => Math.min(least, head.firstWal), state.lastWal + 1);
  await file.transaction([...file.addChunks(chunks), ...entityStatements(state, changes), ...file.writeSources(state.sources.changed()), file.trimWal(needed)]);
  settle(state, changes);
  state.sources.settled();
  for (const chunk of chunks) grow(state.extents, chunk);
  for (const { no } of ready) close(state, no);
  trimmed(state, needed);
}

function close(state: SeriesState, no: number): void {
  const head = state.heads.get(no);
  if (head !== undefined) state.headBytes -= bytesOf(head);
  state.heads.delete(no);
  state.heldBack.delete(no);
}

function trimmed(state: SeriesState, needed: number): void {
  state.wal = state.wal.filter((row) => row.id >= needed);
  state.walBytes = state.wal.reduce((sum, row) => sum + row.bytes, 0);
}

/**
 * What is held back keeps every later write-ahead row on disk. Before that presses the others, it is written once more by itself, into a
 * row at the end; and what fills the memory although it cannot be sealed is given up, and told.
 */
async function makeRoom(state: SeriesState): Promise<void> {
  const held = [...state.heads].filter(([no]) => state.heldBack.has(no));
  if (held.length === 0 || state.walBytes < limits.openBytes / 2) return;
  const row = commitWriter();
  let bytes = 0;
  for (const [no, head] of held) {
    bytes += bytesOf(head);
    try {
      if (bytes > limits.openBytes / 4) throw new Unencodable('they take too much memory');
      row.batch({ source: NOBODY, seq: 0, heard: head.since, blocks: [{ entity: no, columns: rowsAsWritten(head) }] });
    } catch (error) {
      if (!(error instanceof Unencodable)) throw error;
      state.notes.add(`readings of ${state.heldBack.get(no)?.name ?? no} are given up, ${head.rows} rows: they cannot be sealed, and ${error.message}.`);
      close(state, no);
    }
  }
  const id = state.lastWal + 1;
  const written = row.bytes();
  const others = [...state.heads].filter(([no]) => !state.heldBack.has(no));
  const needed = others.reduce((least, [, head]) => Math.min(least, head.firstWal), id);
  // Sources go along: the rows that named them may be gone after this.
  await state.file.transaction([state.file.appendWal(id, written), ...state.file.writeSources(state.sources.changed()), state.file.trimWal(needed)]);
  state.sources.settled();
  state.lastWal = id;
  state.wal.push({ id, bytes: written.length });
  for (const [no] of held) {
    const head = state.heads.get(no);
    if (head !== undefined) Object.assign(head, { firstWal: id, lastWal: id });
  }
  trimmed(state, needed);
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
