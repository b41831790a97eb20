import type Database from 'libsql';

/** Rows that a table's pages still give, and how often none could be read where some were. */
export interface Salvage {
  readonly columns: readonly string[];
  rows(): Generator<readonly unknown[]>;
  /** Stretches of the table that could not be read; counted while rows are taken. */
  readonly gaps: () => number;
}

/** Rows are asked for one by one over so many numbers behind damage, before larger and larger steps are taken. */
const CLOSE_LOOK = 2_000;
const FARTHEST = 2 ** 40;

/** Reads a table in the order of its rows and goes round what is damaged: a page that does not read costs its own rows. */
export function salvage(db: Database.Database, table: string): Salvage {
  const columns = (db.prepare(`PRAGMA table_info("${table}")`).raw().all() as unknown[][]).map((row) => String(row[1])); // the pragma's columns
  const list = columns.map((name) => `"${name}"`).join(', ');
  const next = db.prepare<[number]>(`SELECT rowid, ${list} FROM "${table}" WHERE rowid > ? ORDER BY rowid LIMIT 1`).raw();
  const after = (id: number): readonly unknown[] | null | undefined => {
    try {
      return (next.get(id) as readonly unknown[] | undefined) ?? null; // null: the end
    } catch {
      return undefined;
    }
  };
  let gaps = 0;
  /** The row number from which on rows can be read again; null where there is none. */
  const beyond = (id: number): number | null => {
    for (let step = 1; step < CLOSE_LOOK; step += 1) if (after(id + step) !== undefined) return id + step;
    for (let step = CLOSE_LOOK; step < FARTHEST; step *= 2) if (after(id + step) !== undefined) return id + step;
    return null;
  };
  function* rows(): Generator<readonly unknown[]> {
    let at: number | null = Number.MIN_SAFE_INTEGER;
    while (at !== null) {
      const row = after(at);
      if (row === null) return;
      if (row === undefined) {
        gaps += 1;
        at = beyond(at === Number.MIN_SAFE_INTEGER ? 0 : at);
        continue;
      }
      at = Number(row[0]);
      yield row.slice(1);
    }
  }
  return { columns, rows, gaps: () => gaps };
}
