import Database from 'libsql';
import { judgeOf } from './judge.ts';
import { salvage } from './salvage.ts';

/** What there is of one table. */
interface TableFound {
  readonly table: string;
  readonly whole: number;
  /** Rows that are there and not whole: how many for each reason. */
  readonly lost: ReadonlyMap<string, number>;
  /** Stretches of unreadable pages, of which nobody can say how many rows they held. */
  readonly gaps: number;
}

export interface FileFound {
  readonly file: string;
  /** What SQLite itself says is wrong, a line each. */
  readonly faults: readonly string[];
  readonly tables: readonly TableFound[];
}

/** True where nothing is missing or wrong. */
export function isWhole({ faults, tables }: FileFound): boolean {
  return faults.length === 0 && tables.every(({ lost, gaps }) => lost.size === 0 && gaps === 0);
}

type Keep = (table: string, columns: readonly string[], row: readonly unknown[]) => void;

/** Looks at every row of a database file, and hands those that are whole to `keep`. */
export function lookAt(file: string, names: readonly string[], keep: Keep = () => undefined): FileFound {
  const faults: string[] = [];
  const tables: TableFound[] = [];
  let db: Database.Database;
  try {
    db = new Database(file, { timeout: 5000 });
  } catch (error) {
    return { file, faults: [textOf(error)], tables };
  }
  try {
    faults.push(...integrityOf(db));
    const known = { sets: new Map<number, readonly number[]>(), entities: new Set<number>() };
    for (const table of inOrder(names)) {
      try {
        tables.push(lookAtTable(db, table, known, keep));
      } catch (error) {
        faults.push(`table ${table}: ${textOf(error)}`);
      }
    }
  } finally {
    db.close();
  }
  return { file, faults, tables };
}

/** Sets and entities before the chunks that name them. */
function inOrder(names: readonly string[]): readonly string[] {
  const last = (name: string): number => (name === 'Chunk' || name === 'Wal' ? 1 : 0);
  return [...names].sort((a, b) => last(a) - last(b));
}

function integrityOf(db: Database.Database): string[] {
  try {
    const lines = (db.prepare('PRAGMA integrity_check(20)').raw().all() as unknown[][]).map(([line]) => String(line)); // the pragma's one column
    return lines.filter((line) => line !== 'ok');
  } catch (error) {
    return [textOf(error)];
  }
}

function lookAtTable(db: Database.Database, table: string, known: { sets: Map<number, readonly number[]>; entities: Set<number> }, keep: Keep): TableFound {
  const { columns, rows, gaps } = salvage(db, table);
  const fault = judgeOf(table, known);
  const lost = new Map<string, number>();
  let whole = 0;
  for (const row of rows()) {
    const named = new Map(columns.map((name, index) => [name, row[index]]));
    const reason = fault(named);
    if (reason !== null) {
      lost.set(reason, (lost.get(reason) ?? 0) + 1);
      continue;
    }
    whole += 1;
    if (table === 'Entity') known.entities.add(Number(named.get('id')));
    if (table === 'MetricSet') known.sets.set(Number(named.get('id')), String(named.get('metrics')).split(',').filter(Boolean).map(Number));
    keep(table, columns, row);
  }
  return { table, whole, lost, gaps: gaps() };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
