import { Type } from 'typebox';
import { ErrorReplySchema, NodeDetailSchema, id, NodesQuerySchema, NodesReplySchema, SeriesQuerySchema, SeriesReplySchema } from '../../core/contract/index.ts';
import type { Answers } from '../answers/index.ts';
import type { App } from '../http/index.ts';
import { seriesReply } from './series-reply.ts';
import { viewerOf } from './viewer.ts';

const Node = Type.Object({ node: id(200, 1) });
const refusals = { '4xx': ErrorReplySchema, 503: ErrorReplySchema };

/** Nodes and their GPUs, readings of no job included. */
export function nodeRoutes(app: App, answers: Answers): void {
  app.get(
    '/api/nodes',
    {
      config: { access: 'read' },
      schema: {
        tags: ['nodes'],
        summary: 'Every node ever heard of, with its GPUs now, a page at a time',
        querystring: NodesQuerySchema,
        response: { 200: NodesReplySchema, ...refusals },
      },
    },
    async (request) => answers.nodes(viewerOf(request), request.query),
  );

  app.get(
    '/api/nodes/:node',
    {
      config: { access: 'read' },
      schema: { tags: ['nodes'], summary: 'One node: what is on it and what happened', params: Node, response: { 200: NodeDetailSchema, ...refusals } },
    },
    async (request) => answers.node(viewerOf(request), request.params.node),
  );

  app.get(
    '/api/nodes/:node/series',
    {
      config: { access: 'read' },
      schema: {
        tags: ['nodes'],
        summary: 'Series of everything on a node',
        params: Node,
        querystring: SeriesQuerySchema,
        response: { 200: SeriesReplySchema, ...refusals },
      },
    },
    async (request, reply) =>
      seriesReply(
        request,
        reply,
        await answers.nodeSeries(viewerOf(request), request.params.node, { ...request.query, gone: request.gone, turn: request.turn }),
      ),
  );
}
