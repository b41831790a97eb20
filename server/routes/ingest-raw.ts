import { ErrorReplySchema, StreamLineSchema } from '../../core/contract/index.ts';
import { Type } from 'typebox';
import { collectors } from '../../collectors/registry.ts';
import { rawReader, scopeOf, serveStream, type StreamOptions } from '../ingest/index.ts';
import { jobName, type JobIndex, type Senders } from '../ownership/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Recogniser } from '../auth/index.ts';
import type { App } from '../http/index.ts';
import { callerOf } from './viewer.ts';

const RawQuerySchema = Type.Object({
  node: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'The node whose tool prints; the sender’s address where it is left out' })),
  job: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: '`id` or `cluster/id`: the tool runs inside this job and sees only its GPUs' })),
  uuids: Type.Optional(Type.String({ maxLength: 4_000, description: 'GPU UUIDs in the order of the tool’s indices, separated by commas' })),
  tz: Type.Optional(Type.String({ maxLength: 60, description: 'IANA zone or ±HH:MM of stamps that name none; UTC where it is left out' })),
  collector: Type.Optional(Type.String({ maxLength: 60, description: 'A collector’s id, where the format should not be recognised by its first lines' })),
  fields: Type.Optional(Type.String({ maxLength: 4_000, description: 'Field names of a headerless nvidia-smi --query-gpu CSV, separated by commas' })),
});

export interface RawOptions extends StreamOptions {
  readonly jobs: Pick<Jobs, 'keyOf'>;
  readonly index: Pick<JobIndex, 'get'>;
  readonly senders: Pick<Senders, 'door'>;
  readonly recogniser: Pick<Recogniser, 'whenOver'>;
}

/** `PUT` and `POST /api/ingest/raw`: the printed output of a known tool, streamed for as long as the sender likes. */
export function rawRoutes(app: App, options: RawOptions): void {
  void app.register(async (scope: App) => {
    // The body stays a stream, whatever type the sender says it has (curl -T - says none).
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => {
      done(null);
    });
    scope.route({
      method: ['PUT', 'POST'],
      url: '/api/ingest/raw',
      config: { access: 'write', intake: true, endless: true },
      compress: false,
      schema: {
        tags: ['ingest'],
        summary: 'Stream the output of a tool as it prints it',
        description: `Lines without a date are stamped on arrival. One JSON line comes back per commit: {"durable": N}, the stream's values on disk so far.\n\nReads: ${collectors.map((collector) => `${collector.id} (${collector.title})`).join(', ')}.`,
        querystring: RawQuerySchema,
        response: {
          200: { description: 'One line per commit', content: { 'application/x-ndjson': { schema: StreamLineSchema } } },
          '4xx': ErrorReplySchema,
          503: ErrorReplySchema,
        },
      },
      handler: async (request, reply) => {
        const caller = callerOf(request);
        const { node: named, job: asked, tz, collector, fields, ...query } = request.query;
        const { node, job } = options.senders
          .door(caller.sender)
          .enter({ ...(named === undefined ? {} : { node: named }), ...(asked === undefined ? {} : { job: asked }) }, 'query');
        const key = job === undefined ? null : options.jobs.keyOf(job);
        const about = scopeOf({
          ...query,
          node,
          sender: request.ip,
          key: key === null ? null : jobName(key),
          job: key === null ? null : (options.index.get(key) ?? null),
        });
        const context = {
          node: about.node,
          uuids: about.uuids,
          ...(tz === undefined ? {} : { tz }),
          ...(fields === undefined ? {} : { fields: fields.split(',').map((field) => field.trim()) }),
        };
        return serveStream(request, reply, {
          ...options,
          scope: about,
          reader: rawReader(about, context, collector),
          from: caller,
          whenOver: (end) => options.recogniser.whenOver(caller, end),
        });
      },
    });
  });
}
