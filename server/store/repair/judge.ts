import { decodeChunk, decodeCommit, rollupColumns } from '../series/index.ts';

/** Whether a row is whole, in words: null where it is. */
export type Judge = (row: ReadonlyMap<string, unknown>) => string | null;

/** How the rows of one table are judged, by what its file says of sets of metrics and of entities. */
export function judgeOf(table: string, known: { readonly sets: ReadonlyMap<number, readonly number[]>; readonly entities: ReadonlySet<number> }): Judge {
  if (table === 'Chunk') return (row) => faultOfChunk(row, known);
  if (table === 'Wal') return (row) => faultOf(() => decodeCommit(bytesOf(row)));
  return () => null;
}

function faultOfChunk(row: ReadonlyMap<string, unknown>, { sets, entities }: Parameters<typeof judgeOf>[1]): string | null {
  const metrics = sets.get(Number(row.get('set')));
  if (metrics === undefined) return 'the names of its metrics are lost';
  if (!entities.has(Number(row.get('entity')))) return 'the name of what it measured is lost';
  return faultOf(() => {
    const { t } = decodeChunk(bytesOf(row), row.get('level') === 0 ? metrics : rollupColumns(metrics));
    if (t.length !== row.get('rows')) throw new Error('it has another number of rows than it says');
  });
}

function faultOf(decode: () => void): string | null {
  try {
    decode();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function bytesOf(row: ReadonlyMap<string, unknown>): Uint8Array {
  const bytes = row.get('bytes');
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(0);
}
