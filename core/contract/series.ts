import { Type, type Static } from 'typebox';
import { MOST_ASKED } from '../bounds/index.ts';
import { instant } from './numbers.ts';
import { name } from './names.ts';
import { nullable } from './verdict.ts';

/** `GET …/series`: metrics are comma-separated ids; a counter is answered as its rate per second. */
export const SeriesQuerySchema = Type.Object({
  metrics: name(MOST_ASKED.metrics, 1),
  from: Type.Optional(instant()),
  to: Type.Optional(instant()),
  points: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_ASKED.points, default: 600 })),
});

/**
 * One metric of one entity, bucketed: `t` is the bucket's first sample's time. Buckets without a sample are left out unless
 * the silence is longer than three sampling periods: then one bucket of nulls stands for the gap, so that a gap is drawn as a gap.
 */
const SeriesSchema = Type.Object({
  entity: Type.Object({ kind: Type.String(), id: Type.String(), node: nullable(Type.String()) }),
  metric: Type.String(),
  unit: Type.String(),
  t: Type.Array(Type.Number()),
  min: Type.Array(nullable(Type.Number())),
  mean: Type.Array(nullable(Type.Number())),
  max: Type.Array(nullable(Type.Number())),
});

export const SeriesReplySchema = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  series: Type.Array(SeriesSchema),
  /** Metrics asked for that no entity of the job has, each with the reason in words. */
  absent: Type.Array(Type.Object({ metric: Type.String(), reason: Type.String() })),
});

export type SeriesQuery = Static<typeof SeriesQuerySchema>;
export type Series = Static<typeof SeriesSchema>;
export type SeriesReply = Static<typeof SeriesReplySchema>;
