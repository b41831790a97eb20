import { addSamples, type MetricId, newBuckets, rowsIn, withRates } from '../../../core/readings/index.ts';
import type { KnownEntity } from './catalog.ts';
import { toIntegers } from './codec/index.ts';
import type { Columns } from './columns.ts';
import { DAY, limits } from './limits.ts';
import { readColumns, rollupColumn, rollupColumns } from './read.ts';
import { entityStatements, setOf, settle } from './seal.ts';
import { encodeChunk } from './chunk.ts';
import type { NewChunk } from './file.ts';
import type { SeriesState } from './state.ts';

/** The day (its start, seconds UTC) that is next to be rolled up for an entity; null when all finished days are. */
export function dayToRoll(state: SeriesState, entity: KnownEntity, now: number): number | null {
  const extent = state.extents.get(entity.no);
  if (extent === undefined) return null;
  const day = Math.max(entity.rolledTo ?? Number.NEGATIVE_INFINITY, Math.floor(extent.first / DAY) * DAY);
  return day + DAY + limits.rollupDelay <= now && day <= extent.last ? day : null;
}

/** Writes an entity's roll-ups of one day, in place of those that are there, and moves its mark to the day's end. */
export async function rollDay(state: SeriesState, entity: KnownEntity, day: number): Promise<void> {
  const raw = readColumns(state, { entity: entity.no, level: 0, from: day - limits.rateGap, to: day + DAY });
  const chunks: NewChunk[] = [];
  for (const seconds of limits.rollups) {
    const chunk = await rollupChunk(state, { entity: entity.no, raw, day, seconds });
    if (chunk !== null) chunks.push(chunk);
  }
  // Over a long silence straight to the next reading's day: a clock that was in 1970 once must not cost 20,000 steps.
  const next = chunks.length > 0 ? day + DAY : nextDay(state, entity.no, day + DAY);
  const changes = new Map([[entity.no, { sealedTo: entity.sealedTo, rolledTo: next }]]);
  await state.file.transaction([state.file.dropRollups(entity.no, day, day + DAY), ...state.file.addChunks(chunks), ...entityStatements(state, changes)]);
  settle(state, changes);
  state.rollups += chunks.length;
}

function nextDay(state: SeriesState, entity: number, after: number): number {
  const { t } = readColumns(state, { entity, level: 0, from: after, to: Number.MAX_SAFE_INTEGER, wanted: new Set() });
  return t[0] === undefined ? after : Math.floor(t[0] / DAY) * DAY;
}

async function rollupChunk(
  state: SeriesState,
  { entity, raw, day, seconds }: { entity: number; raw: Columns; day: number; seconds: number },
): Promise<NewChunk | null> {
  const grid = { start: day, width: seconds, count: DAY / seconds };
  const columns = new Map<number, Float64Array>();
  const rows = new Uint8Array(grid.count);
  const metrics: number[] = [];
  let values = 0;
  const sorted = rowsIn(grid, raw.t, day, day + DAY);
  for (const [id, column] of ratesOf(state, raw)) {
    const no = state.catalog.metricNo.get(id);
    if (no === undefined) continue;
    const buckets = newBuckets(grid);
    addSamples(buckets, sorted, column);
    const filled = buckets.count.reduce((sum, count, index) => {
      if (count > 0) rows[index] = 1;
      return sum + (count > 0 ? 1 : 0);
    }, 0);
    if (filled === 0) continue;
    metrics.push(no);
    values += filled;
    const absent = (column_: Float64Array): Float64Array => column_.map((value, index) => (buckets.count[index] === 0 ? Number.NaN : value));
    const min = absent(buckets.min);
    const max = absent(buckets.max);
    columns.set(rollupColumn(no, 'min'), min);
    columns.set(rollupColumn(no, 'max'), max);
    columns.set(
      rollupColumn(no, 'mean'),
      shortened(
        buckets.sum.map((sum, index) => sum / (buckets.count[index] ?? Number.NaN)),
        min,
        max,
      ),
    );
    columns.set(rollupColumn(no, 'count'), absent(buckets.count));
  }
  if (metrics.length === 0) return null;
  metrics.sort((a, b) => a - b);
  const keep = (column: Float64Array): Float64Array => column.filter((_, index) => rows[index] === 1);
  const t = keep(Float64Array.from({ length: grid.count }, (_, index) => day + index * seconds));
  const set = await setOf(state, metrics);
  const bytes = encodeChunk({ t, columns: new Map([...columns].map(([no, column]) => [no, keep(column)])) }, rollupColumns(metrics));
  return { entity, level: seconds, first: t[0] ?? day, last: t.at(-1) ?? day, rows: t.length, values, set, wal: 0, bytes };
}

/** The raw table by metric id, counters as rates, by the one function for it. */
function ratesOf({ catalog }: SeriesState, raw: Columns): ReadonlyMap<MetricId, Float64Array> {
  const columns = new Map<MetricId, Float64Array>();
  for (const [no, column] of raw.columns) {
    const id = catalog.metricName.get(no);
    // A metric that this version does not have any more stays raw, and goes with it.
    if (id !== undefined && catalog.metricNo.has(id)) columns.set(id, column);
  }
  return withRates({ entity: { kind: 'host', id: '' }, t: raw.t, columns, facts: new Map() }, limits.rateGap).columns;
}

/** Means with three digits more than the readings have: more is noise, and would take eight bytes each. */
function shortened(mean: Float64Array, min: Float64Array, max: Float64Array): Float64Array {
  const ends = Float64Array.from([...min, ...max].filter((value) => !Number.isNaN(value)));
  const digits = toIntegers(ends)?.exponent;
  if (digits === undefined || digits > 12) return mean.map((value) => Math.fround(value));
  const power = 10 ** (digits + 3);
  return mean.map((value) => (Math.abs(value) < 1e9 ? Math.round(value * power) / power : Math.round(value)));
}
