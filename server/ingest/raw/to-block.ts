import type { Table } from '../../../core/readings/index.ts';
import type { IngestBatch } from '../../../core/contract/index.ts';

/** A table as it travels: the validity mask becomes null, stamps are rounded to milliseconds. */
export function toBlock(table: Table): IngestBatch['blocks'][number] {
  const { kind, id, node } = table.entity;
  return {
    entity: { kind, id: id.slice(0, 200), ...(node === undefined ? {} : { node: node.slice(0, 200) }) },
    t: Array.from(table.t, (at) => Math.round(at * 1000) / 1000),
    columns: Object.fromEntries([...table.columns].map(([metric, column]) => [metric, Array.from(column, (value) => (Number.isNaN(value) ? null : value))])),
  };
}
