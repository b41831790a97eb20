import { Type } from 'typebox';
import { ErrorReplySchema, FindingsReplySchema, OverviewSchema } from '../../core/contract/index.ts';
import type { Answers } from '../answers/index.ts';
import type { App } from '../http/index.ts';
import { viewerOf } from './viewer.ts';

const refusals = { '4xx': ErrorReplySchema, 503: ErrorReplySchema };

/** The first page's figures, and the findings. */
export function overviewRoutes(app: App, answers: Answers): void {
  app.get(
    '/api/overview',
    {
      config: { access: 'read' },
      schema: { tags: ['cluster'], summary: 'The cluster now: GPUs, running jobs, what finished', response: { 200: OverviewSchema, ...refusals } },
    },
    async (request) => answers.overview(viewerOf(request)),
  );

  app.get(
    '/api/findings',
    {
      config: { access: 'read' },
      schema: {
        tags: ['cluster'],
        summary: 'Findings that were true at or after `since` (default: a day ago)',
        querystring: Type.Object({ since: Type.Optional(Type.Number()) }),
        response: { 200: FindingsReplySchema, ...refusals },
      },
    },
    async (request) => answers.findings(viewerOf(request), request.query),
  );
}
