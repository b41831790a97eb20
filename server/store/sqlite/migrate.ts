import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@libsql/client/sqlite3';
import type { Client, Value } from '@libsql/client/sqlite3';
import { StoreError } from '../interface/index.ts';
import { connectionConfig } from './connection.ts';

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Prisma's own table, so that its tools see what was applied. */
const ledger = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL,
    "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0);`;

/**
 * Brings a database file to this version, each migration in a transaction of its own, and sets write-ahead logging once.
 * Gives the names applied now. Throws StoreError `version` where the file holds a migration that this version does not
 * know, or one whose text was other.
 */
export async function migrate(file: string, folder: string): Promise<string[]> {
  const client = createClient(connectionConfig(file));
  try {
    await client.execute('PRAGMA journal_mode=WAL');
    const applied = await appliedTo(client);
    const known = migrationsIn(folder);
    check(file, known, applied);
    const missing = known.filter((migration) => !applied.has(migration.name));
    for (const migration of missing) await apply(client, migration);
    return missing.map((migration) => migration.name);
  } finally {
    client.close();
  }
}

function migrationsIn(folder: string): Migration[] {
  return readdirSync(folder)
    .sort()
    .filter((name) => existsSync(join(folder, name, 'migration.sql')))
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

async function appliedTo(client: Client): Promise<Map<string, string>> {
  const table = await client.execute(`SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'`);
  if (table.rows.length === 0) return new Map();
  const rows = await client.execute('SELECT migration_name, checksum FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL');
  return new Map(rows.rows.map((row) => [textOf(row['migration_name']), textOf(row['checksum'])]));
}

function check(file: string, known: readonly Migration[], applied: ReadonlyMap<string, string>): void {
  const checksums = new Map(known.map((migration) => [migration.name, migration.checksum]));
  for (const [name, checksum] of applied) {
    const here = checksums.get(name);
    if (here === undefined) {
      throw new StoreError('version', `${file} was made by a newer Headroom (it has the migration ${name}). Start that version, or give another data folder.`);
    }
    if (here !== checksum) {
      throw new StoreError(
        'version',
        `${file} has the migration ${name} with another text than this Headroom. The installation is damaged or mixed: install it anew.`,
      );
    }
  }
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  const row = `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, started_at, applied_steps_count)
    VALUES ('${randomUUID()}', '${checksum}', '${name.replaceAll("'", "''")}', current_timestamp, current_timestamp, 1);`;
  await client.executeMultiple(`BEGIN IMMEDIATE;\n${ledger}\n${sql}\n;\n${row}\nCOMMIT;`);
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
