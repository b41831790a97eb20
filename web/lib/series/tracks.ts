import type { DrawnReply, DrawnSeries, LiveReadings, Values } from '../../../core/contract/index.ts';
import {
  entityKey,
  GAP_PERIODS,
  isMetricId,
  lowerBound,
  metric,
  type MetricId,
  METRICS,
  rateOf,
  recentPeriod,
  type Table,
  tableFromBlock,
} from '../../../core/readings/index.ts';

/** Columns of one length: times strictly increasing, seconds; NaN is a gap. */
interface Columns<Column = Float64Array> {
  readonly t: Column;
  readonly min: Column;
  readonly mean: Column;
  readonly max: Column;
}

/** One metric of one entity as the page holds it; counters are held as rates. A column once read never changes: what comes later is in another. */
export interface Track extends Columns {
  readonly entity: DrawnSeries['entity'];
  readonly metric: MetricId;
}

/** All tracks of a view, and the last value of every counter, from which the next live reading's rate is counted. */
export interface Tracks {
  readonly byKey: Map<string, Track>;
  readonly counters: Map<string, { readonly t: number; readonly value: number }>;
}

/** Tracks that hold nothing yet. */
export function emptyTracks(): Tracks {
  return { byKey: new Map(), counters: new Map() };
}

/** The metric that a counter's rate is shown under: its gauge where it has one, else itself. */
export function shownAs(id: MetricId): MetricId {
  const { rate } = metric(id);
  return rate !== undefined && isMetricId(rate) ? rate : id;
}

/** The latest time that any track holds; null when all are empty. */
export function lastTime(tracks: Tracks): number | null {
  let last: number | null = null;
  for (const { t } of tracks.byKey.values()) {
    const end = t.at(-1);
    if (end !== undefined && (last === null || end > last)) last = end;
  }
  return last;
}

/** Where the next fetch of a tail should start so that nothing is missed: the earliest of the tracks' last times, no earlier than `floor`. */
export function tailStart(tracks: Tracks, floor: number): number {
  let start: number | null = null;
  for (const { t } of tracks.byKey.values()) {
    const end = t.at(-1);
    if (end !== undefined && end >= floor && (start === null || end < start)) start = end;
  }
  return start ?? floor;
}

/** The start of the last bucket but one of those series that still go on; null where there is none. */
export function lastBucketStart(tracks: Tracks): number | null {
  const newest = lastTime(tracks);
  if (newest === null) return null;
  let start = newest;
  for (const { t } of tracks.byKey.values()) {
    const last = t.at(-1);
    // A series that ended long ago needs no finer end.
    if (last !== undefined && newest - last < 600) start = Math.min(start, t.at(-2) ?? last);
  }
  return start;
}

/** Replaces everything from `from` on with what a reply holds: no point is lost, none is there twice. */
export function joinReply(tracks: Tracks, reply: Pick<DrawnReply, 'series'>, from: number): void {
  for (const [key, track] of tracks.byKey) tracks.byKey.set(key, before(track, from));
  for (const series of reply.series) {
    if (!isMetricId(series.metric)) continue;
    const track = trackOf(tracks, series.entity, shownAs(series.metric));
    put(tracks, append(track, series, Math.max(lowerBound(series.t, from), firstLater(series.t, track))));
  }
}

/**
 * Appends live readings of wanted metrics; points at or before a track's last time are there already and are left out.
 * True when a rate could not be told because its counter is new here: the server's answer has it, so fetch the tail once.
 */
export function appendBlocks(tracks: Tracks, blocks: LiveReadings['blocks'], wanted: ReadonlySet<MetricId>): boolean {
  let incomplete = false;
  for (const table of blocks.map(tableFromBlock)) {
    const entity = { ...table.entity, node: table.entity.node ?? null };
    for (const [id, column] of table.columns) {
      const shown = shownAs(id);
      // A gauge that the tool printed itself wins over the rate of its counter.
      if (!wanted.has(shown) || (shown !== id && table.columns.has(shown))) continue;
      const isCounter = METRICS[id].kind === 'counter';
      incomplete ||= isCounter && !tracks.counters.has(keyOf(table.entity, id));
      put(tracks, withSamples(trackOf(tracks, entity, shown), { t: table.t, values: isCounter ? ratesOf(tracks, table, id, column) : column }));
    }
  }
  return incomplete;
}

/** A counter's rates from its last value before this table on, which is remembered for the next. */
function ratesOf(tracks: Tracks, { entity, t }: Table, id: MetricId, counter: Float64Array): Float64Array {
  const key = keyOf(entity, id);
  const known = tracks.counters.get(key);
  const last = counter.findLastIndex((value) => !Number.isNaN(value));
  const [at, value] = [t[last], counter[last]];
  if (at !== undefined && value !== undefined) tracks.counters.set(key, { t: at, value });
  if (known === undefined) return rateOf(t, counter);
  return rateOf(Float64Array.from([known.t, ...t]), Float64Array.from([known.value, ...counter])).subarray(1);
}

function withSamples(track: Track, { t, values }: { readonly t: Float64Array; readonly values: Float64Array }): Track {
  let longer = track;
  for (const [row, at] of t.entries()) {
    const value = values[row];
    const last = longer.t.at(-1);
    // An absent value among present ones is one missed sample, no gap yet; the silence rule below draws real gaps.
    if (value === undefined || Number.isNaN(value) || (last !== undefined && at <= last)) continue;
    const period = recentPeriod(longer.t);
    if (last !== undefined && period !== null && at - last > GAP_PERIODS * period) longer = append(longer, oneRow(last + period, Number.NaN));
    longer = append(longer, oneRow(at, value));
  }
  return longer;
}

function oneRow(at: number, value: number): Columns {
  return columns((name) => Float64Array.of(name === 't' ? at : value));
}

function columns(make: (name: keyof Columns) => Float64Array): Columns {
  return { t: make('t'), min: make('min'), mean: make('mean'), max: make('max') };
}

function trackOf(tracks: Tracks, entity: Track['entity'], id: MetricId): Track {
  return tracks.byKey.get(keyOf(entity, id)) ?? { entity, metric: id, ...columns(() => new Float64Array(0)) };
}

function keyOf(entity: Pick<Track['entity'], 'kind' | 'id'>, id: MetricId): string {
  return `${entityKey(entity)} ${id}`;
}

/** The track without what is at or after an instant. Its columns are copies: what would be appended to views would change the old ones. */
function before(track: Track, at: number): Track {
  const rows = lowerBound(track.t, at);
  return rows === track.t.length ? track : { ...track, ...columns((name) => track[name].slice(0, rows)) };
}

/** The index of the first time that is later than all that a track holds. */
function firstLater(t: Float64Array, track: Track): number {
  const last = track.t.at(-1);
  if (last === undefined) return 0;
  const row = lowerBound(t, last);
  return t[row] === last ? row + 1 : row;
}

/** The track with another's rows behind its last, from one of them on. */
function append(track: Track, rows: Columns<Values>, start = 0): Track {
  return { ...track, ...columns((name) => grown(track[name], rows[name].subarray(start))) };
}

function put(tracks: Tracks, track: Track): void {
  tracks.byKey.set(keyOf(track.entity, track.metric), track);
}

/** A column with more values behind its last: in its own memory while there is room, else in twice as much. */
function grown(column: Float64Array, values: Values): Float64Array {
  const rows = column.length;
  const needed = rows + values.length;
  const room = column.buffer.byteLength / Float64Array.BYTES_PER_ELEMENT;
  const longer = new Float64Array(needed <= room ? column.buffer : new ArrayBuffer(Math.max(needed, 2 * rows) * Float64Array.BYTES_PER_ELEMENT), 0, needed);
  if (needed > room) longer.set(column);
  longer.set(values, rows);
  return longer;
}
