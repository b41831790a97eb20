import { Type } from 'typebox';
import { ErrorReplySchema } from '../../core/contract/error.ts';
import { FindingsReplySchema, OverviewSchema } from '../../core/contract/jobs.ts';
import { overviewOf } from '../answers/overview.ts';
import type { Service } from '../main/service.ts';
import type { App } from '../http/app.ts';
import { viewerOf } from './viewer.ts';

const refusals = { '4xx': ErrorReplySchema, 503: ErrorReplySchema };

/** The first page's figures, and the findings. */
export function overviewRoutes(app: App, service: Service): void {
  app.get(
    '/api/overview',
    {
      schema: { tags: ['cluster'], summary: 'The cluster now: GPUs, running jobs, what finished', response: { 200: OverviewSchema, ...refusals } },
    },
    async (request) => overviewOf(service, viewerOf(request)),
  );

  app.get(
    '/api/findings',
    {
      schema: {
        tags: ['cluster'],
        summary: 'Findings that were true at or after `since` (default: a day ago)',
        querystring: Type.Object({ since: Type.Optional(Type.Number()) }),
        response: { 200: FindingsReplySchema, ...refusals },
      },
    },
    async (request) => {
      const found = await service.store.jobs.findings(viewerOf(request), { since: request.query.since ?? service.now() - 86_400 });
      return { findings: found.map(({ key, finding }) => ({ ...key, finding })) };
    },
  );
}
