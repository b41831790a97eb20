import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { packageRoot } from '../../settings/index.ts';
import { closeFiles, lockFolder, lostWriteAhead } from '../folder/index.ts';
import { StoreError } from '../interface/index.ts';
import { migrate } from '../sqlite/index.ts';
import { type FileFound, isWhole, lookAt } from './look.ts';

const FILES = [
  { name: 'series.db', migrations: 'series' },
  { name: 'headroom.db', migrations: 'main' },
] as const;
const BESIDE = ['', '-wal', '-shm'] as const;

interface Repaired extends FileFound {
  /** Where the file is as it was; null where nothing had to be done. */
  readonly original: string | null;
}

/** Looks at both files of a data folder that no service uses; throws StoreError where one does, or none is there. */
export function checkStore(folder: string): Promise<FileFound[]> {
  return each(folder, async ({ file, migrations, lost }) => {
    const found = lookAt(file, await tablesOf(file, migrations));
    return lost === null ? found : { ...found, faults: [lost, ...found.faults] };
  });
}

/** Writes every file that is not whole anew from what is; the original stays beside it. Throws as `checkStore` does. */
export function repairStore(folder: string, stamp: string): Promise<Repaired[]> {
  return each(folder, async ({ file, migrations }) => {
    const names = await tablesOf(file, migrations);
    const found = lookAt(file, names);
    if (isWhole(found)) return { ...found, original: null };
    const original = `${file}.damaged-${stamp}`;
    for (const end of BESIDE) if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, `${original}${end}`);
    const fresh = `${file}.repairing`;
    removeWith(fresh);
    await migrate(fresh, join(packageRoot(), 'prisma', migrations, 'migrations'));
    copyWhole(file, fresh, names);
    removeWith(file);
    renameSync(fresh, file);
    return { ...found, original };
  });
}

/** A database, and what is to be told of it before anybody opens it. */
interface Found {
  readonly file: string;
  readonly migrations: string;
  readonly lost: string | null;
}

async function each<T>(folder: string, act: (there: Found) => Promise<T>): Promise<T[]> {
  const there = FILES.filter(({ name }) => existsSync(join(folder, name)));
  if (there.length === 0) throw new StoreError('folder', `${folder} holds no databases of Headroom: name the data folder with --data or HEADROOM_DATA.`);
  const lock = await lockFolder(folder);
  // What SQLite makes here, and what it writes ahead, is nobody else's to read either.
  const mask = process.umask(0o077);
  try {
    const results: T[] = [];
    for (const { name, migrations } of there) {
      const file = join(folder, name);
      results.push(await act({ file, migrations, lost: lostWriteAhead(file, lock.abandoned) }));
    }
    return results;
  } finally {
    process.umask(mask);
    closeFiles(folder);
    await lock.release();
  }
}

/** The tables of a new file of this kind: what stands in a damaged one's own list is not to be relied on. */
async function tablesOf(file: string, migrations: string): Promise<string[]> {
  const model = `${file}.repairing`;
  removeWith(model);
  await migrate(model, join(packageRoot(), 'prisma', migrations, 'migrations'));
  const db = new Database(model);
  const rows = db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_prisma_migrations'`)
    .raw()
    .all() as string[][]; // the statement's one column
  db.close();
  removeWith(model);
  return rows.flat();
}

function copyWhole(from: string, to: string, names: readonly string[]): void {
  const db = new Database(to);
  db.exec('PRAGMA foreign_keys = OFF');
  db.exec('BEGIN');
  const inserts = new Map<string, Database.Statement>();
  lookAt(from, names, (table, columns, row) => {
    let insert = inserts.get(table);
    if (insert === undefined) {
      insert = db.prepare(`INSERT OR IGNORE INTO "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
      inserts.set(table, insert);
    }
    insert.run(...row);
  });
  // What belonged to a row that is gone goes with it: the file's own rule.
  const orphans = db.prepare('PRAGMA foreign_key_check').raw().all() as [string, number][]; // table and row
  for (const [table, id] of orphans) db.prepare(`DELETE FROM "${table}" WHERE rowid = ?`).run(id);
  db.exec('COMMIT');
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

function removeWith(file: string): void {
  for (const end of BESIDE) rmSync(`${file}${end}`, { force: true });
}
