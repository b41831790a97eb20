import { failureCode } from '../sqlite/index.ts';
import { Unencodable } from './codec/index.ts';
import { limits } from './limits.ts';
import type { PackedIntake } from './pack-intake.ts';
import { entityStatements, settle } from './seal.ts';
import { type SeriesState, takeIn } from './state.ts';
import { type CommittedBatch, commitWriter } from './wal.ts';

export interface Appended {
  /** Values on disk by this batch; 0 for a duplicate. */
  readonly durable: number;
  readonly duplicate: boolean;
}

/** A batch that no encoder can hold, in words: it alone is not stored. */
export interface Refused {
  readonly refused: string;
}

/**
 * One commit of many batches: one row, one fsync. What it answers for is on disk. A batch whose (source, seq) is there
 * already, from before or earlier in this commit, is not stored again.
 */
export async function append(
  state: SeriesState,
  { batches, at }: { batches: readonly PackedIntake[]; at: number },
): Promise<{ results: (Appended | Refused)[]; pressed: boolean }> {
  const { catalog, file } = state;
  const inThisCommit = new Set<string>();
  const accepted: CommittedBatch[] = [];
  const row = commitWriter();
  const results = batches.map((batch): Appended | Refused => {
    const key = `${batch.seq} ${batch.source}`;
    if (state.sources.has(batch.source, batch.seq) || inThisCommit.has(key)) return { durable: 0, duplicate: true };
    try {
      const fresh = committed(state, batch, at);
      row.batch(fresh);
      inThisCommit.add(key);
      accepted.push(fresh);
      return { durable: batch.values, duplicate: false };
    } catch (error) {
      if (!(error instanceof Unencodable)) throw error;
      return { refused: error.message };
    }
  });
  if (accepted.length > 0) {
    for (const entity of catalog.unwritten) row.entity(entity);
    const bytes = row.bytes();
    const id = state.lastWal + 1;
    // New entities stand in rows of their own too: whatever befalls this row, later ones are of something that is known.
    if (catalog.unwritten.size === 0) await file.appendWal(id, bytes);
    else await withEntities(state, id, bytes);
    state.lastWal = id;
    state.wal.push({ id, bytes: bytes.length });
    state.walBytes += bytes.length;
    for (const batch of accepted) takeIn(state, id, batch);
  }
  return { results, pressed: isPressed(state) };
}

/** Where the table of entities is damaged, the row alone has to do: it names them, too. */
async function withEntities(state: SeriesState, id: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const { file, notes } = state;
  try {
    await file.transaction([...entityStatements(state, new Map()), file.appendWal(id, bytes)]);
    settle(state, new Map());
  } catch (error) {
    if (failureCode(error) !== 'damaged') throw error;
    notes.add('the table of what is measured is damaged: new names stand in write-ahead rows alone. Stop the service and run headroom store check.');
    await file.appendWal(id, bytes);
  }
}

/** True where so much is open that it has to be sealed now, whatever the schedule says. */
export function isPressed(state: SeriesState): boolean {
  return state.headBytes > limits.openBytes || state.walBytes > limits.openBytes;
}

function committed({ catalog }: SeriesState, batch: PackedIntake, heard: number): CommittedBatch {
  let at = 0;
  const blocks = batch.tables.map((block) => {
    const entity = catalog.note(block.kind, block.id, block.node).no;
    const take = (): Float64Array => {
      at += block.rows;
      return batch.data.subarray(at - block.rows, at);
    };
    const t = take();
    const columns = new Map<number, Float64Array>();
    for (const metric of block.metrics) {
      const no = catalog.metricNo.get(metric);
      const values = take();
      if (no !== undefined) columns.set(no, values);
    }
    return { entity, columns: { t, columns } };
  });
  return { source: batch.source, seq: batch.seq, heard, blocks };
}
