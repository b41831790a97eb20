import { crc32 } from 'node:zlib';
import type { EntityKind } from '../../../core/readings/index.ts';
import {
  DamagedBytes,
  putByte,
  putQuick,
  putDouble,
  putText,
  putVarint,
  reader,
  type Reader,
  reserve,
  takeByte,
  takeColumn,
  takeCount,
  takeDouble,
  takeRows,
  takeText,
  takeVarint,
  Unencodable,
  writer,
  type Writer,
  written,
} from './codec/index.ts';
import type { Columns } from './columns.ts';

/** What one write-ahead row holds: all batches of one commit, and the entities that are new with them. */
export interface Commit {
  readonly entities: readonly { no: number; kind: EntityKind; id: string; node: string | null }[];
  readonly batches: readonly CommittedBatch[];
}

export interface CommittedBatch {
  readonly source: string;
  readonly seq: number;
  /** When it arrived, seconds UTC. */
  readonly heard: number;
  readonly blocks: readonly { entity: number; columns: Columns }[];
}

/** What a row gives back: all that is whole in it, and a line for each record that is not. */
export interface ReadCommit extends Commit {
  readonly damaged: readonly string[];
}

/**
 * A row is the version and then records, one per entity and per batch, each with a mark, its length and its checksum in front: a damaged
 * one costs itself alone, since the next is found by its mark. Versions 1 (without columns of differences) and 2 were one record in all.
 */
const VERSION = 3;
const WHOLE: readonly number[] = [1, 2];
const MARK = [0xa5, 0x5a] as const;
/** Bytes before a record's own: mark, length, checksum. */
const FRONT = 10;
const RECORDS = { entity: 0, batch: 1 } as const;
/** Their numbers on disk: an order that stays, whatever else is added behind. */
const KINDS: readonly EntityKind[] = ['gpu', 'host', 'engine', 'process'];

/** A commit as it is written: batch by batch, so that one that cannot be held is refused and the others go. */
export interface CommitWriter {
  entity(entity: Commit['entities'][number]): void;
  /** Throws Unencodable, with nothing of the batch in the row. */
  batch(batch: CommittedBatch): void;
  bytes(): Uint8Array<ArrayBuffer>;
}

/** An empty row. */
export function commitWriter(): CommitWriter {
  const out = writer(65_536);
  putByte(out, VERSION);
  return {
    entity: ({ no, kind, id, node }) =>
      record(out, () => {
        putByte(out, RECORDS.entity);
        putVarint(out, no);
        putByte(out, KINDS.indexOf(kind));
        putText(out, id);
        putText(out, node ?? '');
      }),
    batch: (batch) =>
      record(out, () => {
        putByte(out, RECORDS.batch);
        putBatch(out, batch);
      }),
    bytes: () => written(out),
  };
}

/** A commit as the bytes of one write-ahead row; throws Unencodable. */
export function encodeCommit({ entities, batches }: Commit): Uint8Array<ArrayBuffer> {
  const row = commitWriter();
  for (const entity of entities) row.entity(entity);
  for (const batch of batches) row.batch(batch);
  return row.bytes();
}

function record(out: Writer, put: () => void): void {
  const start = out.at;
  reserve(out, FRONT);
  out.at += FRONT;
  try {
    put();
    const length = out.at - start - FRONT;
    if (length > 0xffff_ffff) throw new Unencodable('a batch of more than 4 GiB');
    out.bytes.set(MARK, start);
    out.view.setUint32(start + 2, length, true);
    out.view.setUint32(start + 6, crc32(out.bytes.subarray(start + FRONT, out.at)), true);
  } catch (error) {
    out.at = start;
    throw error;
  }
}

function putBatch(out: Writer, { source, seq, heard, blocks }: CommittedBatch): void {
  putText(out, source);
  putVarint(out, seq);
  putDouble(out, heard);
  putVarint(out, blocks.length);
  for (const { entity, columns } of blocks) {
    putVarint(out, entity);
    putVarint(out, columns.t.length);
    putVarint(out, columns.columns.size);
    putGuessing(out, 0, columns.t);
    for (const [metric, values] of columns.columns) {
      putVarint(out, metric);
      putGuessing(out, metric, values);
    }
  }
}

/** The power of ten of each metric's last column (0: of times): a metric's values come with the same decimals mostly. */
const guesses = new Map<number, number>();

function putGuessing(out: Writer, metric: number, values: Float64Array): void {
  const guess = guesses.get(metric) ?? 0;
  const used = putQuick(out, values, guess);
  if (used !== guess) guesses.set(metric, used);
}

/** What is whole in a row, and what is not; throws DamagedBytes for one of a version that is not known. */
export function decodeCommit(bytes: Uint8Array): ReadCommit {
  const from = reader(bytes);
  const version = takeByte(from);
  if (WHOLE.includes(version)) return decodeWhole(from);
  if (version !== VERSION) throw new DamagedBytes(`a write-ahead row of version ${version}`);
  const entities: Commit['entities'][number][] = [];
  const batches: CommittedBatch[] = [];
  const damaged: string[] = [];
  while (from.at < bytes.length) {
    const start = from.at;
    const inside = nextRecord(from);
    if (inside === null || inside.start > start) damaged.push(`its bytes ${start} to ${inside?.start ?? bytes.length} are no whole record`);
    if (inside === null) break;
    try {
      if (takeByte(inside.record) === RECORDS.entity) entities.push(takeEntity(inside.record));
      else batches.push(takeBatch(inside.record));
    } catch (error) {
      if (!(error instanceof DamagedBytes)) throw error;
      damaged.push(`the record at byte ${inside.start}: ${error.message}`);
    }
  }
  return { entities, batches, damaged };
}

/** The next record whose checksum is right, from here on; the reader then stands behind it. */
function nextRecord(from: Reader): { record: Reader; start: number } | null {
  const { bytes, view } = from;
  for (let start = from.at; start + FRONT < bytes.length; start += 1) {
    if (bytes[start] !== MARK[0] || bytes[start + 1] !== MARK[1]) continue;
    const end = start + FRONT + view.getUint32(start + 2, true);
    if (end > bytes.length) continue;
    const inside = bytes.subarray(start + FRONT, end);
    if (crc32(inside) !== view.getUint32(start + 6, true)) continue;
    from.at = end;
    return { record: reader(inside), start };
  }
  from.at = bytes.length;
  return null;
}

/** A row of the versions that had no records: what stands before the damage is whole. */
function decodeWhole(from: Reader): ReadCommit {
  const entities: Commit['entities'][number][] = [];
  const batches: CommittedBatch[] = [];
  const damaged: string[] = [];
  try {
    for (let left = takeCount(from); left > 0; left -= 1) entities.push(takeEntity(from));
    for (let left = takeCount(from); left > 0; left -= 1) batches.push(takeBatch(from));
  } catch (error) {
    if (!(error instanceof DamagedBytes)) throw error;
    damaged.push(`from byte ${from.at} on: ${error.message}`);
  }
  return { entities, batches, damaged };
}

function takeEntity(from: Reader): Commit['entities'][number] {
  const no = takeVarint(from);
  const kind = KINDS[takeByte(from)];
  if (kind === undefined) throw new DamagedBytes('an entity of unknown kind');
  const id = takeText(from);
  const node = takeText(from);
  return { no, kind, id, node: node === '' ? null : node };
}

function takeBatch(from: Reader): CommittedBatch {
  const source = takeText(from);
  const seq = takeVarint(from);
  const heard = takeDouble(from);
  const blocks = Array.from({ length: takeCount(from) }, () => {
    const entity = takeVarint(from);
    const rows = takeRows(from);
    const metrics = takeCount(from);
    const t = takeColumn(from, rows);
    const columns = new Map<number, Float64Array>();
    for (let index = 0; index < metrics; index += 1) {
      const metric = takeVarint(from);
      columns.set(metric, takeColumn(from, rows));
    }
    return { entity, columns: { t, columns } };
  });
  return { source, seq, heard, blocks };
}
