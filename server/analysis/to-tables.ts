import { tableOf, type Table } from '../../core/columns.ts';
import { isMetricId, type MetricId } from '../../core/metrics.ts';
import { entityKey, type Fact, type Reading } from '../../core/reading.ts';
import { entityOf } from '../ingest/entity.ts';
import { blockOf, type Block, type Part } from '../jobs/attribute.ts';

/** What one batch brought for one job. */
export interface News {
  readonly parts: readonly Part[];
  readonly facts: readonly Fact[];
}

/** The news as tables, one per entity; a fact without a reading is a table without rows. */
export function tablesOfNews({ parts, facts }: News): Table[] {
  const groups = new Map<string, { blocks: Block[]; facts: Fact[] }>();
  const groupOf = (key: string) => {
    const group = groups.get(key) ?? { blocks: [], facts: [] };
    groups.set(key, group);
    return group;
  };
  for (const part of parts) groupOf(entityKey(part.block.entity)).blocks.push(blockOf(part));
  for (const fact of facts) groupOf(entityKey(fact.entity)).facts.push(fact);
  return [...groups.values()].flatMap(({ blocks, facts: said }) => {
    const [block] = blocks;
    const entity = block === undefined ? said[0]?.entity : entityOf(block.entity);
    if (entity === undefined) return [];
    if (block === undefined || blocks.length > 1) return [tableOf(entity, blocks.flatMap(readingsOf), said)];
    const columns = new Map<MetricId, Float64Array>();
    for (const [id, column] of Object.entries(block.columns)) if (isMetricId(id) && column !== undefined) columns.set(id, Float64Array.from(column, (value) => value ?? Number.NaN));
    return [{ entity, t: Float64Array.from(block.t), columns, facts: new Map(said.map((fact) => [fact.name, fact.value])) }];
  });
}

/** Two tools that speak of one entity in one batch: their rows are put together by time. */
function readingsOf(block: Block): Reading[] {
  const entity = entityOf(block.entity);
  return block.t.map((at, row) => ({
    entity, at,
    values: Object.fromEntries(Object.entries(block.columns).flatMap(([id, column]) => {
      const value = column?.[row];
      return value === undefined || value === null ? [] : [[id, value]];
    })),
  }));
}
