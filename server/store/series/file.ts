import { join } from 'node:path';
import { packageRoot } from '../../settings/index.ts';
import { Prisma, PrismaClient } from '../generated/series/client.ts';
import { type ChunkRow, openChunks } from './chunks.ts';
import { inserts, migrate, oneConnectionAdapter } from '../sqlite/index.ts';

/** A statement of a transaction; nothing runs until the whole is handed over. */
export type Statement = ReturnType<PrismaClient['$executeRaw']>;

/** A chunk that is to be written. */
export type NewChunk = Omit<ChunkRow, 'id'> & { readonly level: number; readonly bytes: Uint8Array<ArrayBuffer> };

/** An entity's row, as `writeEntities` takes it. */
type EntityRow = readonly [no: number, kind: string, id: string, node: string | null, sealedTo: number, rolledTo: number | null];

/** How many chunks an entity has at a level, how far they reach (seconds UTC), how many are small. */
interface Summary {
  readonly entity: number;
  readonly level: number;
  readonly chunks: number;
  readonly values: number;
  readonly small: number;
  readonly smallRows: number;
  readonly first: number;
  readonly last: number;
}

/** The series file's statements, table by table. */
export type SeriesFile = Awaited<ReturnType<typeof openSeriesFile>>;

/**
 * Brings the file up to date and opens it; throws where it cannot be. Statements are raw SQL where rows hold bytes (Prisma's
 * models read them at a third of the speed) and where many rows go in one statement.
 */
export async function openSeriesFile(file: string) {
  await migrate(file, join(packageRoot(), 'prisma', 'series', 'migrations'));
  const db = new PrismaClient({ adapter: oneConnectionAdapter(file) });
  await db.$connect();
  const chunks = openChunks(file);
  return {
    db,
    chunks,
    ...walTable(db),
    ...chunkTable(db),
    ...catalogTables(db),

    close: async (): Promise<void> => {
      chunks.close();
      await db.$disconnect();
    },

    /** All or nothing, on disk when it resolves. */
    transaction: async (statements: Statement[]): Promise<void> => {
      if (statements.length > 0) await db.$transaction(statements);
    },
  };
}

/** What was acknowledged and is in no chunk yet. */
function walTable(db: PrismaClient) {
  return {
    appendWal: (id: number, bytes: Uint8Array<ArrayBuffer>): Statement => db.$executeRaw`INSERT INTO "Wal" (id, bytes) VALUES (${id}, ${bytes})`,

    /** Write-ahead rows after `id`, oldest first, some at a time. */
    walAfter: async (id: number, most: number) => {
      const rows = await db.$queryRaw<{ id: bigint; bytes: Uint8Array }[]>`SELECT id, bytes FROM "Wal" WHERE id > ${id} ORDER BY id LIMIT ${most}`;
      return rows.map((row) => ({ id: Number(row.id), bytes: row.bytes }));
    },

    /** A row that no replay sees, and its end. */
    trial: (): Statement[] => [db.$executeRaw`INSERT INTO "Wal" (id, bytes) VALUES (-2, zeroblob(65536))`, db.$executeRaw`DELETE FROM "Wal" WHERE id = -2`],

    trimWal: (before: number): Statement => db.$executeRaw`DELETE FROM "Wal" WHERE id < ${before}`,
  };
}

/** Sealed readings and roll-ups; what is read of them at every question goes through `Chunks`. */
function chunkTable(db: PrismaClient) {
  return {
    addChunks: (chunks: readonly NewChunk[]): Statement[] =>
      inserts(
        db,
        'INSERT INTO "Chunk" (entity, level, first, last, rows, "values", "set", wal, bytes)',
        chunks.map((chunk) => [chunk.entity, chunk.level, chunk.first, chunk.last, chunk.rows, chunk.values, chunk.set, chunk.wal, chunk.bytes]),
      ),

    dropChunks: (ids: readonly number[]): Statement[] => (ids.length === 0 ? [] : [db.$executeRaw`DELETE FROM "Chunk" WHERE id IN (${Prisma.join([...ids])})`]),

    /** Roll-ups of an entity that overlap from ≤ t < to, seconds UTC. */
    dropRollups: (entity: number, from: number, to: number): Statement =>
      db.$executeRaw`DELETE FROM "Chunk" WHERE entity = ${entity} AND level > 0 AND last >= ${from} AND first < ${to}`,

    /** One row per entity and level; a chunk of fewer than `smallRows` rows is small. */
    summary: async (smallRows: number): Promise<Summary[]> => {
      const rows = await db.$queryRaw<Record<keyof Summary, number | bigint>[]>`
        SELECT entity, level, COUNT(*) AS chunks, MIN(first) AS first, MAX(last) AS last, SUM("values") AS "values",
          SUM(rows < ${smallRows}) AS small, SUM(CASE WHEN rows < ${smallRows} THEN rows ELSE 0 END) AS "smallRows"
        FROM "Chunk" GROUP BY entity, level`;
      return rows.map((row) => ({
        entity: Number(row.entity),
        level: Number(row.level),
        chunks: Number(row.chunks),
        values: Number(row.values),
        small: Number(row.small),
        smallRows: Number(row.smallRows),
        first: Number(row.first),
        last: Number(row.last),
      }));
    },

    entitiesWithChunks: async (): Promise<number[]> => (await db.$queryRaw<{ entity: number }[]>`SELECT DISTINCT entity FROM "Chunk"`).map((row) => row.entity),

    /** Drops at most `most` chunks of a level that end before; gives their number. */
    expire: (raw: boolean, before: number, most: number): Promise<number> =>
      raw
        ? db.$executeRaw`DELETE FROM "Chunk" WHERE id IN (SELECT id FROM "Chunk" WHERE level = 0 AND last < ${before} LIMIT ${most})`
        : db.$executeRaw`DELETE FROM "Chunk" WHERE id IN (SELECT id FROM "Chunk" WHERE level > 0 AND last < ${before} LIMIT ${most})`,
  };
}

/** Who reads and who sends: rows that are written over as they change. */
function catalogTables(db: PrismaClient) {
  return {
    writeEntities: (rows: readonly EntityRow[]): Statement[] =>
      inserts(
        db,
        'INSERT INTO "Entity" (id, kind, name, node, "sealedTo", "rolledTo")',
        rows,
        'ON CONFLICT (id) DO UPDATE SET node = excluded.node, "sealedTo" = excluded."sealedTo", "rolledTo" = excluded."rolledTo"',
      ),

    writeSources: (rows: readonly { name: string; seqs: string; heard: number }[]): Statement[] =>
      inserts(
        db,
        'INSERT INTO "Source" (name, seqs, heard)',
        rows.map((row) => [row.name, row.seqs, row.heard]),
        'ON CONFLICT (name) DO UPDATE SET seqs = excluded.seqs, heard = excluded.heard',
      ),
  };
}
