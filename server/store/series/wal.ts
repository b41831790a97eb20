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
  takeByte,
  takeColumn,
  takeDouble,
  takeText,
  takeVarint,
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

const VERSION = 2;
/** Version 1 had no columns of differences; the rest is the same. */
const READ: readonly number[] = [1, VERSION];
/** Their numbers on disk: an order that stays, whatever else is added behind. */
const KINDS: readonly EntityKind[] = ['gpu', 'host', 'engine', 'process'];

/** A commit as the bytes of one write-ahead row. */
export function encodeCommit(commit: Commit): Uint8Array<ArrayBuffer> {
  const out = writer(65_536);
  putByte(out, VERSION);
  putVarint(out, commit.entities.length);
  for (const { no, kind, id, node } of commit.entities) {
    putVarint(out, no);
    putByte(out, KINDS.indexOf(kind));
    putText(out, id);
    putText(out, node ?? '');
  }
  putVarint(out, commit.batches.length);
  for (const { source, seq, heard, blocks } of commit.batches) {
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
  return written(out);
}

/** The power of ten of each metric's last column (0: of times): a metric's values come with the same decimals mostly. */
const guesses = new Map<number, number>();

function putGuessing(out: Writer, metric: number, values: Float64Array): void {
  const guess = guesses.get(metric) ?? 0;
  const used = putQuick(out, values, guess);
  if (used !== guess) guesses.set(metric, used);
}

/** The inverse; throws DamagedBytes. */
export function decodeCommit(bytes: Uint8Array): Commit {
  const from = reader(bytes);
  const version = takeByte(from);
  if (!READ.includes(version)) throw new DamagedBytes(`a write-ahead row of version ${version}`);
  const entities = Array.from({ length: takeVarint(from) }, () => takeEntity(from));
  const batches = Array.from({ length: takeVarint(from) }, () => takeBatch(from));
  return { entities, batches };
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
  const blocks = Array.from({ length: takeVarint(from) }, () => {
    const entity = takeVarint(from);
    const rows = takeVarint(from);
    const metrics = takeVarint(from);
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
