import { mergeColumns } from '../../../core/readings/index.ts';
import type { Columns } from './columns.ts';

/**
 * An entity's readings that are in write-ahead rows and in no chunk yet, in the order of their writing. Of very many entities each has
 * one: times and columns lie in one array behind each other, and no map says which is which.
 */
export interface Head {
  rows: number;
  /** So many rows have room. */
  capacity: number;
  /** The metric of each column. */
  metrics: readonly number[];
  /** Times (seconds UTC), then the columns, `capacity` numbers each; NaN is absent. */
  data: Float64Array;
  /** The write-ahead rows that hold them: none older than the first is needed for this entity. */
  firstWal: number;
  lastWal: number;
  /** When the oldest of them was written, seconds UTC. */
  readonly since: number;
  /** The latest time of a reading. */
  last: number;
}

/** So few that one metric's lie in the heap itself: of very many entities most have just been heard. */
const initialRows = 4;

/** Up to here a head that is full grows to the fourfold. */
const FEW = 16;

const NOTHING = new Float64Array(0);

/** A head without rows, whose first will stand in write-ahead row `wal`; `since` in seconds UTC. */
export function newHead(wal: number, since: number): Head {
  return { rows: 0, capacity: 0, metrics: [], data: NOTHING, firstWal: wal, lastWal: wal, since, last: Number.NEGATIVE_INFINITY };
}

/** Appends rows; gives the bytes that the head grew by. */
export function extendHead(head: Head, { t, columns }: Columns, wal: number): number {
  const before = bytesOf(head);
  const rows = head.rows + t.length;
  // Lists as long as they must be: a spread, and push, leave room for a dozen more.
  for (const metric of columns.keys()) if (!head.metrics.includes(metric)) head.metrics = head.metrics.concat(metric);
  const capacity = rows > head.capacity ? Math.max(rows, grownFrom(head.capacity)) : head.capacity;
  if (capacity > head.capacity || head.data.length < capacity * (1 + head.metrics.length)) makeRoom(head, capacity);
  head.data.set(t, head.rows);
  for (const [metric, values] of columns) head.data.set(values, (1 + head.metrics.indexOf(metric)) * capacity + head.rows);
  head.rows = rows;
  head.lastWal = wal;
  for (const at of t) if (at > head.last) head.last = at;
  return bytesOf(head) - before;
}

/** The rows in the order of their writing, as views. */
export function rowsAsWritten(head: Head): Columns {
  return { t: columnOf(head, 0), columns: new Map(head.metrics.map((metric, index) => [metric, columnOf(head, 1 + index)])) };
}

/** The rows in order of time, as views where they came in order. */
export function readHead(head: Head): Columns {
  return mergeColumns([rowsAsWritten(head)]);
}

/** Values that are there, times not counted. */
export function valuesIn({ rows, capacity, metrics, data }: Head): number {
  let count = 0;
  for (let column = 1; column <= metrics.length; column += 1) {
    for (let at = column * capacity; at < column * capacity + rows; at += 1) if (!Number.isNaN(data[at])) count += 1;
  }
  return count;
}

/** Bytes of memory that a head's readings take, their room to grow included. */
export function bytesOf(head: Head): number {
  return head.data.byteLength;
}

function grownFrom(capacity: number): number {
  if (capacity === 0) return initialRows;
  return Math.ceil(capacity * (capacity < FEW ? 4 : 1.5));
}

function makeRoom(head: Head, capacity: number): void {
  const wider = new Float64Array(capacity * (1 + head.metrics.length)).fill(Number.NaN);
  const there = head.capacity === 0 ? 0 : head.data.length / head.capacity;
  for (let column = 0; column < there; column += 1) wider.set(columnOf(head, column), column * capacity);
  head.data = wider;
  head.capacity = capacity;
}

function columnOf({ rows, capacity, data }: Head, column: number): Float64Array {
  return data.subarray(column * capacity, column * capacity + rows);
}
