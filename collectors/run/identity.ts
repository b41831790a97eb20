import { entityKey, type EntityRef, type Table } from '../../core/readings/index.ts';

/**
 * Says which names mean one thing, in sources given together as one run:
 * - a GPU printed only by index (`#3`) is the UUID whose `index` fact says 3; or, where one source names exactly one
 *   GPU by UUID and another exactly one by index, the same card (inside a job every first GPU is 0);
 * - a host that a tool did not name (`?`) is the only named host.
 * What stays ambiguous stays apart. A GPU of which nothing was read (a row of the node's topology) makes nothing ambiguous.
 */
export function renamer(sources: readonly (readonly Table[])[]): { rename: (entity: EntityRef) => EntityRef; notes: string[] } {
  const notes: string[] = [];
  const names = new Map<string, EntityRef>();
  const all = sources.flat();
  const hosts = distinct(all.filter((table) => table.entity.kind === 'host' && table.entity.id !== '?').map((table) => table.entity));
  const onlyHost = hosts.length === 1 ? hosts[0] : undefined;
  if (onlyHost !== undefined) names.set('host:?', onlyHost);

  const gpus = distinct(all.filter(({ entity, t }) => entity.kind === 'gpu' && (t.length > 0 || !entity.id.startsWith('#'))).map((table) => table.entity));
  const byUuid = gpus.filter((gpu) => !gpu.id.startsWith('#'));
  const byIndex = gpus.filter((gpu) => gpu.id.startsWith('#'));
  const uuidOfIndex = new Map<string, EntityRef | null>();
  for (const { entity, facts } of all) {
    const index = facts.get('index');
    if (entity.kind !== 'gpu' || entity.id.startsWith('#') || index === undefined) continue;
    const known = uuidOfIndex.get(`#${index}`);
    // Two UUIDs of one index come from two nodes: the index alone says nothing then.
    uuidOfIndex.set(`#${index}`, known === undefined || known?.id === entity.id ? entity : null);
  }
  for (const gpu of byIndex) {
    const named = uuidOfIndex.get(gpu.id);
    if (named !== undefined && named !== null) names.set(entityKey(gpu), named);
  }
  const [uuid] = byUuid;
  const [index] = byIndex;
  if (byUuid.length === 1 && byIndex.length === 1 && uuid !== undefined && index !== undefined && !names.has(entityKey(index))) {
    names.set(entityKey(index), uuid);
    notes.push(`GPU ${index.id.slice(1)} and ${uuid.id} are taken for one card: each source names exactly one`);
  }
  return { rename: (entity) => names.get(entityKey(entity)) ?? entity, notes };
}

function distinct(entities: readonly EntityRef[]): EntityRef[] {
  return [...new Map(entities.map((entity) => [entityKey(entity), entity])).values()];
}
