import { DamagedBytes, putByte, putBytes, putColumn, putVarint, reader, takeByte, takeBytes, takeColumn, takeRows, writer, written } from './codec/index.ts';
import type { Columns } from './columns.ts';

const VERSION = 1;

/**
 * A sealed table: the rows' times, then the columns in the order of their set, each with its length in front, so that one
 * is read without the others. The set itself stands in the row beside the bytes.
 */
export function encodeChunk(table: Columns, metrics: readonly number[]): Uint8Array<ArrayBuffer> {
  const out = writer(table.t.length * 2 * (metrics.length + 1) + 64);
  putByte(out, VERSION);
  putVarint(out, table.t.length);
  const absent = new Float64Array(table.t.length).fill(Number.NaN);
  for (const values of [table.t, ...metrics.map((metric) => table.columns.get(metric) ?? absent)]) {
    const column = writer(values.length * 2 + 32);
    putColumn(column, values, 'small');
    putBytes(out, column.bytes.subarray(0, column.at));
  }
  return written(out);
}

/** The columns wanted (all where `wanted` is undefined) of those in the set; throws DamagedBytes. */
export function decodeChunk(bytes: Uint8Array, metrics: readonly number[], wanted?: ReadonlySet<number>): Columns {
  const from = reader(bytes);
  const version = takeByte(from);
  if (version !== VERSION) throw new DamagedBytes(`a chunk of version ${version}`);
  const rows = takeRows(from);
  const t = takeColumn(reader(takeBytes(from)), rows);
  const columns = new Map<number, Float64Array>();
  for (const metric of metrics) {
    const column = takeBytes(from);
    if (wanted === undefined || wanted.has(metric)) columns.set(metric, takeColumn(reader(column), rows));
  }
  return { t, columns };
}
