import type { IngestBatch } from '../../core/contract/index.ts';
import type { EntityRef, MetricId } from '../../core/readings/index.ts';

/** A GPU on a node, as ingest names one. */
export function gpu(name: string, node = 'alvis1-01'): EntityRef {
  return { kind: 'gpu', id: `GPU-${name}`, node };
}

let seq = 0;

/** A batch of one entity's readings; every call is another batch of one sender. */
export function batchOf(
  entity: EntityRef,
  t: readonly number[],
  columns: Partial<Record<MetricId, readonly (number | null)[]>>,
  more: Partial<IngestBatch> = {},
): IngestBatch {
  seq += 1;
  const copied = Object.fromEntries(Object.entries(columns).map(([id, values]) => [id, [...values]]));
  return { source: 'test', seq, blocks: [{ entity, t: [...t], columns: copied }], ...more };
}

/** start, start + step … `count` numbers. */
export function steps(start: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start + step * index);
}
