import { type EntityMap, entityMap } from './entity-map.ts';
import type { Fact, FactName } from './reading.ts';

/** Facts of many entities as each one's own; of two of a name the later holds. */
export function factsByEntity(facts: Iterable<Fact>): EntityMap<ReadonlyMap<FactName, string>> {
  const of = entityMap<Map<FactName, string>>();
  for (const { entity, name, value } of facts) {
    const own = of.get(entity) ?? new Map<FactName, string>();
    of.set(entity, own.set(name, value));
  }
  return of;
}
