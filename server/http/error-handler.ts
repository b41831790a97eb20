import { CONNECTION_BOUNDS, BATCH_BOUNDS } from '../settings/index.ts';
import { lengthOf } from './pressure.ts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorReply } from '../../core/contract/index.ts';
import { inWords } from '../../core/readings/index.ts';
import { Problem } from './problem.ts';

/** The one place where an error becomes a reply: {error, where, remedy}, and a log line when the fault is ours. */
export function replyWithError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const status = statusOf(error);
  if (status >= 500 && !(error instanceof Problem)) request.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
  const wait = error instanceof Problem ? error.retryAfter : null;
  if (wait !== null) reply.header('retry-after', String(wait));
  else if (status === 503 || status === 429) reply.header('retry-after', String(CONNECTION_BOUNDS.retryAfter.value));
  // A refused sender may still be sending, for hours even: without this its body would be read to the end.
  if (!request.raw.complete && !(status === 503 && isShort(request))) reply.header('connection', 'close');
  void reply.code(status).send(bodyOf(error, status, request));
}

function statusOf(error: FastifyError): number {
  if (error instanceof Problem) return error.status;
  if (isBusy(error)) return 503;
  return error.statusCode !== undefined && error.statusCode >= 400 ? error.statusCode : 500;
}

function bodyOf(error: FastifyError, status: number, request: FastifyRequest): ErrorReply {
  if (error instanceof Problem) return { error: error.error, where: error.where, remedy: error.remedy };
  if (isBusy(error)) return { error: error.message, where: path(request), remedy: 'send it again in a few seconds: nothing of this request was stored' };
  const place = error.validation?.[0];
  if (place !== undefined) {
    return {
      error: inWords(place.message ?? error.message),
      where: `${error.validationContext ?? 'body'}${place.instancePath}`,
      remedy: 'compare with the schema at /api/docs',
    };
  }
  if (status < 500) return { error: error.message, where: path(request), remedy: REMEDIES[error.code] ?? 'see /api/docs for what this address takes' };
  return {
    error: 'the server failed on this request',
    where: path(request),
    remedy: `try again; if it stays, look for ${request.id} in the server's log`,
  };
}

const REMEDIES: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'write a percent sign as %25 in an address, and other signs as the bytes of their UTF-8',
  FST_ERR_CTP_BODY_TOO_LARGE: 'send smaller batches (32 MiB, inflated), or stream text to /api/ingest/raw',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'send application/json (raw tool output goes to /api/ingest/raw)',
  FST_ERR_CTP_INVALID_JSON_BODY: 'the body must be one JSON value',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'the body must be one JSON value',
};

/** Bytes that are read away so that their sender, who is to come again, hears why; closing at once would cut off the reply too. */
const READ_AWAY = BATCH_BOUNDS.body.value;

/** True for a body with an end in sight. One that is being inflated could become anything. */
function isShort(request: FastifyRequest): boolean {
  const length = lengthOf(request);
  return length > 0 && length <= READ_AWAY && (request.hold === null || request.headers['content-encoding'] === undefined);
}

/** The store says "later" by this name (StoreBusy) so that nothing here imports the store's own classes. */
function isBusy(error: Error): boolean {
  return error.name === 'StoreBusy';
}

/** The path without its query, which may carry a token. */
function path(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}
