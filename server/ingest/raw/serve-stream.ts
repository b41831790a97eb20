import { PassThrough, type Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Place } from '../../../collectors/collector/index.ts';
import { Problem } from '../../http/index.ts';
import { inflated, isBadCompression } from '../inflate.ts';
import type { Ingest, Origin } from '../ingest.ts';
import type { StreamLine } from '../../../core/contract/index.ts';
import { pump } from './pump.ts';
import type { Parsers, StreamReader } from './parsers.ts';
import { Refusal } from './refusal.ts';
import type { Opening } from './parsing.ts';
import { STREAM_BOUNDS } from '../../settings/index.ts';
import type { Streams } from './streams.ts';

export interface StreamOptions {
  readonly ingest: Ingest;
  readonly streams: Streams;
  readonly parsers: Parsers;
  readonly now: () => number;
}

/** One stream: what it is read with, whose it is, and news of its sender's right to go on. */
export interface StreamCall {
  readonly opening: Opening;
  readonly from: Pick<Origin, 'sender' | 'mark'>;
  /** Among whose streams this one is counted. */
  readonly caller: string;
  /** Calls when the sender's token or session ends; gives the undo. */
  readonly whenOver: (end: () => void) => () => void;
}

const BROKE = 'the connection broke';

/**
 * Serves one raw stream: the body goes through `pump`, one JSON line per commit goes back. The status is sent with the first
 * line, so that a format nobody knows is still a plain error; afterwards an error is a last line.
 */
export async function serveStream(request: FastifyRequest, reply: FastifyReply, options: StreamOptions & StreamCall): Promise<FastifyReply> {
  const { opening, ingest, streams, parsers, now, from, caller, whenOver } = options;
  const scope: Place = opening.place;
  const reader = openReader(parsers, opening);
  const source = bodyOf(request);
  const closed = streams.open(caller, () => source.stop('the server is stopping: send the rest again in a moment'));
  if (typeof closed === 'string') {
    reader.close();
    const { name, setting } = STREAM_BOUNDS[closed === 'all' ? 'streams' : 'perToken'];
    throw new Problem(closed === 'all' ? 503 : 429, {
      error: `the limit “${name}” is reached: no more streams are taken now`,
      where: 'body',
      remedy: `try again in a moment; end streams that are no longer needed, or have whoever runs the server raise ${setting}`,
    });
  }
  const unwatch = whenOver(() => source.stop('the token that this stream came with has ended: send on with another'));
  reply.header('connection', 'close'); // after an early end nothing of an unread body may look like the next request
  const out = new PassThrough();
  const batch = { node: scope.node, ...(scope.job === null ? {} : { job: scope.job }) };

  return new Promise<FastifyReply>((resolve, reject) => {
    let started = false;
    const write = (line: StreamLine) => {
      if (!started) {
        started = true;
        resolve(reply.header('content-type', 'application/x-ndjson').header('x-accel-buffering', 'no').send(out));
      }
      // A sender that does not read its replies loses some of them, never its stream: `durable` counts from the start.
      if (!out.writableNeedDrain && !out.destroyed) out.write(`${JSON.stringify(line)}\n`);
    };
    pump({ body: source.body, reader, ingest, batch, from, now, write, ending: source.why, stopping: source.stopped })
      .catch((error: unknown) => {
        const problem = asProblem(error);
        request.log.warn({ err: error, node: scope.node, job: scope.job }, 'a raw stream ended with an error');
        if (started) write({ error: problem.error, where: problem.where, remedy: problem.remedy });
        else reject(problem);
      })
      .finally(() => {
        out.end();
        reader.close();
        unwatch();
        closed();
      })
      .catch(reject);
  });
}

function openReader(parsers: Parsers, opening: Opening): StreamReader {
  try {
    return parsers.open(opening);
  } catch (error) {
    throw asProblem(error);
  }
}

/** The request's plain bytes as a stream that ends, never fails, when the sender or the server goes away. */
function bodyOf(request: FastifyRequest): { body: PassThrough; stop: (why: string) => void; why: () => string; stopped: () => boolean } {
  const raw: Readable = request.raw;
  const plain = inflated(raw, request.headers['content-encoding']) ?? raw;
  const body = new PassThrough();
  let why = 'the sender ended the stream';
  let stopped = false;
  const end = (reason: string) => {
    why = reason;
    plain.unpipe(body);
    body.end();
  };
  // A node that lost power says nothing: TCP must notice.
  request.raw.socket.setKeepAlive(true, 60_000);
  plain.on('error', (error) => {
    if (isBadCompression(error)) body.destroy(error);
    else end(BROKE);
  });
  raw.on('close', () => {
    if (!request.raw.complete) end(BROKE);
  });
  plain.pipe(body);
  return {
    body,
    why: () => why,
    stopped: () => stopped,
    stop(reason) {
      stopped = true;
      end(reason);
    },
  };
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return new Problem(error.status, error.reply);
  if (isBadCompression(error))
    return new Problem(400, {
      error: 'the stream is not what its content-encoding says',
      where: 'body',
      remedy: 'compress the whole stream with gzip or deflate, or leave the header out',
    });
  if (error instanceof Error && error.name === 'StoreBusy')
    return new Problem(503, { error: error.message, where: 'body', remedy: 'send the rest again in a moment' });
  return new Problem(500, { error: 'the server failed on this stream', where: 'body', remedy: 'send the rest again; the server’s log has the cause' });
}
