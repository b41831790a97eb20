import { createHash } from 'node:crypto';
import type { EntityKind, EntityRef, Fact, FactName, SourceEvent } from '../../../core/reading.ts';
import { inserts } from '../sqlite/inserts.ts';
import { keepPlaces } from './declare.ts';
import type { Viewer } from '../types.ts';
import type { MainFile } from './file.ts';
import { withPlaces } from './rows.ts';

/** What a batch says beside its readings, as far as it is new. */
export interface Heard {
  readonly nodes: readonly string[];
  readonly gpus: readonly { uuid: string; node: string | null; name: string | null }[];
  readonly facts: readonly Fact[];
  /** `at` is filled in: an event without a time happened when it was heard. */
  readonly events: readonly (SourceEvent & { readonly at: number })[];
  /** Now, seconds UTC. */
  readonly at: number;
}

/** Which entities: all of the ids and all of the nodes, or every one where neither is given. */
export interface About {
  readonly ids?: readonly string[];
  readonly nodes?: readonly string[];
}

/** Old events are dropped beyond this many, whatever their age. */
const mostEvents = 200_000;
/** Facts of a process are dropped this long after they were last said, in seconds. */
const processMemory = 7 * 86_400;

/** Writes what is new, once: an event that was heard before (a repeated delivery) stays one. */
export async function keepHeard(db: MainFile, { nodes, gpus, facts, events, at }: Heard): Promise<void> {
  if (nodes.length + gpus.length > 0) await keepPlaces(db, nodes, gpus);
  const latest = new Map(facts.map((fact) => [`${fact.entity.kind} ${fact.entity.id} ${fact.name}`, fact]));
  await db.$transaction([
    ...inserts(
      db,
      'INSERT INTO "Fact" (kind, entity, name, node, value, at)',
      [...latest.values()].map(({ entity, name, value }) => [entity.kind, entity.id, name, entity.node ?? null, value, at]),
      'ON CONFLICT (kind, entity, name) DO UPDATE SET value = excluded.value, node = COALESCE(excluded.node, "Fact".node), at = excluded.at',
    ),
    ...inserts(
      db,
      'INSERT INTO "Event" (digest, at, kind, "entityKind", entity, node, text)',
      events.map((event) => [digestOf(event), event.at, event.kind, event.entity?.kind ?? null, event.entity?.id ?? null, event.entity?.node ?? null, event.text]),
      'ON CONFLICT (digest) DO NOTHING',
    ),
  ]);
}

export async function factsAbout(db: MainFile, viewer: Viewer, about: About): Promise<(Fact & { at: number })[]> {
  const rows = await db.fact.findMany({ where: { AND: [condition(about), condition(await placesOf(db, viewer))] }, orderBy: [{ kind: 'asc' }, { entity: 'asc' }, { name: 'asc' }] });
  return rows.map(({ kind, entity, name, node, value, at }) => ({ entity: refOf(kind, entity, node), name: name as FactName, value, at })); // written from the contract's types
}

export async function eventsAbout(db: MainFile, viewer: Viewer, { from, to, ...about }: About & { from: number; to: number }): Promise<SourceEvent[]> {
  const rows = await db.event.findMany({ where: { AND: [condition(about), condition(await placesOf(db, viewer)), { at: { gte: from, lt: to } }] }, orderBy: [{ at: 'asc' }, { id: 'asc' }], take: 10_000 });
  return rows.map(({ at, kind, entityKind, entity, node, text }) => ({
    at, text,
    kind: kind as SourceEvent['kind'], // written from the contract's type
    entity: entityKind === null || entity === null ? null : refOf(entityKind, entity, node),
  }));
}

export async function knownNodes(db: MainFile, viewer: Viewer): Promise<{ node: string; gpus: { uuid: string; name: string | null }[] }[]> {
  const { nodes } = await placesOf(db, viewer);
  const rows = await db.node.findMany({ ...(nodes === undefined ? {} : { where: { name: { in: [...nodes] } } }), orderBy: { name: 'asc' }, include: { gpus: { orderBy: { uuid: 'asc' }, select: { uuid: true, name: true } } } });
  return rows.map(({ name, gpus }) => ({ node: name, gpus }));
}

/** Drops events before a time or beyond their number, and facts of processes long gone. */
export async function prune(db: MainFile, { now, eventsBefore }: { now: number; eventsBefore: number }): Promise<void> {
  const newest = await db.event.findFirst({ orderBy: { id: 'desc' }, select: { id: true } });
  await db.$transaction([
    db.event.deleteMany({ where: { OR: [{ at: { lt: eventsBefore } }, { id: { lte: (newest?.id ?? mostEvents) - mostEvents } }] } }),
    db.fact.deleteMany({ where: { kind: 'process', at: { lt: now - processMemory } } }),
  ]);
}

/** Where a viewer may look: everywhere, or (one job's token) at that job's GPUs and nodes. */
async function placesOf(db: MainFile, viewer: Viewer): Promise<About> {
  if (viewer.kind !== 'job') return {};
  const job = await db.job.findUnique({ where: { cluster_id: { cluster: viewer.cluster, id: viewer.id } }, include: withPlaces });
  return { ids: job?.gpus.map(({ uuid }) => uuid) ?? [], nodes: job?.nodes.map(({ node }) => node) ?? [] };
}

function condition({ ids, nodes }: About) {
  if (ids === undefined && nodes === undefined) return {};
  const onNodes = [...(nodes ?? [])];
  return { OR: [{ entity: { in: [...(ids ?? []), ...onNodes] } }, { node: { in: onNodes } }] };
}

function refOf(kind: string, id: string, node: string | null): EntityRef {
  return { kind: kind as EntityKind, id, ...(node === null ? {} : { node }) }; // written from the contract's type
}

function digestOf({ at, kind, entity, text }: SourceEvent): string {
  return createHash('sha256').update(JSON.stringify([at, kind, entity?.kind, entity?.id, text])).digest('base64url');
}
