import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../http/index.ts';
import { READ_BOUNDS } from '../settings/index.ts';
import { type DrawnReply, encodeSeries, SERIES_BYTES, seriesJson, type SeriesReply } from '../../core/contract/index.ts';

/** Answers series as whoever asks takes them: typed columns where the `accept` header names those (they are sent here), else the JSON to be sent. */
export function seriesReply(request: FastifyRequest, reply: Pick<FastifyReply, 'header' | 'type'>, series: DrawnReply): SeriesReply | undefined {
  reply.header('vary', 'accept');
  if (request.headers.accept?.includes(SERIES_BYTES) !== true) {
    const points = series.series.reduce((sum, { t }) => sum + t.length, 0);
    if (points > READ_BOUNDS.jsonAnswer.value) {
      throw new Problem(400, {
        error: `the limit “${READ_BOUNDS.jsonAnswer.name}” (${READ_BOUNDS.jsonAnswer.value}) is reached`,
        where: 'query/points',
        remedy: `ask for fewer points, fewer metrics or a shorter time, or for typed columns (accept: ${SERIES_BYTES})`,
      });
    }
    return seriesJson(series);
  }
  reply.type(SERIES_BYTES).send(Buffer.from(encodeSeries(series).buffer));
  return undefined;
}
