import { limits } from './limits.ts';
import type { PackedIntake } from './pack-intake.ts';
import { type SeriesState, takeIn } from './state.ts';
import { type CommittedBatch, encodeCommit } from './wal.ts';

export interface Appended {
  /** Values on disk by this batch; 0 for a duplicate. */
  readonly durable: number;
  readonly duplicate: boolean;
}

/**
 * One commit of many batches: one row, one fsync. What it answers for is on disk. A batch whose (source, seq) is there
 * already, from before or earlier in this commit, is not stored again.
 */
export async function append(
  state: SeriesState,
  { batches, at }: { batches: readonly PackedIntake[]; at: number },
): Promise<{ results: Appended[]; pressed: boolean }> {
  const inThisCommit = new Set<string>();
  const fresh = batches.map((batch) => {
    const key = `${batch.seq} ${batch.source}`;
    if (state.sources.has(batch.source, batch.seq) || inThisCommit.has(key)) return false;
    inThisCommit.add(key);
    return true;
  });
  const accepted = batches.filter((_, index) => fresh[index]).map((batch) => committed(state, batch, at));
  if (accepted.length > 0) {
    const bytes = encodeCommit({ entities: [...state.catalog.unwritten], batches: accepted });
    const id = state.lastWal + 1;
    await state.file.appendWal(id, bytes);
    state.lastWal = id;
    state.wal.push({ id, bytes: bytes.length });
    state.walBytes += bytes.length;
    state.catalog.unwritten.clear();
    for (const batch of accepted) takeIn(state, id, batch);
  }
  const results = batches.map((batch, index): Appended =>
    fresh[index] === true ? { durable: batch.values, duplicate: false } : { durable: 0, duplicate: true },
  );
  return { results, pressed: isPressed(state) };
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
