import { type EntityRef, type Intake, intakeFromBatch, type MetricId } from '../../core/readings/index.ts';

/** A GPU on a node, as ingest names one. */
export function gpu(name: string, node = 'alvis1-01'): EntityRef {
  return { kind: 'gpu', id: `GPU-${name}`, node };
}

let seq = 0;

/** An intake of one entity's readings, null where absent; every call is another one of one sender. */
export function batchOf(
  entity: EntityRef,
  t: readonly number[],
  columns: Partial<Record<MetricId, readonly (number | null)[]>>,
  more: Partial<Intake> = {},
): Intake {
  seq += 1;
  const copied = Object.fromEntries(Object.entries(columns).map(([id, values]) => [id, [...values]]));
  return { ...intakeFromBatch({ source: 'test', seq, blocks: [{ entity, t: [...t], columns: copied }] }), ...more };
}

/** start, start + step … `count` numbers. */
export function steps(start: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start + step * index);
}
