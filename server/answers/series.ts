import { type EntityRef, isMetricId, metric, type MetricId, METRICS } from '../../core/readings/index.ts';
import type { DrawnReply, DrawnSeries, SeriesQuery, Values } from '../../core/contract/index.ts';
import { Problem } from '../http/index.ts';
import { bySpan, type Held } from '../ownership/index.ts';
import { READ_BOUNDS } from '../settings/index.ts';
import type { AnswerParts } from './parts.ts';

/** Who waits for an answer: a signal that aborts when nobody does any more, and whom to tell how much memory the answer takes (a Turn; it may refuse). */
interface Asker {
  readonly gone?: AbortSignal | null;
  readonly turn?: { weigh(bytes: number): void } | null;
}

/** A question for series. */
export type SeriesQuestion = SeriesQuery & Asker;

/** What is asked for; times in seconds UTC. */
export type SeriesAsked = Omit<SeriesQuestion, 'from' | 'to'> & {
  /** Entities, and the spans in which their readings may be shown. */
  readonly held: readonly Held[];
  readonly from: number;
  readonly to: number;
};

/** Values that one step of a question reads at most, at a reading a second: about a tenth of a second of the store's time. */
const STEP_VALUES = 4_000_000;
/** Points of a step: an answer is weighed after each, so that what is read before that is little. */
const STEP_POINTS = 250_000;
/** Bytes of a point while its answer is made: a time, a mean, a least and a most. */
const POINT_BYTES = 32;
/** Seconds: a chart whose points are farther apart is read from roll-ups, of which there are fewer. */
const FINEST_ROLLUP = 60;

/** Points per series when nobody says: about what a chart has pixels for. */
const POINTS = 600;

/** Series of some entities; a metric that none of them has is named with the reason. Throws 400 for an unknown metric. */
export async function answerSeries(parts: Pick<AnswerParts, 'store'>, asked: SeriesAsked): Promise<DrawnReply> {
  const metrics = metricsOf(asked.metrics);
  const { held, from, to } = asked;
  if (!(from < to)) return { from, to: from, series: [], absent: metrics.map((id) => ({ metric: id, reason: 'the time asked for is not in the job’s time' })) };
  const kinds = new Set(metrics.map((id) => METRICS[id].entity));
  const concerned = held.filter(({ entity }) => kinds.has(entity.kind));
  const series = await heldSeries(parts, { ...asked, held: concerned }, metrics);
  const there = new Set(series.map((one) => one.metric));
  return {
    from,
    to,
    series,
    absent: metrics
      .filter((id) => !there.has(id))
      .map((id) => ({
        metric: id,
        reason: absence(
          id,
          held.map(({ entity }) => entity),
        ),
      })),
  };
}

/** Questions to the store for each span of time: only what may be shown is read, and once. */
async function heldSeries(
  parts: Pick<AnswerParts, 'store'>,
  { held, from, to, points = POINTS, gone = null, turn = null }: SeriesAsked,
  metrics: readonly MetricId[],
): Promise<DrawnSeries[]> {
  const groups = bySpan(held, { from, to });
  const counted = counting(turn);
  const series = await Promise.all(
    groups.map(({ span, held: ones }) => {
      const query = { metrics, ...span, points: Math.ceil((points * (span.to - span.from)) / (to - from)) };
      return inSteps(parts, { ...query, entities: ones.map(({ entity }) => entity) }, { gone, counted });
    }),
  );
  const [only, ...others] = series;
  return only === undefined || others.length === 0 ? (only ?? []) : inTurn(groups.map(({ span }, index) => ({ to: span.to, series: series[index] ?? [] })));
}

/** The question entity by entity, some at a time: between two steps others have their turn, and it ends when the asker is gone. */
async function inSteps(
  { store }: Pick<AnswerParts, 'store'>,
  query: Parameters<AnswerParts['store']['series']['range']>[0],
  { gone, counted }: { readonly gone: AbortSignal | null; readonly counted: (points: number) => void },
): Promise<DrawnSeries[]> {
  const { entities, metrics, from, to, points } = query;
  const step = Math.min(
    Math.max(1, Math.floor(STEP_VALUES / (metrics.length * Math.min(to - from, points * FINEST_ROLLUP)))),
    Math.ceil(STEP_POINTS / (metrics.length * points)),
  );
  const series: DrawnSeries[] = [];
  for (let at = 0; at < entities.length && gone?.aborted !== true; at += step) {
    let read = 0;
    for (const one of await store.series.range({ ...query, entities: entities.slice(at, at + step) })) {
      series.push(one);
      read += one.t.length;
    }
    counted(read);
  }
  return series;
}

/** Counts the points of an answer, all its spans together. Throws a Problem where they are too many for one answer, or take too much memory beside others. */
function counting(turn: Asker['turn'] | null): (points: number) => void {
  let drawn = 0;
  return (points) => {
    drawn += points;
    if (drawn > READ_BOUNDS.answer.value) {
      throw new Problem(400, {
        error: `the limit “${READ_BOUNDS.answer.name}” (${READ_BOUNDS.answer.value}) is reached`,
        where: 'query/points',
        remedy: 'ask for fewer points, fewer metrics or a shorter time',
      });
    }
    turn?.weigh(drawn * POINT_BYTES);
  };
}

/** Series of spans that follow each other, each entity's as one: between two of its spans is a gap, where the first ends. */
function inTurn(parts: readonly { readonly to: number; readonly series: readonly DrawnSeries[] }[]): DrawnSeries[] {
  const whole = new Map<string, { series: DrawnSeries; to: number }>();
  for (const { to, series } of parts) {
    for (const part of series) {
      const key = `${part.entity.kind}:${part.entity.id} ${part.metric}`;
      const before = whole.get(key);
      whole.set(key, { to, series: before === undefined ? part : joinedAcrossGap(before.series, before.to, part) });
    }
  }
  return [...whole.values()].map(({ series }) => series);
}

function joinedAcrossGap(first: DrawnSeries, gapAt: number, second: DrawnSeries): DrawnSeries {
  const mean = inRow(first.mean, Number.NaN, second.mean);
  // Whoever writes the series leaves out a least and a most that are the mean itself.
  const alike = first.min === first.mean && first.max === first.mean && second.min === second.mean && second.max === second.mean;
  return {
    ...first,
    t: inRow(first.t, gapAt, second.t),
    mean,
    min: alike ? mean : inRow(first.min, Number.NaN, second.min),
    max: alike ? mean : inRow(first.max, Number.NaN, second.max),
  };
}

function inRow(first: Values, between: number, second: Values): Float64Array {
  const whole = new Float64Array(first.length + 1 + second.length);
  whole.set(first);
  whole[first.length] = between;
  whole.set(second, first.length + 1);
  return whole;
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
