import { open, stat } from 'node:fs/promises';
import Database from 'libsql';
import { openNsysRows } from '../../collectors/results/index.ts';
import type { Statement } from '../../core/readings/index.ts';

const MAGIC = 'SQLite format 3\u0000';

/** What an nsys SQLite export says; a sentence where an SQLite file says nothing of a GPU; null where the file is none. */
export async function nsysDatabase(path: string): Promise<readonly Statement[] | string | null> {
  if (!(await isDatabase(path))) return null;
  try {
    const database = new Database(path);
    try {
      database.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF');
      return statementsOf(database);
    } finally {
      database.close();
    }
  } catch (error) {
    return `an SQLite database that could not be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function isDatabase(path: string): Promise<boolean> {
  // A pipe can be read once: not for a look at its first bytes.
  if ((await stat(path).catch(() => null))?.isFile() !== true) return false;
  const file = await open(path).catch(() => null); // who reads it as text says why it cannot be read
  if (file === null) return false;
  try {
    const start = new Uint8Array(MAGIC.length);
    const { bytesRead } = await file.read(start, 0, MAGIC.length, 0);
    return bytesRead === MAGIC.length && new TextDecoder('latin1').decode(start) === MAGIC;
  } catch {
    return false; // a folder, a terminal: who reads it as text says why it cannot be read
  } finally {
    await file.close();
  }
}

type Row = Readonly<Record<string, unknown>>;

function statementsOf(database: Database.Database): readonly Statement[] | string {
  const tables = new Set(rowsOf(database, `SELECT name FROM sqlite_master WHERE type = 'table'`).map((row) => textOf(row, 'name')));
  const strings = tables.has('StringIds');
  const columnsOf = (table: string): ReadonlySet<string> =>
    new Set(tables.has(table) ? rowsOf(database, `SELECT name FROM pragma_table_info('${table}')`).map((row) => textOf(row, 'name')) : []);
  const work = workQuery(columnsOf);
  if (!strings || work === null)
    return 'an SQLite database without CUDA work of nsys: profile with “nsys profile --trace=cuda”, then “nsys export --type sqlite”';

  const reader = openNsysRows();
  for (const row of eachOf(database, work)) {
    reader.gpu({
      start: numberOf(row, 'start'),
      end: numberOf(row, 'end'),
      device: numberOf(row, 'device'),
      what: row['what'] === 'copy' || row['what'] === 'memset' || row['what'] === 'graph' ? row['what'] : 'kernel',
      name: textOf(row, 'name'),
      bytes: typeof row['bytes'] === 'number' ? row['bytes'] : null,
      copyKind: typeof row['copyKind'] === 'number' ? row['copyKind'] : null,
    });
  }
  if (columnsOf('CUPTI_ACTIVITY_KIND_RUNTIME').has('nameId')) {
    const calls = 'SELECT r.start AS start, r."end" AS "end", s.value AS name FROM CUPTI_ACTIVITY_KIND_RUNTIME r JOIN StringIds s ON s.id = r.nameId';
    for (const row of eachOf(database, calls)) reader.call({ start: numberOf(row, 'start'), end: numberOf(row, 'end'), name: textOf(row, 'name') });
  }
  for (const row of rangesOf(database, columnsOf('NVTX_EVENTS'))) reader.range(textOf(row, 'name'), numberOf(row, 'nanoseconds'), numberOf(row, 'count'));
  const statements = reader.statements();
  return statements.length > 0 ? statements : 'an nsys database in which no work of a GPU was recorded';
}

/** All work of GPUs in order of its start, from the tables that this recording has; null where it has none. */
function workQuery(columnsOf: (table: string) => ReadonlySet<string>): string | null {
  const kernels = columnsOf('CUPTI_ACTIVITY_KIND_KERNEL');
  const name = ['demangledName', 'shortName', 'mangledName', 'nameId'].find((column) => kernels.has(column));
  const parts = [
    ...(name === undefined
      ? []
      : [
          `SELECT k.start AS start, k."end" AS "end", k.deviceId AS device, 'kernel' AS what, s.value AS name, NULL AS bytes, NULL AS copyKind
           FROM CUPTI_ACTIVITY_KIND_KERNEL k LEFT JOIN StringIds s ON s.id = k.${name}`,
        ]),
    ...(columnsOf('CUPTI_ACTIVITY_KIND_MEMCPY').has('copyKind')
      ? [`SELECT start, "end", deviceId AS device, 'copy' AS what, '' AS name, bytes, copyKind FROM CUPTI_ACTIVITY_KIND_MEMCPY`]
      : []),
    ...(columnsOf('CUPTI_ACTIVITY_KIND_MEMSET').has('deviceId')
      ? [`SELECT start, "end", deviceId AS device, 'memset' AS what, '' AS name, bytes, NULL AS copyKind FROM CUPTI_ACTIVITY_KIND_MEMSET`]
      : []),
    ...(columnsOf('CUPTI_ACTIVITY_KIND_GRAPH_TRACE').has('deviceId')
      ? [`SELECT start, "end", deviceId AS device, 'graph' AS what, '' AS name, NULL AS bytes, NULL AS copyKind FROM CUPTI_ACTIVITY_KIND_GRAPH_TRACE`]
      : []),
  ];
  return parts.length === 0 ? null : `${parts.join(' UNION ALL ')} ORDER BY start`;
}

/** Named ranges by their name, all their times together. */
function rangesOf(database: Database.Database, columns: ReadonlySet<string>): Row[] {
  if (!columns.has('start') || !columns.has('end') || !columns.has('text')) return [];
  const name = columns.has('textId') ? `COALESCE(e.text, (SELECT value FROM StringIds WHERE id = e.textId))` : 'e.text';
  return rowsOf(
    database,
    `SELECT ${name} AS name, SUM(e."end" - e.start) AS nanoseconds, COUNT(*) AS count FROM NVTX_EVENTS e
     WHERE e."end" IS NOT NULL GROUP BY 1 HAVING name IS NOT NULL ORDER BY 2 DESC LIMIT 20`,
  );
}

function eachOf(database: Database.Database, query: string): Iterable<Row> {
  return database.prepare(query).iterate() as Iterable<Row>; // a parse boundary: each value's type is looked at
}

function rowsOf(database: Database.Database, query: string): Row[] {
  return database.prepare(query).all() as Row[]; // a parse boundary: each value's type is looked at
}

function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

/** NaN for what is no number: nothing is computed from it. */
function numberOf(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : Number.NaN;
}
