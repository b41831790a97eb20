import { entityKey, type EntityRef, type FactName, joinTables, type Table } from '../../core/readings/index.ts';
import type { Delivery } from '../ownership/index.ts';

/** What came as one table per entity; a fact without a reading is a table without rows. */
export function tablesOfDelivery({ tables, facts }: Pick<Delivery, 'tables' | 'facts'>): Table[] {
  const groups = new Map<string, { entity: EntityRef; tables: Table[]; facts: Map<FactName, string> }>();
  const groupOf = (entity: EntityRef) => {
    const key = entityKey(entity);
    let group = groups.get(key);
    if (group === undefined) {
      group = { entity, tables: [], facts: new Map() };
      groups.set(key, group);
    }
    return group;
  };
  for (const table of tables) groupOf(table.entity).tables.push(table);
  for (const fact of facts) groupOf(fact.entity).facts.set(fact.name, fact.value);
  return [...groups.values()].map((group) => ({ ...joinTables(group.entity, group.tables), facts: group.facts }));
}
