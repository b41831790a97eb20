import { Type } from 'typebox';
import {
  AnalysisSchema,
  ErrorReplySchema,
  JobDeclarationSchema,
  JobDetailSchema,
  JobSchema,
  JobsPageSchema,
  JobsQuerySchema,
  SeriesQuerySchema,
  SeriesReplySchema,
} from '../../core/contract/index.ts';
import type { Answers } from '../answers/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { App } from '../http/index.ts';
import { seriesReply } from './series-reply.ts';
import { identityOf, viewerOf } from './viewer.ts';

const Key = Type.Object({
  cluster: Type.String({ minLength: 1, maxLength: 40, pattern: '^(?!\\.{1,2}$)[\\w.-]+$' }),
  id: Type.String({ minLength: 1, maxLength: 100, pattern: '^(?!\\.{1,2}$)[\\w.:@+,=-]+$' }),
});
const refusals = { '4xx': ErrorReplySchema, 503: ErrorReplySchema };

/** Jobs: declare, list, look at. */
export function jobRoutes(app: App, { answers, jobs }: { answers: Answers; jobs: Pick<Jobs, 'declare'> }): void {
  app.get(
    '/api/jobs',
    {
      config: { access: 'read' },
      schema: {
        tags: ['jobs'],
        summary: 'Jobs, filtered and sorted, a page at a time',
        querystring: JobsQuerySchema,
        response: { 200: JobsPageSchema, ...refusals },
      },
    },
    async (request) => answers.jobs(viewerOf(request), request.query),
  );

  app.put(
    '/api/jobs/:cluster/:id',
    {
      config: { access: 'write', intake: true },
      schema: {
        tags: ['jobs'],
        summary: 'Say who runs what where; may be repeated, fields left out keep their value',
        params: Key,
        body: JobDeclarationSchema,
        response: { 200: JobSchema, ...refusals },
      },
    },
    async (request) => jobs.declare(identityOf(request).sender, request.params, request.body),
  );

  app.get(
    '/api/jobs/:cluster/:id',
    {
      config: { access: 'read' },
      schema: {
        tags: ['jobs'],
        summary: 'A job, its latest analysis, and what was measured of it',
        params: Key,
        response: { 200: JobDetailSchema, ...refusals },
      },
    },
    async (request) => answers.job(viewerOf(request), request.params),
  );

  app.get(
    '/api/jobs/:cluster/:id/analysis',
    {
      config: { access: 'read' },
      schema: { tags: ['jobs'], summary: 'The latest analysis alone', params: Key, response: { 200: AnalysisSchema, ...refusals } },
    },
    async (request) => answers.analysis(viewerOf(request), request.params),
  );

  app.get(
    '/api/jobs/:cluster/:id/series',
    {
      config: { access: 'read' },
      schema: {
        tags: ['jobs'],
        summary: 'Series of the job, bucketed to so many points',
        params: Key,
        querystring: SeriesQuerySchema,
        response: { 200: SeriesReplySchema, ...refusals },
      },
    },
    async (request, reply) =>
      seriesReply(request, reply, await answers.series(viewerOf(request), request.params, { ...request.query, gone: request.gone, turn: request.turn })),
  );
}
