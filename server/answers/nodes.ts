import type { NodeDetail, NodesQuery, NodesReply, DrawnReply } from '../../core/contract/index.ts';
import { entityKey, factsByEntity } from '../../core/readings/index.ts';
import { READ_BOUNDS } from '../settings/index.ts';
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
  const page: KnownNode[] = [];
  let more = false;
  for (const node of nodes.after(cursor)) {
    if (!maySeeNode(viewer, index, { node: node.node, at: now })) continue;
    more = page.length === limit;
    if (more) break;
    page.push(node);
  }
  return { now, nodes: page.map((node) => nodeRow(node, { viewer, index, now })), cursor: more ? (page.at(-1)?.node ?? null) : null };
}

/** One node with everything on it that a viewer may see; who sees everything finds readings of no job here. Throws 404. */
export async function nodeDetail(parts: AnswerParts, viewer: Viewer, name: string): Promise<NodeDetail> {
  const { index, store } = parts;
  const node = known(parts, viewer, name);
  const now = parts.now();
  const [found, events] = await Promise.all([
    store.series.entities({ nodes: [name], from: now - LATELY, to: now + 1 }),
    store.facts.events({ nodes: [name], from: now - 86_400, to: now + 1 }),
  ]);
  const shown = found
    .filter(({ entity }) => visibleSpans(viewer, index, { entity, from: now - LATELY, to: now + 1 }).length > 0)
    .sort((a, b) => (found.length > READ_BOUNDS.partsOfNode.value ? b.last - a.last : 0))
    .slice(0, READ_BOUNDS.partsOfNode.value);
  // Of what is shown alone: much more may be said of a node than is measured there.
  const facts = shown.length === 0 ? [] : await store.facts.facts({ ids: shown.map(({ entity }) => entity.id) });
  // Of a card or node whatever was said; the number of a process or an engine's port may have been another job's then.
  const told = facts.filter(({ entity, at }) => entity.kind === 'gpu' || entity.kind === 'host' || maySeeEntity(viewer, index, { entity, at }));
  const said = factsByEntity(told);
  return {
    row: nodeRow(node, { viewer, index, now }),
    entities: shown.map(({ entity, metrics }) => ({
      kind: entity.kind,
      id: entity.id,
      metrics,
      facts: Object.fromEntries(said.get(entity) ?? []),
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
  return answerSeries(parts, { ...query, held: held.filter(({ spans }) => spans.length > 0), from, to });
}

function known({ nodes, index, now }: AnswerParts, viewer: Viewer, name: string): KnownNode {
  const node = maySeeNode(viewer, index, { node: name, at: now() }) ? nodes.get(name) : undefined;
  if (node === undefined) throw notThere(`node ${name}`, 'path/node', 'nodes are known from their first reading on: see /api/nodes');
  return node;
}
