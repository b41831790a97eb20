import { type EntityRef, isMetricId, metric, type MetricId, METRICS } from '../../core/readings/index.ts';
import type { DrawnReply } from '../../core/contract/index.ts';
import { Problem } from '../http/index.ts';
import type { AnswerParts } from './parts.ts';

export interface SeriesAsked {
  readonly entities: readonly EntityRef[];
  /** Comma-separated metric ids. */
  readonly metrics: string;
  readonly from: number;
  readonly to: number;
  readonly points: number | undefined;
}

/** Points per series when nobody says: about what a chart has pixels for. */
const POINTS = 600;

/** Series of some entities; a metric that none of them has is named with the reason. Throws 400 for an unknown metric. */
export async function answerSeries(parts: Pick<AnswerParts, 'store'>, asked: SeriesAsked): Promise<DrawnReply> {
  const metrics = metricsOf(asked.metrics);
  const { entities, from, to } = asked;
  if (!(from < to)) return { from, to: from, series: [], absent: metrics.map((id) => ({ metric: id, reason: 'the time asked for is not in the job’s time' })) };
  const kinds = new Set(metrics.map((id) => METRICS[id].entity));
  const concerned = entities.filter((entity) => kinds.has(entity.kind));
  const series = concerned.length === 0 ? [] : await parts.store.series.range({ entities: concerned, metrics, from, to, points: asked.points ?? POINTS });
  const there = new Set(series.map((one) => one.metric));
  return { from, to, series, absent: metrics.filter((id) => !there.has(id)).map((id) => ({ metric: id, reason: absence(id, entities) })) };
}

function metricsOf(text: string): MetricId[] {
  const names = [
    ...new Set(
      text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    ),
  ];
  const unknown = names.find((name) => !isMetricId(name));
  if (unknown !== undefined || names.length === 0) {
    throw new Problem(400, {
      error: `there is no metric “${(unknown ?? '').slice(0, 60)}”`,
      where: 'query/metrics',
      remedy: 'names are separated by commas, such as gpu.util,gpu.power',
    });
  }
  return names.filter(isMetricId);
}

const HOW: Readonly<Record<EntityRef['kind'], string>> = {
  gpu: 'run headroom agent on the node, or stream nvidia-smi',
  host: 'run headroom agent on the node',
  engine: 'let the agent scrape the engine: headroom agent --scrape URL/metrics',
  process: 'run headroom agent on the node',
};

function absence(id: MetricId, entities: readonly EntityRef[]): string {
  const { entity, note } = metric(id);
  if (!entities.some((one) => one.kind === entity)) return `no ${entity} has sent readings in this time: ${HOW[entity]}`;
  return `the sources of this ${entity} did not send it${note === undefined ? '' : ` (it comes from: ${note})`}`;
}
