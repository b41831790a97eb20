import {
  addRollup,
  addSamples,
  type Buckets,
  drawn,
  type EntityRef,
  type Grid,
  isMetricId,
  metric as metricRow,
  type MetricId,
  newBuckets,
  rateOf,
  type Rows,
  rowsIn,
  samplingPeriod,
} from '../../../core/readings/index.ts';
import type { KnownEntity } from './catalog.ts';
import type { Columns } from './columns.ts';
import { limits } from './limits.ts';
import { planRange } from './plan.ts';
import { readColumns, readParts, rollupColumn, rollupColumns, sourcesOf } from './read.ts';
import type { SeriesState } from './state.ts';

export interface RangeQuery {
  readonly entities: readonly EntityRef[];
  readonly metrics: readonly MetricId[];
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

/**
 * Series as they cross to the main thread: two arrays for all of them. A series has `rows` times from `t` on, as many means from
 * `mean` on, and then, where a bucket holds more than one sample (`spread`), its minima and maxima behind those.
 */
export interface RangeAnswer {
  readonly series: readonly {
    readonly entity: EntityRef;
    readonly metric: MetricId;
    readonly rows: number;
    readonly t: number;
    readonly mean: number;
    readonly spread: boolean;
  }[];
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** What one entity has for a range: raw readings with their place in the buckets, part after part, and roll-ups of the time before them. */
interface Material {
  readonly raw: readonly (Columns & { readonly rows: Rows })[];
  readonly rolled: Columns;
  readonly level: number;
}

/** Every metric asked for that an entity has, bucketed; counters as rates. */
export function range(state: SeriesState, query: RangeQuery): RangeAnswer {
  const series: RangeAnswer['series'][number][] = [];
  const times = growing();
  const values = growing();
  if (query.to > query.from && query.points >= 1) {
    const { grid, level } = planRange(query);
    const buckets = newBuckets(grid);
    const metrics = new Set(query.metrics);
    for (const ref of query.entities) {
      const entity = state.catalog.find(ref);
      if (entity === undefined) continue;
      const material = gather(state, { entity, query, grid, coarse: level });
      let sharedFrom = times.length();
      for (const metric of metrics) {
        const one = draw(state, { metric, buckets, material, query });
        if (one === null) continue;
        // Most metrics of an entity come together: one column of times serves them all.
        if (!times.ends(one.t, sharedFrom)) sharedFrom = times.add(one.t);
        const mean = values.add(one.mean);
        if (one.spread) {
          values.add(one.min);
          values.add(one.max);
        }
        series.push({ entity: refOf(entity), metric, rows: one.t.length, t: sharedFrom, mean, spread: one.spread });
      }
    }
  }
  return { series, times: times.taken(), values: values.taken() };
}

/** Numbers that are appended to one array. */
function growing(): {
  add(column: Float64Array): number;
  /** True where what was added from `at` on is just this. */
  ends(column: Float64Array, at: number): boolean;
  length(): number;
  taken(): Float64Array<ArrayBuffer>;
} {
  let array = new Float64Array(4096);
  let length = 0;
  return {
    add(column) {
      if (length + column.length > array.length) {
        const wider = new Float64Array(Math.max(array.length * 2, length + column.length));
        wider.set(array.subarray(0, length));
        array = wider;
      }
      array.set(column, length);
      length += column.length;
      return length - column.length;
    },
    ends: (column, at) => length - at === column.length && column.every((value, index) => value === array[at + index]),
    length: () => length,
    taken: () => array.slice(0, length),
  };
}

/** The entity as readings name it. */
export function refOf(entity: KnownEntity): EntityRef {
  return { kind: entity.kind, id: entity.id, ...(entity.node === null ? {} : { node: entity.node }) };
}

/** From when on raw readings serve: what is expired, and what a coarse question need not read raw, comes from roll-ups. */
export function rawStart(state: SeriesState, entity: KnownEntity, from: number, coarse: boolean): number {
  if (entity.rolledTo === null) return from;
  if (coarse) return Math.max(from, entity.rolledTo);
  const open = state.heads.get(entity.no)?.data[0] ?? Number.POSITIVE_INFINITY;
  const oldest = Math.min(state.extents.get(entity.no)?.first ?? open, open, entity.rolledTo);
  return Math.max(from, Math.floor(oldest / limits.rollups[0]) * limits.rollups[0]);
}

function gather(state: SeriesState, { entity, query, grid, coarse }: { entity: KnownEntity; query: RangeQuery; grid: Grid; coarse: number | null }): Material {
  const { metrics, from, to } = query;
  const level = coarse ?? limits.rollups[0];
  const rawFrom = rawStart(state, entity, from, coarse !== null);
  const numbers = metrics.flatMap((id) => sourcesOf(id)).map(({ id }) => state.catalog.metricNo.get(id));
  const wanted = new Set(numbers.filter((no) => no !== undefined));
  const rolledWanted = new Set(rollupColumns(metrics.flatMap((id) => rolledNumbers(state, id))));
  const none: Columns = { t: new Float64Array(0), columns: new Map() };
  // A rate at the first reading needs the one before it.
  const raw = rawFrom >= to ? [] : readParts(state, { entity: entity.no, level: 0, from: rawFrom - limits.rateGap, to, wanted });
  const rolled = rawFrom <= from ? none : readColumns(state, { entity: entity.no, level, from, to: Math.min(rawFrom, to), wanted: rolledWanted });
  return { raw: raw.map((part) => ({ ...part, rows: rowsIn(grid, part.t, rawFrom, to) })), rolled, level };
}

function draw(
  state: SeriesState,
  { metric, buckets, material, query }: { metric: MetricId; buckets: Buckets; material: Material; query: RangeQuery },
): ReturnType<typeof drawn> | null {
  const { rolled, level } = material;
  buckets.clear();
  let period = 0;
  const parts = rawValues(state, material.raw, metric);
  if (parts.length > 0) {
    for (const { rows, values } of parts) addSamples(buckets, rows, values);
    period = samplingPeriod(parts.map(({ rows: { t }, values }) => ({ t, values }))) ?? 0;
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

/** The metric's column of each part that has it, or the rate of the counter that stands for it. */
function rawValues({ catalog }: SeriesState, raw: Material['raw'], metric: MetricId): { rows: Rows; values: Float64Array }[] {
  for (const { id, counter } of sourcesOf(metric)) {
    const no = catalog.metricNo.get(id);
    const parts = raw.flatMap(({ rows, columns }) => {
      const values = no === undefined ? undefined : columns.get(no);
      return values === undefined ? [] : [{ rows, values }];
    });
    if (!parts.some(({ values }) => values.some((value) => !Number.isNaN(value)))) continue;
    return counter ? ratesOf(parts) : parts;
  }
  return [];
}

/** Rates go over from one part to the next. */
function ratesOf(parts: readonly { readonly rows: Rows; readonly values: Float64Array }[]): { rows: Rows; values: Float64Array }[] {
  const length = parts.reduce((sum, { values }) => sum + values.length, 0);
  const t = new Float64Array(length);
  const counter = new Float64Array(length);
  let at = 0;
  const starts = parts.map(({ rows, values }) => {
    t.set(rows.t, at);
    counter.set(values, at);
    at += values.length;
    return at - values.length;
  });
  const rates = rateOf(t, counter, limits.rateGap);
  return parts.map(({ rows, values }, index) => ({ rows, values: rates.subarray(starts[index], (starts[index] ?? 0) + values.length) }));
}
