import Database from 'libsql';

/** Rows of a table as one text of JSON, an array each, and the number of the last of them; null after the end. */
export interface Page {
  readonly text: string;
  readonly last: number | null;
}

/** Before the first row of any table. */
export const START = Number.MIN_SAFE_INTEGER;

/** So many rows come over in one text. */
const TOGETHER = 5_000;

/**
 * The next rows of a table as they stand, in the order of their numbers. They come in one text: of hundreds of thousands at a start
 * that takes half the time of coming one by one, and a twentieth of Prisma's. Numbers have 15 digits.
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
  return found === undefined ? { text: '[]', last: null } : { text: found[1], last: found[0] };
}

/** The rows of a page. */
export function rowsOf({ text }: Page): unknown[][] {
  return JSON.parse(text) as unknown[][]; // SQLite's own text
}

/** Every row of a table. */
export function* rowsIn(db: Database.Database, table: string, columns: readonly string[]): Generator<unknown[]> {
  for (let after = START; ;) {
    const page = pageOf(db, table, columns, after);
    if (page.last === null) return;
    yield* rowsOf(page);
    after = page.last;
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

/** Gives the same text for equal ones: what is read row by row keeps one of each. */
export function sharedTexts(): <T extends string>(text: T) => T {
  const texts = new Map<string, string>();
  return <T extends string>(text: T): T => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return (known ?? text) as T; // equal texts
  };
}
