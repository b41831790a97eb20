import { workerData } from 'node:worker_threads';
import { type EntityKind, type EntityRef, nodeInName } from '../../../core/readings/index.ts';
import { sweep } from '../../threads/index.ts';
import type { KnownIds } from '../interface/index.ts';
import { serveFile } from '../worker/index.ts';
import { append, isPressed } from './append.ts';
import { entitiesIn, type EntitiesQuery } from './entities.ts';
import { valuesIn } from './head.ts';
import { type PackedGroup, unpackGroup } from './pack-group.ts';
import { range, type RangeQuery } from './range.ts';
import { sealDue } from './seal.ts';
import { openState, type Retention, type SeriesState } from './state.ts';
import { tables, type TablesQuery } from './tables.ts';
import { upkeepStep } from './upkeep.ts';

/** What the series worker can be asked, by the main thread's side of it. */
export type SeriesHandlers = ReturnType<typeof handlersOf>;

function handlersOf(state: SeriesState) {
  return {
    append: ({ group, at }: { group: PackedGroup; at: number }) => append(state, { batches: unpackGroup(group), at }),
    range: async (query: RangeQuery) => range(state, query),
    tables: async (query: TablesQuery) => tables(state, query),
    entities: async (query: EntitiesQuery) => entitiesIn(state, query),
    upkeep: ({ now }: { now: number }) => upkeepStep(state, now),
    /** Seals the oldest open readings while there are too many. */
    relieve: async ({ now }: { now: number }) => {
      const { sealed } = await sealDue(state, { now, pressed: true });
      return sealed > 0 && isPressed(state);
    },
    /** Writes as much as a small commit does, and takes it back: whether it can be. */
    probe: async (_: null) => {
      await state.file.transaction(state.file.trial());
    },
    known: async (_: null) => idsOf(state),
    places: async (_: null) => placesOf(state),
    sweep: async (_: null) => sweep(),
    /** When each node was last heard, by node name. */
    heard: async (_: null) => lastHeard(state),
    stats: async (_: null) => {
      const sealed = [...state.extents.values()].reduce((sum, extent) => sum + extent.values, 0);
      const open = [...state.heads.values()].reduce((sum, head) => sum + valuesIn(head), 0);
      const chunks = [...state.extents.values()].reduce((sum, extent) => sum + extent.chunks, 0);
      const since = [...state.heads.values()].reduce((oldest, head) => Math.min(oldest, head.since), Number.POSITIVE_INFINITY);
      return {
        values: sealed + open,
        chunks: chunks + state.rollups,
        walRows: state.wal.length,
        open: state.heads.size,
        openSince: Number.isFinite(since) ? since : null,
        heldBack: [...state.heldBack.values()].slice(0, 10).map(({ name, reason }) => `${name}: ${reason}`),
        heldBackCount: state.heldBack.size,
      };
    },
    /** Damage met since the last time, for the log. */
    notes: async (_: null) => {
      const notes = [...state.notes];
      state.notes.clear();
      return notes;
    },
    /** What SQLite says of how safely it writes: 2 is FULL. Read after real work, on the connection that does it. */
    durability: async (_: null) => {
      const synchronous = await state.file.db.$queryRaw<{ synchronous: number | bigint }[]>`PRAGMA synchronous`;
      const journal = await state.file.db.$queryRaw<{ journal_mode: string }[]>`PRAGMA journal_mode`;
      return { synchronous: Number(synchronous[0]?.synchronous), journal: journal[0]?.journal_mode ?? '' };
    },
    close: async (_: null) => {
      await state.file.close();
    },
  };
}

function idsOf({ catalog }: SeriesState): KnownIds {
  const ids: Record<EntityKind, string[]> = { gpu: [], host: [], engine: [], process: [] };
  for (const { kind, id } of catalog.entities.values()) ids[kind].push(id);
  return ids;
}

function placesOf(state: SeriesState): { entity: EntityRef; last: number }[] {
  const places: { entity: EntityRef; last: number }[] = [];
  for (const { no, kind, id, node } of state.catalog.entities.values()) {
    const last = lastOf(state, no);
    if (node !== null && nodeInName({ kind, id }) === null && Number.isFinite(last)) places.push({ entity: { kind, id, node }, last });
  }
  return places;
}

/** The latest reading of an entity, seconds UTC; -∞ where it has none. */
function lastOf(state: SeriesState, no: number): number {
  return Math.max(state.extents.get(no)?.last ?? Number.NEGATIVE_INFINITY, state.heads.get(no)?.last ?? Number.NEGATIVE_INFINITY);
}

function lastHeard(state: SeriesState): Map<string, number> {
  const heard = new Map<string, number>();
  for (const entity of state.catalog.entities.values()) {
    const node = entity.node ?? (entity.kind === 'host' ? entity.id : null);
    if (node === null) continue;
    const last = lastOf(state, entity.no);
    if (last > (heard.get(node) ?? Number.NEGATIVE_INFINITY)) heard.set(node, last);
  }
  return heard;
}

const options = workerData as { file: string } & Retention; // given by server/store/series/store.ts
await serveFile(async () => handlersOf(await openState(options.file, options)));
