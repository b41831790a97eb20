import { entityKey, type EntityRef, type FactName, type MetricId, type Table } from '../../core/readings/index.ts';

/** Merges tables of one entity (after renaming) from several sources: union of instants; of two values for one instant the first source's stays. */
export function mergeTables(tables: readonly Table[], rename: (entity: EntityRef) => EntityRef): Table[] {
  const groups = new Map<string, { entity: EntityRef; parts: Table[] }>();
  for (const table of tables) {
    const entity = rename(table.entity);
    const group = groups.get(entityKey(entity));
    if (group === undefined) groups.set(entityKey(entity), { entity, parts: [table] });
    else group.parts.push(table);
  }
  return [...groups.values()].map(({ entity, parts }) => joined(entity, parts));
}

function joined(entity: EntityRef, parts: readonly Table[]): Table {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return { ...only, entity };
  const t = Float64Array.from(new Set(parts.flatMap((part) => [...part.t]))).sort();
  const rowOf = new Map<number, number>();
  t.forEach((at, row) => rowOf.set(at, row));
  const columns = new Map<MetricId, Float64Array>();
  const facts = new Map<FactName, string>();
  for (const part of parts) {
    for (const [name, value] of part.facts) if (!facts.has(name)) facts.set(name, value);
    const rows = Array.from(part.t, (at) => rowOf.get(at) ?? -1);
    for (const [id, column] of part.columns) {
      let target = columns.get(id);
      if (target === undefined) {
        target = new Float64Array(t.length).fill(Number.NaN);
        columns.set(id, target);
      }
      for (const [index, row] of rows.entries()) {
        const value = column[index];
        const there = target[row];
        if (value !== undefined && !Number.isNaN(value) && there !== undefined && Number.isNaN(there)) target[row] = value;
      }
    }
  }
  return { entity, t, columns, facts };
}
