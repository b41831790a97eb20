import type { IngestBatch } from '../../../core/contract/index.ts';
import { type EntityKind, isMetricId, type MetricId } from '../../../core/readings/index.ts';

/** One entity's part of a batch: its numbers are rows of `data`, first the times, then each metric's values. */
export interface PackedBlock {
  readonly kind: EntityKind;
  readonly id: string;
  readonly node: string | null;
  readonly rows: number;
  readonly metrics: readonly MetricId[];
}

/** A batch as it crosses to the worker: one array of numbers instead of thousands of small ones. NaN is absent. */
export interface PackedBatch {
  readonly source: string;
  readonly seq: number;
  /** Values that are there. */
  readonly values: number;
  readonly blocks: readonly PackedBlock[];
  readonly data: Float64Array;
}

/** Sets of metrics that came before: the same array for the same set, which a message to the worker then holds once. */
const sets = new Map<string, readonly MetricId[]>();

function sharedSet(names: string[]): readonly MetricId[] {
  const key = names.join();
  let set = sets.get(key);
  if (set === undefined) {
    if (sets.size > 10_000) sets.clear();
    set = names.filter(isMetricId);
    sets.set(key, set);
  }
  return set;
}

/** Throws RangeError for a column of another length than `t` and for a time that is no finite number. */
export function packBatch(batch: IngestBatch): PackedBatch {
  const blocks = batch.blocks.filter((block) => block.t.length > 0);
  const metricsOf = blocks.map((block) => sharedSet(Object.keys(block.columns)));
  const size = blocks.reduce((sum, block, index) => sum + block.t.length * (1 + (metricsOf[index] ?? []).length), 0);
  const data = new Float64Array(size);
  let at = 0;
  let values = 0;
  const packed = blocks.map((block, index): PackedBlock => {
    const rows = block.t.length;
    const metrics = metricsOf[index] ?? [];
    for (const time of block.t) {
      if (!Number.isFinite(time)) throw new RangeError(`${block.entity.kind} ${block.entity.id} has a time that is no number`);
      data[at++] = time;
    }
    for (const metric of metrics) {
      const column = block.columns[metric];
      if (column?.length !== rows) throw new RangeError(`${block.entity.kind} ${block.entity.id}: ${metric} has ${column?.length} values for ${rows} times`);
      for (const value of column) {
        const there = value !== null && Number.isFinite(value);
        data[at++] = there ? value : Number.NaN;
        if (there) values += 1;
      }
    }
    return { kind: block.entity.kind, id: block.entity.id, node: block.entity.node ?? null, rows, metrics };
  });
  return { source: batch.source, seq: batch.seq, values, blocks: packed, data };
}
