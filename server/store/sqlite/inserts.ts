/** The part of a Prisma client that this needs; its promises run when a transaction takes them, or when awaited. */
interface Raw<S> {
  $executeRawUnsafe(sql: string, ...values: unknown[]): S;
}

/** SQLite takes this many parameters in a statement. */
const mostParameters = 30_000;

/** Many rows in as few statements as parameters allow: `head` VALUES (…), (…) `tail`. Prisma's own createMany knows no conflict. */
export function inserts<S>(db: Raw<S>, head: string, rows: readonly (readonly unknown[])[], tail = ''): S[] {
  const width = rows[0]?.length ?? 1;
  const most = Math.floor(mostParameters / width);
  const place = `(${Array.from({ length: width }, () => '?').join(',')})`;
  const statements: S[] = [];
  for (let at = 0; at < rows.length; at += most) {
    const part = rows.slice(at, at + most);
    statements.push(db.$executeRawUnsafe(`${head} VALUES ${part.map(() => place).join(',')} ${tail}`, ...part.flat()));
  }
  return statements;
}
