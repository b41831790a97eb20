import { STORE_BOUNDS } from '../../settings/index.ts';
import { createHash } from 'node:crypto';
import { ENTITY_KINDS, type EntityKind, type EntityRef, type Fact, type FactName, type SourceEvent } from '../../../core/readings/index.ts';
import { inserts, type Page, pageOf, reading, rowsIn, rowsOf, sharedTexts } from '../sqlite/index.ts';
import { keepPlaces } from './declare.ts';
import type { SaidFact } from '../interface/index.ts';
import type { MainFile } from './file.ts';

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

/** An answer holds no more events than this of one slice of entities. */
const mostAnswered = STORE_BOUNDS.eventsAnswered.value;
/** Old events are dropped beyond this many, whatever their age. */
const mostEvents = STORE_BOUNDS.events.value;
/** Facts of a process, and of what has no readings, are dropped this long after they were last said, in seconds. */
export const factMemory = 7 * 86_400;

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
      events.map((event) => [
        digestOf(event),
        event.at,
        event.kind,
        event.entity?.kind ?? null,
        event.entity?.id ?? null,
        event.entity?.node ?? null,
        event.text,
      ]),
      'ON CONFLICT (digest) DO NOTHING',
    ),
  ]);
}

/** The latest value of each fact about those entities, and when it was said. */
export async function factsAbout(db: MainFile, about: About): Promise<SaidFact[]> {
  const found = new Map<string, SaidFact>();
  for (const where of conditions(about)) {
    for (const { kind, entity, name, node, value, at } of await db.fact.findMany({ where, orderBy: [{ kind: 'asc' }, { entity: 'asc' }, { name: 'asc' }] })) {
      found.set(`${kind} ${entity} ${name}`, { entity: refOf(kind, entity, node), name: name as FactName, value, at }); // written from the contract's types
    }
  }
  return [...found.values()];
}

/** What happened to those entities with from ≤ at < to (seconds UTC), oldest first. */
export async function eventsAbout(db: MainFile, { from, to, ...about }: About & { from: number; to: number }): Promise<SourceEvent[]> {
  const found = new Map<number, SourceEvent & { at: number }>();
  for (const where of conditions(about)) {
    for (const { id, at, kind, entityKind, entity, node, text } of await db.event.findMany({
      where: { AND: [where, { at: { gte: from, lt: to } }] },
      orderBy: [{ at: 'asc' }, { id: 'asc' }],
      take: mostAnswered,
    })) {
      const ref = entityKind === null || entity === null ? null : refOf(entityKind, entity, node);
      found.set(id, { at, text, kind: kind as SourceEvent['kind'], entity: ref }); // written from the contract's type
    }
  }
  return [...found].sort(([a, first], [b, second]) => first.at - second.at || a - b).map(([, event]) => event);
}

/** The latest value of the next facts of the file at `path`, some thousands at a time: what crosses in one piece leaves its size behind. */
export function factsAfter(path: string, after: number): Page {
  return reading(path, (db) => pageOf(db, 'Fact', ['kind', 'entity', 'name', 'node', 'value', 'at'], after));
}

/** The facts of such a page. A text crosses a thread in a tenth of the time that objects take. */
export function factsIn(page: Page): SaidFact[] {
  // Each row has texts of its own; most of them are the same few.
  const shared = sharedTexts();
  return (rowsOf(page) as [string, string, FactName, string | null, string, number][]).map(([kind, id, name, node, value, at]) => ({
    entity: refOf(shared(kind), id, node === null ? null : shared(node)),
    name: shared(name),
    value: shared(value),
    at,
  })); // the table's columns, written from the contract's types
}

/** Every node ever heard of with its GPUs. */
export function knownNodes(path: string): { node: string; gpus: { uuid: string; name: string | null }[] }[] {
  const all = (table: string, columns: readonly string[]) => reading(path, (db) => [...rowsIn(db, table, columns)]);
  const gpusOn = new Map<string, { uuid: string; name: string | null }[]>();
  for (const [uuid, name, node] of byFirst(all('Gpu', ['uuid', 'name', 'node']) as [string, string | null, string | null][])) {
    if (node === null) continue;
    const there = gpusOn.get(node);
    if (there === undefined) gpusOn.set(node, [{ uuid, name }]);
    else there.push({ uuid, name });
  }
  return byFirst(all('Node', ['name']) as [string][]).map(([node]) => ({ node, gpus: gpusOn.get(node) ?? [] }));
}

function byFirst<R extends readonly [string, ...unknown[]]>(rows: R[]): R[] {
  return rows.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

/** Drops events before a time or beyond their number, and facts of processes long gone. */
export async function prune(db: MainFile, { now, eventsBefore }: { now: number; eventsBefore: number }): Promise<void> {
  const newest = await db.event.findFirst({ orderBy: { id: 'desc' }, select: { id: true } });
  await db.$transaction([
    db.event.deleteMany({ where: { OR: [{ at: { lt: eventsBefore } }, { id: { lte: (newest?.id ?? mostEvents) - mostEvents } }] } }),
    db.fact.deleteMany({ where: { kind: 'process', at: { lt: now - factMemory } } }),
  ]);
}

/** Drops facts of these entities that were last said before a time, seconds UTC. */
export async function forget(db: MainFile, { entities, before }: { entities: readonly EntityRef[]; before: number }): Promise<void> {
  for (const kind of ENTITY_KINDS) {
    const ids = entities.filter((one) => one.kind === kind).map(({ id }) => id);
    for (const part of slices(ids)) await db.fact.deleteMany({ where: { kind, entity: { in: part }, at: { lt: before } } });
  }
}

/** Conditions that together ask for all of the ids and nodes: Prisma takes 999 parameters at a time. */
function conditions({ ids, nodes }: About) {
  if (ids === undefined && nodes === undefined) return [{}];
  return [
    ...slices(ids ?? []).map((part) => ({ entity: { in: part } })),
    ...slices(nodes ?? []).map((part) => ({ OR: [{ entity: { in: part } }, { node: { in: part } }] })),
  ];
}

function slices<T>(items: readonly T[]): T[][] {
  const size = 400;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function refOf(kind: string, id: string, node: string | null): EntityRef {
  return { kind: kind as EntityKind, id, ...(node === null ? {} : { node }) }; // written from the contract's type
}

function digestOf({ at, kind, entity, text }: SourceEvent): string {
  return createHash('sha256')
    .update(JSON.stringify([at, kind, entity?.kind, entity?.id, text]))
    .digest('base64url');
}
