// Past the door of server/store/sqlite: migrations are applied to databases made by hand.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { describe, expect, it } from 'vitest';
import { difference } from '../../../../scripts/migration.ts';
import { connectionConfig } from '../../../../server/store/sqlite/connection.ts';
import { migrate } from '../../../../server/store/sqlite/migrate.ts';
import { temporaryFolder } from '../../../support/folders.ts';

function migrations(folder: string, texts: Record<string, string>): string {
  for (const [name, sql] of Object.entries(texts)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  }
  return folder;
}

async function ask(file: string, sql: string): Promise<unknown[][]> {
  const client = createClient(connectionConfig(file));
  try {
    return (await client.execute(sql)).rows.map((row) => Object.values(row));
  } finally {
    client.close();
  }
}

describe('migrations', () => {
  it('are applied once, in order, and written down as Prisma’s own tools do', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'a file.db');
    const steps = migrations(join(folder, 'm'), {
      '1_first': 'CREATE TABLE a (x);\n-- a comment; with a semicolon\nCREATE TABLE b (y);',
      '2_second': 'ALTER TABLE a ADD COLUMN z;',
    });
    expect(await migrate(file, steps)).toEqual(['1_first', '2_second']);
    expect(await migrate(file, steps)).toEqual([]);
    expect(await ask(file, 'SELECT migration_name, checksum, applied_steps_count FROM _prisma_migrations ORDER BY 1')).toEqual([
      [
        '1_first',
        createHash('sha256')
          .update(readFileSync(join(steps, '1_first', 'migration.sql')))
          .digest('hex'),
        1n,
      ],
      ['2_second', createHash('sha256').update('ALTER TABLE a ADD COLUMN z;').digest('hex'), 1n],
    ]);
    expect(await ask(file, 'PRAGMA journal_mode')).toEqual([['wal']]);
  });

  it('leave nothing behind of one that fails half-way', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'x.db');
    const steps = migrations(join(folder, 'm'), { '1_first': 'CREATE TABLE a (x);', '2_broken': 'CREATE TABLE b (y);\nCREATE TABLE a (x);' });
    await expect(migrate(file, steps)).rejects.toThrow(/already exists/);
    expect(await ask(file, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1`)).toEqual([
      ['_prisma_migrations'],
      ['a'],
    ]);
    expect(await ask(file, 'SELECT migration_name FROM _prisma_migrations')).toEqual([['1_first']]);
  });

  it('of a newer version are refused by name, and so is an edited one', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'x.db');
    await migrate(file, migrations(join(folder, 'new'), { '1_first': 'CREATE TABLE a (x);', '2_later': 'CREATE TABLE b (y);' }));
    await expect(migrate(file, migrations(join(folder, 'old'), { '1_first': 'CREATE TABLE a (x);' }))).rejects.toMatchObject({
      code: 'version',
      message: expect.stringContaining('2_later') as string,
    });
    await expect(
      migrate(file, migrations(join(folder, 'edited'), { '1_first': 'CREATE TABLE a (x, y);', '2_later': 'CREATE TABLE b (y);' })),
    ).rejects.toMatchObject({ code: 'version' });
  });

  it.each(['main', 'series'])('of %s make exactly the schema that the code is generated from', async (name) => {
    expect(await difference(name)).toBeNull();
  });

  it.each(['main', 'series'])('of %s are in Prisma’s layout', (name) => {
    const folder = new URL(`../../../../prisma/${name}/migrations/`, import.meta.url);
    expect(readFileSync(new URL('migration_lock.toml', folder), 'utf8')).toContain('provider = "sqlite"');
    expect(readdirSync(folder).filter((entry) => !/^\d{14}_[a-z0-9_]+$|^migration_lock\.toml$/.test(entry))).toEqual([]);
  });
});
