import type { NodeDetail } from '../../core/contract/nodes.ts';
import type { SeriesQuery, SeriesReply } from '../../core/contract/series.ts';
import { entityKey } from '../../core/readings/reading.ts';
import { notThere } from '../http/problem.ts';
import { jobName } from '../ownership/job-index.ts';
import { answerSeries } from './series.ts';
import type { Service } from '../main/service.ts';
import type { Viewer } from '../store/types.ts';
import type { NodeNow } from '../nodes/registry.ts';
import { nodeRow } from '../nodes/rows.ts';

/** How far back a node's page looks when nobody says, seconds. */
const LATELY = 3_600;

/** One node with everything on it; readings of no job are found here. Throws 404. */
export async function nodeDetail(service: Service, viewer: Viewer, name: string): Promise<NodeDetail> {
  const node = known(service, name);
  const now = service.now();
  const [entities, facts, events] = await Promise.all([
    service.store.series.entities({ nodes: [name], from: now - LATELY, to: now + 1 }),
    service.store.facts.facts(viewer, { nodes: [name] }),
    service.store.facts.events(viewer, { nodes: [name], from: now - 86_400, to: now + 1 }),
  ]);
  return {
    row: nodeRow(node, service.index, now),
    entities: entities.map(({ entity, metrics }) => ({
      kind: entity.kind,
      id: entity.id,
      metrics,
      facts: Object.fromEntries(facts.filter((fact) => entityKey(fact.entity) === entityKey(entity)).map((fact) => [fact.name, fact.value])),
      jobs: service.index.ownersAt(entity, now).map(jobName),
    })),
    events: events.map((event) => ({ at: event.at, kind: event.kind, entity: event.entity === null ? null : entityKey(event.entity), text: event.text })),
  };
}

/** Series of everything on a node, whatever job it belongs to. Throws 404. */
export async function nodeSeries(service: Service, name: string, query: SeriesQuery): Promise<SeriesReply> {
  known(service, name);
  const to = query.to ?? service.now() + 1;
  const from = query.from ?? to - LATELY;
  const entities = (await service.store.series.entities({ nodes: [name], from, to })).map(({ entity }) => entity);
  return answerSeries(service, { entities, metrics: query.metrics, points: query.points, from, to });
}

function known(service: Service, name: string): NodeNow {
  const node = service.nodes.get(name);
  if (node === undefined) throw notThere(`node ${name}`, 'path/node', 'nodes are known from their first reading on: see /api/nodes');
  return node;
}
