import type { IngestBatch } from '../../core/contract/index.ts';
import { entityKey, type EntityRef, type MetricId } from '../../core/readings/index.ts';

type Block = IngestBatch['blocks'][number];

/** Gathers rows of several entities into the columns that travel. */
export interface BlockBuilder {
  add(entity: EntityRef, at: number, values: Partial<Record<MetricId, number>>): void;
  /** The blocks so far; the builder is empty again. */
  take(): Block[];
}

export function blockBuilder(): BlockBuilder {
  let blocks = new Map<string, { entity: EntityRef; t: number[]; columns: Map<MetricId, (number | null)[]> }>();
  return {
    add(entity, at, values) {
      const key = entityKey(entity);
      let block = blocks.get(key);
      if (block === undefined) {
        block = { entity, t: [], columns: new Map() };
        blocks.set(key, block);
      }
      const row = block.t.length;
      block.t.push(at);
      for (const [id, value] of Object.entries(values) as [MetricId, number][]) {
        // keys of a metric record
        let column = block.columns.get(id);
        if (column === undefined) {
          column = new Array<number | null>(row).fill(null);
          block.columns.set(id, column);
        }
        column[row] = value;
      }
      for (const column of block.columns.values()) if (column.length <= row) column.push(null);
    },
    take() {
      const done = [...blocks.values()].map(({ entity, t, columns }) => ({ entity: { ...entity }, t, columns: Object.fromEntries(columns) }));
      blocks = new Map();
      return done;
    },
  };
}
