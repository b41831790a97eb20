import { entityKey, entityOf, type EntityRef, type FactName, isMetricId, type MetricId, type Reading, type Table, tableOf } from '../../core/readings/index.ts';
import { type Block, blockOf, type Delivery } from '../ownership/index.ts';

/** What came as tables, one per entity; a fact without a reading is a table without rows. */
export function tablesOfDelivery({ parts, facts }: Pick<Delivery, 'parts' | 'facts'>): Table[] {
  const groups = new Map<string, { entity: EntityRef; blocks: Block[]; facts: Map<FactName, string> }>();
  const groupOf = (entity: EntityRef) => {
    const key = entityKey(entity);
    let group = groups.get(key);
    if (group === undefined) {
      group = { entity, blocks: [], facts: new Map() };
      groups.set(key, group);
    }
    return group;
  };
  for (const part of parts) groupOf(entityOf(part.block.entity)).blocks.push(blockOf(part));
  for (const fact of facts) groupOf(fact.entity).facts.set(fact.name, fact.value);
  return [...groups.values()].map((group) => ({
    ...(followOn(group.blocks) ? joined(group.entity, group.blocks) : merged(group.entity, group.blocks)),
    facts: group.facts,
  }));
}

/** True where each block begins after the one before it ended. */
function followOn(blocks: readonly Block[]): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const { t } of blocks) {
    const first = t[0];
    if (first === undefined) continue;
    if (first <= last) return false;
    last = t.at(-1) ?? last;
  }
  return true;
}

function joined(entity: EntityRef, blocks: readonly Block[]): Table {
  const rows = blocks.reduce((sum, block) => sum + block.t.length, 0);
  const t = new Float64Array(rows);
  const columns = new Map<MetricId, Float64Array>();
  let row = 0;
  for (const block of blocks) {
    t.set(block.t, row);
    for (const id in block.columns) {
      if (!isMetricId(id)) continue;
      let column = columns.get(id);
      if (column === undefined) {
        column = new Float64Array(rows).fill(Number.NaN);
        columns.set(id, column);
      }
      fill(column, block.columns[id] ?? [], row);
    }
    row += block.t.length;
  }
  return { entity, t, columns, facts: new Map() };
}

function fill(column: Float64Array, values: readonly (number | null)[], from: number): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value !== null && value !== undefined) column[from + index] = value;
  }
}

/** Two tools that speak of one entity at the same time: their rows are put together by time. */
function merged(entity: EntityRef, blocks: readonly Block[]): Table {
  const readings = blocks.flatMap((block): Reading[] =>
    block.t.map((at, row) => ({
      entity,
      at,
      values: Object.fromEntries(
        Object.entries(block.columns).flatMap(([id, column]) => {
          const value = column?.[row];
          return value === undefined || value === null ? [] : [[id, value]];
        }),
      ),
    })),
  );
  return tableOf(entity, readings);
}
