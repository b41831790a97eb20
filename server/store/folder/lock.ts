import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@libsql/client/sqlite3';
import type { Client } from '@libsql/client/sqlite3';
import { StoreError } from '../interface/index.ts';
import { connectionConfig, failureCode } from '../sqlite/index.ts';

/** Keeps a data folder for this process until released, or until the process is gone, however it goes. */
export interface FolderLock {
  /** True where the process that had it before had its databases open and ended without closing them: killed, or with its machine. */
  readonly abandoned: boolean;
  /** Notes that the databases are open; and, before they are closed, that they will not be left behind. */
  opened(): void;
  closing(): void;
  release(): Promise<void>;
}

/** Stands in the owner's file while its databases are open. A file of an older Headroom has no such word, and says nothing. */
const OPEN = ', databases open, ';

/**
 * Locks a folder with SQLite's own lock on a file of nothing else: the system drops it with the process, so no stale lock
 * is ever left behind, and it holds between containers that share a volume. Throws StoreError `locked`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const client = createClient(connectionConfig(join(folder, 'lock.db'), 1));
  const owner = join(folder, 'lock.txt');
  try {
    await client.execute('BEGIN EXCLUSIVE');
  } catch (error) {
    client.close();
    if (failureCode(error) !== 'busy') throw error;
    throw new StoreError('locked', `${folder} is in use by another Headroom (${whose(owner)}). Stop that one, or give another data folder with HEADROOM_DATA.`);
  }
  const abandoned = existsSync(owner) && whose(owner).includes(OPEN);
  const since = new Date().toISOString();
  const note = (state: string): void => writeFileSync(owner, `process ${process.pid}${state}since ${since}\n`, { mode: 0o600 });
  note(', ');
  return { abandoned, opened: () => note(OPEN), closing: () => note(', '), release: () => letGo(client) };
}

async function letGo(client: Client): Promise<void> {
  // Not by closing alone: a closed connection lives on, with its lock, until its statements are collected as garbage.
  await client.execute('ROLLBACK');
  client.close();
}

function whose(owner: string): string {
  try {
    return readFileSync(owner, 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'which is just starting';
    throw error;
  }
}
