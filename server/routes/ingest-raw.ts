import { ErrorReplySchema, StreamLineSchema } from '../../core/contract/index.ts';
import { ID_PATTERN, NAME_PATTERN } from '../../core/readings/index.ts';
import { Type } from 'typebox';
import { collectors } from '../../collectors/registry.ts';
import { scopeOf, serveStream, type StreamOptions } from '../ingest/index.ts';
import { jobName, type JobIndex, type Senders } from '../ownership/index.ts';
import type { Jobs } from '../jobs/index.ts';
import { type Recogniser, turnKeyOf } from '../auth/index.ts';
import { isZone, parseTime } from '../../collectors/text/index.ts';
import { type App, Problem } from '../http/index.ts';
import { identityOf } from './viewer.ts';

const RawQuerySchema = Type.Object({
  node: Type.Optional(
    Type.String({ pattern: ID_PATTERN, minLength: 1, maxLength: 200, description: 'The node whose tool prints; the sender’s address where it is left out' }),
  ),
  job: Type.Optional(
    Type.String({
      pattern: ID_PATTERN,
      minLength: 1,
      maxLength: 200,
      description: '`id` or `cluster/id`: the tool runs inside this job and sees only its GPUs',
    }),
  ),
  uuids: Type.Optional(
    Type.String({ pattern: NAME_PATTERN, maxLength: 4_000, description: 'GPU UUIDs in the order of the tool’s indices, separated by commas' }),
  ),
  tz: Type.Optional(
    Type.String({ pattern: NAME_PATTERN, maxLength: 60, description: 'IANA zone or ±HH:MM of stamps that name none; UTC where it is left out' }),
  ),
  collector: Type.Optional(
    Type.String({ pattern: NAME_PATTERN, maxLength: 60, description: 'A collector’s id, where the format should not be recognised by its first lines' }),
  ),
  fields: Type.Optional(
    Type.String({ pattern: NAME_PATTERN, maxLength: 4_000, description: 'Field names of a headerless nvidia-smi --query-gpu CSV, separated by commas' }),
  ),
  start: Type.Optional(
    Type.String({
      pattern: NAME_PATTERN,
      maxLength: 60,
      description: 'When a recorded file begins, as a date (2026-11-26T14:00:00Z) or seconds since 1970; for lines without a date',
    }),
  ),
  period: Type.Optional(
    Type.Number({ minimum: 0.001, maximum: 86_400, description: 'How often the tool of a recorded file printed, seconds; goes with start' }),
  ),
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
        description: `Lines without a date are stamped on arrival. A recorded file whose lines have none comes faster than any tool prints and is refused at once (422), unless start and period say when it was made. A line that takes longer than two seconds to read ends the stream (422) with its number. One JSON line comes back per commit: {"durable": N}, the stream's values on disk so far.\n\nReads: ${collectors.map((collector) => `${collector.id} (${collector.title})`).join(', ')}.`,
        querystring: RawQuerySchema,
        response: {
          200: { description: 'One line per commit', content: { 'application/x-ndjson': { schema: StreamLineSchema } } },
          '4xx': ErrorReplySchema,
          503: ErrorReplySchema,
        },
      },
      handler: async (request, reply) => {
        const identity = identityOf(request);
        const { node: named, job: asked, tz, collector, fields, start, period, ...query } = request.query;
        const { node, job } = options.senders
          .door(identity.sender)
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
        const opening = { place: about, context, given: collector, recording: recordingOf({ start, period, tz }) };
        return serveStream(request, reply, {
          ...options,
          opening,
          from: identity,
          caller: turnKeyOf(identity, request.ip),
          whenOver: (end) => options.recogniser.whenOver(identity, end),
        });
      },
    });
  });
}

/** When a recorded file was made, as its sender says. */
function recordingOf({ start, period, tz }: { start: string | undefined; period: number | undefined; tz: string | undefined }): {
  start?: number;
  period?: number;
} {
  if (start === undefined && period === undefined) return {};
  const at = start === undefined || (tz !== undefined && !isZone(tz)) ? undefined : parseTime(start, tz)?.at;
  if (at === undefined) {
    throw new Problem(400, {
      error: start === undefined ? 'a period without a start: nothing says when the recorded file begins' : `“${start.slice(0, 40)}” is no time`,
      where: 'query/start',
      remedy: 'give the time of its first line, such as start=2026-11-26T14:00:00Z',
    });
  }
  return { start: at, ...(period === undefined ? {} : { period }) };
}
