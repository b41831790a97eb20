import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@libsql/client';

/** Bytes of all files in folders, those below included. */
export function bytesIn(folders: readonly string[]): number {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => ({ entry, path: join(entry.parentPath, entry.name) })))
    .reduce((sum, { entry, path }) => sum + (entry.isFile() ? statSync(path).size : 0), 0);
}

/** What a closed series file takes, bytes. */
export interface SeriesBytes {
  /** The file and its write-ahead log, as they lie. */
  readonly whole: number;
  /** Its sealed readings and their roll-ups alone: without pages that are free for what comes next and without what is still open. */
  readonly dense: number;
  /** Without roll-ups too. */
  readonly raw: number;
  /** Readings that are in chunks. */
  readonly sealed: number;
}

/** Weighs a series file that nobody has open; works on a copy of it. */
export async function weigh(file: string): Promise<SeriesBytes> {
  const whole = [file, `${file}-wal`].reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
  const copy = `${file}-copy`;
  copyFileSync(file, copy);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
  const client = createClient({ url: `file:${copy}` });
  const packed = async (): Promise<number> => {
    await client.execute('VACUUM');
    await client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    return statSync(copy).size;
  };
  try {
    const answer = await client.execute('SELECT SUM("values") AS sealed FROM "Chunk" WHERE level = 0');
    const sealed = Number(answer.rows[0]?.['sealed']);
    await client.execute('DELETE FROM "Wal"');
    const dense = await packed();
    await client.execute('DELETE FROM "Chunk" WHERE level > 0');
    return { whole, dense, raw: await packed(), sealed };
  } finally {
    client.close();
    for (const path of [copy, `${copy}-wal`, `${copy}-shm`]) rmSync(path, { force: true });
  }
}
