import Database from 'libsql';

/** Rows of a table, and the number of the last of them; null after the end. */
export interface Page {
  readonly rows: unknown[][];
  readonly last: number | null;
}

/** Before the first row of any table. */
export const START = Number.MIN_SAFE_INTEGER;

/** So many rows come over in one text. */
const TOGETHER = 5_000;

/**
 * The next rows of a table as they stand, an array each, in the order of their numbers. They come in one text of JSON: of hundreds of
 * thousands at a start that takes half the time of coming one by one, and a twentieth of Prisma's. Numbers have 15 digits.
 */
export function pageOf(db: Database.Database, table: string, columns: readonly string[], after: number): Page {
  const names = columns.map((name) => `"${name}"`).join(', ');
  const [found] = db
    .prepare(
      `SELECT max(number), json_group_array(json_array(${names}))
       FROM (SELECT rowid AS number, ${names} FROM "${table}" WHERE rowid > ? ORDER BY rowid LIMIT ${TOGETHER})`,
    )
    .raw()
    .all(after) as [number | null, string][]; // the statement's columns
  return found === undefined ? { rows: [], last: null } : { last: found[0], rows: JSON.parse(found[1]) as unknown[][] }; // SQLite's own text
}

/** Every row of a table. */
export function* rowsIn(db: Database.Database, table: string, columns: readonly string[]): Generator<unknown[]> {
  for (let after = START; ;) {
    const { rows, last } = pageOf(db, table, columns, after);
    if (last === null) return;
    yield* rows;
    after = last;
  }
}

/** What `read` finds in the file at `path`, on a connection of its own. */
export function reading<T>(path: string, read: (db: Database.Database) => T): T {
  const db = new Database(path, { timeout: 5000 });
  try {
    return read(db);
  } finally {
    db.close();
  }
}
