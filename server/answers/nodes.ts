import type { NodeDetail, NodesQuery, NodesReply, DrawnReply } from '../../core/contract/index.ts';
import { entityKey } from '../../core/readings/index.ts';
import type { Viewer } from '../auth/index.ts';
import { notThere } from '../http/index.ts';
import { jobName, maySeeEntity, maySeeNode, seesEverything, visibleOwnersAt, visibleSpans } from '../ownership/index.ts';
import { answerSeries, type SeriesQuestion } from './series.ts';
import type { AnswerParts } from './parts.ts';
import type { KnownNode } from '../nodes/index.ts';
import { nodeRow } from './node-rows.ts';

/** How far back a node's page looks when nobody says, seconds. */
const LATELY = 3_600;

/** Every node ever heard of that a viewer may see now, as a list shows it. */
export function listNodes(parts: AnswerParts, viewer: Viewer, { cursor, limit = 500 }: NodesQuery): NodesReply {
  const { index, nodes } = parts;
  const now = parts.now();
  const visible = [...nodes.all()]
    .filter(({ node }) => (cursor === undefined || inOrder(node, cursor) > 0) && maySeeNode(viewer, index, { node, at: now }))
    .sort((a, b) => inOrder(a.node, b.node));
  const page = visible.slice(0, limit);
  return { now, nodes: page.map((node) => nodeRow(node, { viewer, index, now })), cursor: visible.length > limit ? (page.at(-1)?.node ?? null) : null };
}

const { compare } = new Intl.Collator('en', { numeric: true });

/** n2 before n10; of two names that people take for one, always the same first, or a page would lose it. */
function inOrder(a: string, b: string): number {
  return compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** One node with everything on it that a viewer may see; who sees everything finds readings of no job here. Throws 404. */
export async function nodeDetail(parts: AnswerParts, viewer: Viewer, name: string): Promise<NodeDetail> {
  const { index, store } = parts;
  const node = known(parts, viewer, name);
  const now = parts.now();
  const [found, facts, events] = await Promise.all([
    store.series.entities({ nodes: [name], from: now - LATELY, to: now + 1 }),
    store.facts.facts({ nodes: [name] }),
    store.facts.events({ nodes: [name], from: now - 86_400, to: now + 1 }),
  ]);
  // Of a card or node whatever was said; the number of a process or an engine's port may have been another job's then.
  const told = facts.filter(({ entity, at }) => entity.kind === 'gpu' || entity.kind === 'host' || maySeeEntity(viewer, index, { entity, at }));
  return {
    row: nodeRow(node, { viewer, index, now }),
    entities: found
      .filter(({ entity }) => visibleSpans(viewer, index, { entity, from: now - LATELY, to: now + 1 }).length > 0)
      .map(({ entity, metrics }) => ({
        kind: entity.kind,
        id: entity.id,
        metrics,
        facts: Object.fromEntries(told.filter((fact) => entityKey(fact.entity) === entityKey(entity)).map((fact) => [fact.name, fact.value])),
        jobs: visibleOwnersAt(viewer, index, { entity, at: now }).map(jobName),
      })),
    events: events
      .filter(({ at, entity }) => (entity === null ? seesEverything(viewer) : maySeeEntity(viewer, index, { entity, at: at ?? now })))
      .map((event) => ({ at: event.at, kind: event.kind, entity: event.entity === null ? null : entityKey(event.entity), text: event.text })),
  };
}

/** Series of what a viewer may see on a node, whatever job it belongs to. Throws 404. */
export async function nodeSeries(parts: AnswerParts, viewer: Viewer, { name, query }: { name: string; query: SeriesQuestion }): Promise<DrawnReply> {
  known(parts, viewer, name);
  const to = query.to ?? parts.now() + 1;
  const from = query.from ?? to - LATELY;
  const found = await parts.store.series.entities({ nodes: [name], from, to });
  const held = found.map(({ entity }) => ({ entity, spans: visibleSpans(viewer, parts.index, { entity, from, to }) }));
  return answerSeries(parts, { held: held.filter(({ spans }) => spans.length > 0), metrics: query.metrics, points: query.points, gone: query.gone, from, to });
}

function known({ nodes, index, now }: AnswerParts, viewer: Viewer, name: string): KnownNode {
  const node = maySeeNode(viewer, index, { node: name, at: now() }) ? nodes.get(name) : undefined;
  if (node === undefined) throw notThere(`node ${name}`, 'path/node', 'nodes are known from their first reading on: see /api/nodes');
  return node;
}
