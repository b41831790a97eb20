import { BATCH_BOUNDS } from '../settings/index.ts';
import { Transform, type Readable } from 'node:stream';
import { type App, type Hold, Problem } from '../http/index.ts';
import { ErrorReplySchema, IngestBatchSchema, IngestReplySchema } from '../../core/contract/index.ts';
import { identityOf } from './viewer.ts';
import { inflated, type Ingest, isBadCompression } from '../ingest/index.ts';

/** A body may be this long, bytes, inflated: a batch is some hundred kB, a gzip bomb is gigabytes. Fastify counts what it reads. */
const LONGEST = BATCH_BOUNDS.body.value;

/** `POST /api/ingest`: a batch from an agent, or from the page (a recording that a person stores as a job). */
export function ingestRoutes(app: App, ingest: Ingest): void {
  void app.register(async (scope: App) => {
    // Ingest reads the bytes itself. It takes the keys that it knows and no others, so a body's `__proto__` does nothing.
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
    scope.post(
      '/api/ingest',
      {
        bodyLimit: LONGEST,
        config: { access: 'write', intake: true },
        compress: false, // an answer is a line
        schema: {
          tags: ['ingest'],
          summary: 'Store a batch of readings; the reply comes after they are on disk',
          body: IngestBatchSchema,
          response: { 200: IngestReplySchema, '4xx': ErrorReplySchema, 503: ErrorReplySchema },
        },
        // The schema is for readers of /api/docs: ingest checks block by block, so that a bad one costs itself only.
        validatorCompiler: () => () => true,
        preParsing: async (request, _reply, payload) => {
          const unpacked = inflated(payload, request.headers['content-encoding']);
          // A plain body that says how long it is has its place already, and Node lets no more of it in.
          if (unpacked === null && request.headers['content-length'] !== undefined) return payload;
          let onTheWire = 0;
          payload.on('data', (chunk: Buffer) => {
            onTheWire += chunk.length;
          });
          // Fastify compares the length header with what was received before inflating.
          return Object.defineProperty(counted(unpacked ?? payload, request.hold), 'receivedEncodedLength', { get: () => onTheWire });
        },
        errorHandler: (error, _request, _reply) => {
          if (isBadCompression(error))
            throw new Problem(400, {
              error: 'the body is not what its content-encoding says',
              where: 'body',
              remedy: 'compress the whole body with gzip or deflate, or leave the header out',
            });
          throw error;
        },
      },
      async (request) => {
        const { kind, sender, mark } = identityOf(request);
        return ingest.batch(request.body, { kind: kind === 'session' ? 'page' : 'agent', sender, mark });
      },
    );
  });
}

/** The same bytes, each counted where it takes memory: neither a chunked body nor a compressed one says how long it is. */
function counted(plain: Readable, hold: Hold | null): Readable {
  let bytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      try {
        hold?.grow(bytes);
        done(null, chunk);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
  plain.on('error', (error) => counting.destroy(error));
  plain.on('close', () => {
    if (!plain.readableEnded) counting.destroy(new Error('the sender went away'));
  });
  // Not pipeline, which would end the connection with the first refused byte: what is left of the body is read away instead.
  counting.on('error', () => {
    plain.unpipe(counting);
    plain.resume();
  });
  return plain.pipe(counting);
}
