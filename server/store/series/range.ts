import { type EntityRef, isMetricId, metric as metricRow, type MetricId, rateOf } from '../../../core/readings/index.ts';
import { addRollup, addSamples, drawn, type Drawn, type Grid, newBuckets, type Rows, rowsIn, samplingPeriod } from './buckets.ts';
import type { KnownEntity } from './catalog.ts';
import type { Columns } from './columns.ts';
import { limits } from './limits.ts';
import { planRange } from './plan.ts';
import { readColumns, rollupColumn, rollupColumns, sourcesOf } from './read.ts';
import type { SeriesState } from './state.ts';

export interface RangeQuery {
  readonly entities: readonly EntityRef[];
  readonly metrics: readonly MetricId[];
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

export interface RangeSeries extends Drawn {
  readonly entity: EntityRef;
  readonly metric: MetricId;
}

/** What one entity has for a range: raw readings with their place in the buckets, and roll-ups of the part before them. */
interface Material {
  readonly raw: Columns;
  readonly rows: Rows;
  readonly rolled: Columns;
  readonly level: number;
}

/** Every metric asked for that an entity has, bucketed; counters as rates. */
export async function range(state: SeriesState, query: RangeQuery): Promise<RangeSeries[]> {
  const series: RangeSeries[] = [];
  if (!(query.to > query.from) || query.points < 1) return series;
  const { grid, level } = planRange(query);
  for (const ref of query.entities) {
    const entity = state.catalog.find(ref);
    if (entity === undefined) continue;
    const material = await gather(state, { entity, query, grid, coarse: level });
    for (const metric of new Set(query.metrics)) {
      const one = draw(state, { metric, grid, material, query });
      if (one !== null) series.push({ entity: refOf(entity), metric, ...one });
    }
  }
  return series;
}

export function refOf(entity: KnownEntity): EntityRef {
  return { kind: entity.kind, id: entity.id, ...(entity.node === null ? {} : { node: entity.node }) };
}

/** From when on raw readings serve: what is expired, and what a coarse question need not read raw, comes from roll-ups. */
export function rawStart(state: SeriesState, entity: KnownEntity, from: number, coarse: boolean): number {
  if (entity.rolledTo === null) return from;
  if (coarse) return Math.max(from, entity.rolledTo);
  const open = state.heads.get(entity.no)?.t[0] ?? Number.POSITIVE_INFINITY;
  const oldest = Math.min(state.extents.get(entity.no)?.first ?? open, open, entity.rolledTo);
  return Math.max(from, Math.floor(oldest / limits.rollups[0]) * limits.rollups[0]);
}

async function gather(
  state: SeriesState,
  { entity, query, grid, coarse }: { entity: KnownEntity; query: RangeQuery; grid: Grid; coarse: number | null },
): Promise<Material> {
  const { metrics, from, to } = query;
  const level = coarse ?? limits.rollups[0];
  const rawFrom = rawStart(state, entity, from, coarse !== null);
  const numbers = metrics.flatMap((id) => sourcesOf(id, state.catalog.metricNo.keys())).map(({ id }) => state.catalog.metricNo.get(id));
  const wanted = new Set(numbers.filter((no) => no !== undefined));
  const rolledWanted = new Set(rollupColumns(metrics.flatMap((id) => rolledNumbers(state, id))));
  const none: Columns = { t: new Float64Array(0), columns: new Map() };
  // A rate at the first reading needs the one before it.
  const raw = rawFrom >= to ? none : await readColumns(state, { entity: entity.no, level: 0, from: rawFrom - limits.rateGap, to, wanted });
  const rolled = rawFrom <= from ? none : await readColumns(state, { entity: entity.no, level, from, to: Math.min(rawFrom, to), wanted: rolledWanted });
  return { raw, rows: rowsIn(grid, raw.t, rawFrom, to), rolled, level };
}

function draw(state: SeriesState, { metric, grid, material, query }: { metric: MetricId; grid: Grid; material: Material; query: RangeQuery }): Drawn | null {
  const { raw, rows, rolled, level } = material;
  const buckets = newBuckets(grid);
  const candidates = sourcesOf(metric, state.catalog.metricNo.keys());
  let period = 0;
  const values = rawValues(state, raw, candidates);
  if (values !== null) {
    addSamples(buckets, rows, values);
    period = samplingPeriod(raw.t, values) ?? 0;
  }
  const rolledNo = rolledNumbers(state, metric).find((no) => rolled.columns.has(rollupColumn(no, 'count')));
  if (rolledNo !== undefined) {
    const part = (name: Parameters<typeof rollupColumn>[1]): Float64Array =>
      rolled.columns.get(rollupColumn(rolledNo, name)) ?? new Float64Array(rolled.t.length).fill(Number.NaN);
    addRollup(buckets, { t: rolled.t, min: part('min'), mean: part('mean'), max: part('max'), count: part('count'), seconds: level }, query.from, query.to);
    period = Math.max(period, level);
  }
  const result = drawn(buckets, period);
  return result.t.length === 0 ? null : result;
}

/** Where roll-ups hold a metric: a counter's rate stands under the gauge that it feeds, where there is one. */
function rolledNumbers({ catalog }: SeriesState, id: MetricId): number[] {
  const rate = metricRow(id).rate;
  const ids = rate !== undefined && isMetricId(rate) ? [id, rate] : [id];
  return ids.map((one) => catalog.metricNo.get(one)).filter((no) => no !== undefined);
}

/** The column of the metric, or the rate of the counter that stands for it; a gauge that the tool printed itself wins. */
function rawValues(state: SeriesState, raw: Columns, candidates: ReturnType<typeof sourcesOf>): Float64Array | null {
  for (const { id, counter } of candidates) {
    const no = state.catalog.metricNo.get(id);
    const column = no === undefined ? undefined : raw.columns.get(no);
    if (column === undefined || column.every((value) => Number.isNaN(value))) continue;
    return counter ? rateOf(raw.t, column, limits.rateGap) : column;
  }
  return null;
}
