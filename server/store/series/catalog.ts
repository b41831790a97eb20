import { entityMap, type EntityKind, type EntityRef, isWellFormed, type MetricId } from '../../../core/readings/index.ts';
import { Unencodable } from './codec/index.ts';

/** An entity as the file numbers it. */
export interface KnownEntity {
  readonly no: number;
  readonly kind: EntityKind;
  readonly id: string;
  node: string | null;
  /** Readings in write-ahead rows up to this one are in chunks. */
  sealedTo: number;
  /** Its roll-ups reach to here, seconds UTC; null before the first. */
  rolledTo: number | null;
}

/** Numbers for what chunks would otherwise spell out: entities, metrics, and sets of metrics. */
export interface Catalog {
  readonly entities: Map<number, KnownEntity>;
  find(entity: Pick<EntityRef, 'kind' | 'id'>): KnownEntity | undefined;
  /** The entity's number, a new one where it is unknown; notes a node that it did not have. Throws Unencodable for a name that the file cannot hold. */
  note(kind: EntityKind, id: string, node: string | null): KnownEntity;
  /** Entities whose rows in the file do not say all this yet: the next commit writes them, and names them in its write-ahead row too. */
  readonly unwritten: Set<KnownEntity>;
  /** Takes up an entity as the file has it; the object is the catalog's from then on. */
  restore(entity: KnownEntity): void;
  remove(no: number): void;
  readonly metricNo: Map<MetricId, number>;
  readonly metricName: Map<number, MetricId>;
  /** Sets of metric numbers by their text, "3,7,12", and by number. */
  readonly setNo: Map<string, number>;
  readonly setMetrics: Map<number, readonly number[]>;
}

/** Empty: the file fills it by `restore`. Numbers begin at 1. */
export function newCatalog(): Catalog {
  const entities = new Map<number, KnownEntity>();
  const byName = entityMap<KnownEntity>();
  const unwritten = new Set<KnownEntity>();
  let lastNo = 0;
  const keep = (entity: KnownEntity): KnownEntity => {
    entities.set(entity.no, entity);
    byName.set(entity, entity);
    lastNo = Math.max(lastNo, entity.no);
    return entity;
  };
  return {
    entities,
    find: byName.get,
    note: (kind, id, node) => {
      const known = byName.get({ kind, id });
      if (known !== undefined && (node === null || known.node === node)) return known;
      // Two names with half a character each would be one in the file, whose refusal would be everybody's.
      if (!isWellFormed(id) || (node !== null && !isWellFormed(node))) throw new Unencodable(`the name of a ${kind} has half a character`);
      const entity = known ?? keep({ no: lastNo + 1, kind, id, node, sealedTo: 0, rolledTo: null });
      if (node !== null) entity.node = node;
      unwritten.add(entity);
      return entity;
    },
    unwritten,
    restore: (entity) => void keep(entity),
    remove: (no) => {
      const known = entities.get(no);
      if (known === undefined) return;
      entities.delete(no);
      byName.delete(known);
      unwritten.delete(known);
    },
    metricNo: new Map(),
    metricName: new Map(),
    setNo: new Map(),
    setMetrics: new Map(),
  };
}

/** The text of a set of metric numbers, as the file holds it. */
export function setText(metrics: Iterable<number>): string {
  return [...metrics].sort((a, b) => a - b).join(',');
}
