import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DrawnReply, encodeSeries, SERIES_BYTES, seriesJson, type SeriesReply } from '../../core/contract/index.ts';

/** Answers series as whoever asks takes them: typed columns where the `accept` header names those (they are sent here), else the JSON to be sent. */
export function seriesReply(request: FastifyRequest, reply: Pick<FastifyReply, 'header' | 'type'>, series: DrawnReply): SeriesReply | undefined {
  reply.header('vary', 'accept');
  if (request.headers.accept?.includes(SERIES_BYTES) !== true) return seriesJson(series);
  reply.type(SERIES_BYTES).send(Buffer.from(encodeSeries(series).buffer));
  return undefined;
}
