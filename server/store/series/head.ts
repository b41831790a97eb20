import { mergeColumns } from '../../../core/readings/index.ts';
import type { Columns } from './columns.ts';

/** An entity's readings that are in write-ahead rows and in no chunk yet, in the order of their writing. */
export interface Head {
  rows: number;
  t: Float64Array;
  readonly columns: Map<number, Float64Array>;
  /** The write-ahead rows that hold them: none older than the first is needed for this entity. */
  firstWal: number;
  lastWal: number;
  /** When the oldest of them was written, seconds UTC. */
  readonly since: number;
  /** The latest time of a reading. */
  last: number;
}

/** So few that they lie in the heap itself: of very many entities most have just been heard. */
const initialRows = 4;

/** Up to here a head that is full grows to the fourfold. */
const FEW = 16;

/** A head without rows, whose first will stand in write-ahead row `wal`; `since` in seconds UTC. */
export function newHead(wal: number, since: number): Head {
  return { rows: 0, t: new Float64Array(initialRows), columns: new Map(), firstWal: wal, lastWal: wal, since, last: Number.NEGATIVE_INFINITY };
}

/** Appends rows; gives the bytes that the head grew by. */
export function extendHead(head: Head, block: Columns, wal: number): number {
  const before = bytesOf(head);
  const rows = head.rows + block.t.length;
  if (rows > head.t.length) grow(head, Math.max(rows, Math.ceil(head.t.length * (head.t.length < FEW ? 4 : 1.5))));
  head.t.set(block.t, head.rows);
  for (const [metric, values] of block.columns) {
    let column = head.columns.get(metric);
    if (column === undefined) {
      column = new Float64Array(head.t.length).fill(Number.NaN);
      head.columns.set(metric, column);
    }
    column.set(values, head.rows);
  }
  head.rows = rows;
  head.lastWal = wal;
  for (const at of block.t) if (at > head.last) head.last = at;
  return bytesOf(head) - before;
}

/** The rows in the order of their writing, as views. */
export function rowsAsWritten(head: Head): Columns {
  return { t: head.t.subarray(0, head.rows), columns: new Map([...head.columns].map(([metric, column]) => [metric, column.subarray(0, head.rows)] as const)) };
}

/** The rows in order of time, as views where they came in order. */
export function readHead(head: Head): Columns {
  return mergeColumns([rowsAsWritten(head)]);
}

/** Bytes of memory that a head's arrays take, their room to grow included. */
export function bytesOf(head: Head): number {
  return head.t.byteLength * (1 + head.columns.size);
}

function grow(head: Head, capacity: number): void {
  head.t = grown(head.t, head.rows, capacity);
  for (const [metric, column] of head.columns) head.columns.set(metric, grown(column, head.rows, capacity));
}

function grown(values: Float64Array, rows: number, capacity: number): Float64Array {
  const wider = new Float64Array(capacity).fill(Number.NaN);
  wider.set(values.subarray(0, rows));
  return wider;
}
