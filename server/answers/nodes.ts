import type { NodeDetail, NodesReply, SeriesQuery, DrawnReply } from '../../core/contract/index.ts';
import { entityKey } from '../../core/readings/index.ts';
import { notThere } from '../http/index.ts';
import { jobName } from '../ownership/index.ts';
import { answerSeries } from './series.ts';
import type { AnswerParts } from './parts.ts';
import type { Viewer } from '../store/index.ts';
import type { NodeNow } from '../nodes/index.ts';
import { nodeRow } from './node-rows.ts';

/** How far back a node's page looks when nobody says, seconds. */
const LATELY = 3_600;

/** Every node ever heard of, as a list shows it. */
export function listNodes(parts: AnswerParts, _viewer: Viewer): NodesReply {
  const now = parts.now();
  return {
    now,
    nodes: [...parts.nodes.all()].map((node) => nodeRow(node, parts.index, now)).sort((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true })),
  };
}

/** One node with everything on it; readings of no job are found here. Throws 404. */
export async function nodeDetail(parts: AnswerParts, viewer: Viewer, name: string): Promise<NodeDetail> {
  const node = known(parts, name);
  const now = parts.now();
  const [entities, facts, events] = await Promise.all([
    parts.store.series.entities({ nodes: [name], from: now - LATELY, to: now + 1 }),
    parts.store.facts.facts(viewer, { nodes: [name] }),
    parts.store.facts.events(viewer, { nodes: [name], from: now - 86_400, to: now + 1 }),
  ]);
  return {
    row: nodeRow(node, parts.index, now),
    entities: entities.map(({ entity, metrics }) => ({
      kind: entity.kind,
      id: entity.id,
      metrics,
      facts: Object.fromEntries(facts.filter((fact) => entityKey(fact.entity) === entityKey(entity)).map((fact) => [fact.name, fact.value])),
      jobs: parts.index.ownersAt(entity, now).map(jobName),
    })),
    events: events.map((event) => ({ at: event.at, kind: event.kind, entity: event.entity === null ? null : entityKey(event.entity), text: event.text })),
  };
}

/** Series of everything on a node, whatever job it belongs to. Throws 404. */
export async function nodeSeries(parts: AnswerParts, _viewer: Viewer, name: string, query: SeriesQuery): Promise<DrawnReply> {
  known(parts, name);
  const to = query.to ?? parts.now() + 1;
  const from = query.from ?? to - LATELY;
  const entities = (await parts.store.series.entities({ nodes: [name], from, to })).map(({ entity }) => entity);
  return answerSeries(parts, { entities, metrics: query.metrics, points: query.points, from, to });
}

function known(parts: AnswerParts, name: string): NodeNow {
  const node = parts.nodes.get(name);
  if (node === undefined) throw notThere(`node ${name}`, 'path/node', 'nodes are known from their first reading on: see /api/nodes');
  return node;
}
