// Past the door of server/store/sqlite: how many rows come at once does not show in a store's answers.
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { pageOf, rowsIn, rowsOf, START } from '../../../../server/store/sqlite/index.ts';

function table(count: number): Database.Database {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE "T" ("set" TEXT, at REAL)');
  db.exec(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) INSERT INTO "T" SELECT 'row ' || i, 1763812345.25 FROM n WHERE i > 0`,
  );
  return db;
}

describe('all rows of a table', () => {
  it('come once each in the order of their numbers, over many pages', () => {
    const rows = [...rowsIn(table(12_345), 'T', ['set', 'at'])];
    expect(rows.map(([text]) => text)).toEqual(Array.from({ length: 12_345 }, (_, index) => `row ${index + 1}`));
    expect(rows.at(-1)).toEqual(['row 12345', 1763812345.25]);
  });

  it('keep quotes, control characters and what is absent as they are', () => {
    const db = table(0);
    const texts = ['"', '\\u0041', 'a\nb\u0001', 'é😀', null];
    for (const text of texts) db.prepare('INSERT INTO "T" VALUES (?, ?)').run(text, null);
    expect([...rowsIn(db, 'T', ['set', 'at'])]).toEqual(texts.map((text) => [text, null]));
  });

  it('are none in an empty table, which is its end', () => {
    const page = pageOf(table(0), 'T', ['set'], START);
    expect({ rows: rowsOf(page), last: page.last }).toEqual({ rows: [], last: null });
  });
});
