import { ENTITY_KINDS, type EntityKind, entityMap, type EntityRef, type Fact, type FactName, type Intake } from '../../../core/readings/index.ts';
import type { FactStore, KnownIds, SaidFact } from '../interface/index.ts';
import { START } from '../sqlite/index.ts';
import type { Host } from '../worker/index.ts';
import { factMemory, factsIn, type Heard } from './facts.ts';
import type { RelationalHandlers } from './worker.ts';

/** Facts and events, and the part of a batch that goes there. */
export interface HeardStore extends FactStore {
  /** Writes what is new in a batch; resolves when it is on disk, at once where nothing is. */
  note(intake: Intake): Promise<void>;
  /** `withReadings`: the entities that the series have. What is said of others is forgotten when it was not said for a week. */
  prune(bounds: { now: number; eventsBefore: number }, withReadings: () => Promise<KnownIds>): Promise<void>;
}

/**
 * A fact that is said again is written again only after this long, in seconds, so that its age is known so well: of a card
 * or node to the day, of an engine or process to minutes, for the next one under that name may be another job's.
 */
const refreshAfter = { gpu: 86_400, host: 86_400, engine: 600, process: 600 } as const satisfies Record<EntityKind, number>;

/** Seconds between two looks for things that are spoken of and have no readings. */
const lookEvery = 3_600;

/** `heard` tells when each node was last heard (the series know). */
export async function openFacts(host: Host<RelationalHandlers>, heard: () => Promise<Map<string, number>>, now: () => number): Promise<HeardStore> {
  // Agents repeat their facts with every start and many batches; only news reach the file.
  const facts = entityMap<readonly SaidFact[]>();
  const nodeOfGpu = new Map<string, string | null>();
  const nodes = new Set<string>();
  let looked = Number.NEGATIVE_INFINITY;
  const known = (entity: EntityRef, name: FactName): SaidFact | undefined => facts.get(entity)?.find((fact) => fact.name === name);
  const put = (fact: SaidFact): void => {
    const others = facts.get(fact.entity)?.filter(({ name }) => name !== fact.name);
    facts.set(fact.entity, others === undefined ? [fact] : [...others, fact]);
  };
  for (let after: number | null = START; after !== null;) {
    const from: number = after;
    const page = await host.call('factsAfter', () => from);
    for (const fact of factsIn(page)) put(fact);
    after = page.last;
  }

  /** As the file has it: a fact that names no node keeps the one that it had. */
  const keep = ({ entity, name, value }: Fact, at: number): void => {
    const node = entity.node ?? known(entity, name)?.entity.node;
    put({ entity: node === undefined ? entity : { ...entity, node }, name, value, at });
  };

  /** True for what nearly every intake is: readings alone, of GPUs and nodes that are known where they are. */
  const isOld = ({ tables, facts: said, events }: Intake): boolean =>
    said.length + events.length === 0 &&
    tables.every(({ entity: { kind, id, node } }) => node !== undefined && nodes.has(node) && (kind !== 'gpu' || nodeOfGpu.get(id) === node));

  const news = (batch: Intake, at: number): Heard | null => {
    if (isOld(batch)) return null;
    const fresh: Fact[] = batch.facts.flatMap((fact) => {
      const before = known(fact.entity, fact.name);
      return before?.value === fact.value && at - before.at < refreshAfter[fact.entity.kind] ? [] : [fact];
    });
    const names = new Map(fresh.filter((fact) => fact.entity.kind === 'gpu' && fact.name === 'name').map((fact) => [fact.entity.id, fact.value]));
    const entities = [...batch.tables, ...batch.facts].map(({ entity }) => entity);
    const newNodes = new Set(
      entities.map((entity) => entity.node ?? (entity.kind === 'host' ? entity.id : '?')).filter((node) => node !== '?' && !nodes.has(node)),
    );
    const gpus = new Map<string, Heard['gpus'][number]>();
    for (const { kind, id, node } of entities) {
      // An index means something only where it was printed: such a GPU has no identity to keep.
      if (kind !== 'gpu' || id.startsWith('#')) continue;
      const moved = !nodeOfGpu.has(id) || (node !== undefined && nodeOfGpu.get(id) !== node);
      if (moved || names.has(id)) gpus.set(id, { uuid: id, node: node ?? nodeOfGpu.get(id) ?? null, name: names.get(id) ?? null });
    }
    const events = batch.events.map((event) => ({ ...event, at: event.at ?? at }));
    if (fresh.length + newNodes.size + gpus.size + events.length === 0) return null;
    const places = [...newNodes, ...[...gpus.values()].flatMap(({ node }) => (node === null ? [] : [node]))];
    return { nodes: places, gpus: [...gpus.values()], facts: fresh, events, at };
  };

  return {
    note: async (batch) => {
      const at = now();
      const heardNow = news(batch, at);
      if (heardNow === null) return;
      await host.call('keepHeard', () => heardNow);
      for (const fact of heardNow.facts) keep(fact, at);
      for (const node of heardNow.nodes) nodes.add(node);
      for (const { uuid, node } of heardNow.gpus) nodeOfGpu.set(uuid, node);
    },
    facts: async (query) =>
      query.ids === undefined && query.nodes === undefined ? [...facts.entries()].flatMap(([, said]) => said) : host.call('facts', () => query),
    events: (query) => host.call('events', () => query),
    nodes: async () => {
      const [rows, last] = await Promise.all([host.call('nodes', () => null), heard()]);
      const told = new Set(rows.map(({ node }) => node));
      // A node whose row was lost with a damaged file has its readings all the same.
      const others = [...last.keys()].filter((node) => !told.has(node)).map((node) => ({ node, gpus: [] }));
      return [...rows, ...others].map((row) => ({ ...row, lastReadingAt: last.get(row.node) ?? null }));
    },
    known: async () => {
      const ids: Record<EntityKind, string[]> = { gpu: [], host: [], engine: [], process: [] };
      for (const [{ kind, id }] of facts.entries()) ids[kind].push(id);
      return ids;
    },
    prune: async (bounds, withReadings) => {
      await host.call('prune', () => bounds);
      if (Math.abs(bounds.now - looked) >= lookEvery) {
        looked = bounds.now;
        const stale = [...facts.entries()].filter(([{ kind }, said]) => kind !== 'process' && said.every(({ at }) => at < bounds.now - factMemory));
        // The page of a job that ended months ago still says what ran in it.
        const measured = stale.length === 0 ? null : await withReadings();
        const kept = measured === null ? null : entityMap<true>();
        for (const kind of ENTITY_KINDS) for (const id of measured?.[kind] ?? []) kept?.set({ kind, id }, true);
        const gone = stale.flatMap(([entity]) => (kept?.get(entity) === undefined ? [entity] : []));
        if (gone.length > 0) await host.call('forget', () => ({ entities: gone, before: bounds.now - factMemory }));
        for (const entity of gone) if (facts.get(entity)?.every(({ at }) => at < bounds.now - factMemory) === true) facts.delete(entity);
      }
      for (const [entity, said] of facts.entries()) {
        if (entity.kind !== 'process') continue;
        const kept = said.filter(({ at }) => at >= bounds.now - factMemory);
        if (kept.length === 0) facts.delete(entity);
        else if (kept.length < said.length) facts.set(entity, kept);
      }
    },
  };
}
