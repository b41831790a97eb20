import type { DrawnReply, IngestBatch, Series } from '../../../core/contract/index.ts';
import { entityKey, isMetricId, metric, type MetricId, METRICS, rateOf, type Unit } from '../../../core/readings/index.ts';

type Block = IngestBatch['blocks'][number];

/** One metric of one entity as the page holds it: times strictly increasing; a null is a gap. Counters are held as rates. */
export interface Track {
  readonly entity: Series['entity'];
  readonly metric: MetricId;
  readonly t: number[];
  readonly min: (number | null)[];
  readonly mean: (number | null)[];
  readonly max: (number | null)[];
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

/** The unit of a metric as it is shown: a counter's is per second. */
export function shownUnit(id: MetricId): Unit {
  const { kind, unit } = metric(id);
  if (kind === 'gauge') return unit;
  switch (unit) {
    case 'bytes':
      return 'bytes/s';
    case 'flop':
      return 'flop/s';
    case 'joules':
      return 'watts';
    case 'seconds':
      return 'ratio';
    default:
      return '1/s';
  }
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

/** Replaces everything from `from` on with what a reply holds: no point is lost, none is there twice. */
export function joinReply(tracks: Tracks, reply: Pick<DrawnReply, 'series'>, from: number): void {
  for (const track of tracks.byKey.values()) cut(track, from);
  for (const series of reply.series) {
    if (!isMetricId(series.metric)) continue;
    const track = trackOf(tracks, series.entity, shownAs(series.metric));
    series.t.forEach((at, index) => {
      if (at < from || at <= (track.t.at(-1) ?? Number.NEGATIVE_INFINITY)) return;
      push(track, at, present(series.min[index]), present(series.mean[index]), present(series.max[index]));
    });
  }
}

/**
 * Appends live readings of wanted metrics; points at or before a track's last time are there already and are left out.
 * True when a rate could not be told because its counter is new here: the server's answer has it, so fetch the tail once.
 */
export function appendBlocks(tracks: Tracks, blocks: readonly Block[], wanted: ReadonlySet<MetricId>): boolean {
  let incomplete = false;
  for (const block of blocks) {
    for (const [id, column] of Object.entries(block.columns)) {
      if (!isMetricId(id) || column === undefined) continue;
      const shown = shownAs(id);
      // A gauge that the tool printed itself wins over the rate of its counter.
      if (!wanted.has(shown) || (shown !== id && block.columns[shown] !== undefined)) continue;
      const track = trackOf(tracks, { kind: block.entity.kind, id: block.entity.id, node: block.entity.node ?? null }, shown);
      if (METRICS[id].kind === 'gauge') appendColumn(track, block.t, column);
      else {
        incomplete ||= !tracks.counters.has(`${entityKey(block.entity)} ${id}`);
        appendColumn(track, block.t, ratesOf(tracks, block, id, column));
      }
    }
  }
  return incomplete;
}

function ratesOf(tracks: Tracks, block: Block, id: MetricId, column: readonly (number | null)[]): (number | null)[] {
  const key = `${entityKey(block.entity)} ${id}`;
  const before = tracks.counters.get(key);
  const t = Float64Array.from(before === undefined ? block.t : [before.t, ...block.t]);
  const counter = Float64Array.from(before === undefined ? column : [before.value, ...column], (value) => value ?? Number.NaN);
  for (let index = counter.length - 1; index >= 0; index -= 1) {
    const [at, value] = [t[index], counter[index]];
    if (at === undefined || value === undefined || Number.isNaN(value)) continue;
    tracks.counters.set(key, { t: at, value });
    break;
  }
  return [...rateOf(t, counter)].slice(before === undefined ? 0 : 1).map((rate) => (Number.isNaN(rate) ? null : rate));
}

function appendColumn(track: Track, t: readonly number[], values: readonly (number | null)[]): void {
  t.forEach((at, index) => {
    const value = values[index] ?? null;
    const last = track.t.at(-1);
    // An absent value among present ones is one missed sample, no gap yet; the silence rule below draws real gaps.
    if (value === null || (last !== undefined && at <= last)) return;
    const period = periodOf(track);
    if (last !== undefined && period !== null && at - last > 3 * period) push(track, last + period, null, null, null);
    push(track, at, value, value, value);
  });
}

/** The usual distance of a track's latest samples, seconds; null where too few are known. */
export function periodOf(track: Pick<Track, 't'>): number | null {
  const recent = track.t.slice(-12);
  const gaps = recent
    .slice(1)
    .map((at, index) => at - (recent[index] ?? at))
    .sort((a, b) => a - b);
  return gaps.length < 3 ? null : (gaps[gaps.length >> 1] ?? null);
}

function trackOf(tracks: Tracks, entity: Series['entity'], id: MetricId): Track {
  const key = `${entityKey({ kind: kindOf(entity.kind), id: entity.id })} ${id}`;
  let track = tracks.byKey.get(key);
  if (track === undefined) {
    track = { entity, metric: id, t: [], min: [], mean: [], max: [] };
    tracks.byKey.set(key, track);
  }
  return track;
}

function kindOf(kind: string): 'gpu' | 'host' | 'engine' | 'process' {
  return kind === 'gpu' || kind === 'engine' || kind === 'process' ? kind : 'host';
}

function present(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function cut(track: Track, from: number): void {
  let keep = track.t.length;
  while (keep > 0 && (track.t[keep - 1] ?? Number.NEGATIVE_INFINITY) >= from) keep -= 1;
  for (const column of [track.t, track.min, track.mean, track.max]) column.length = keep;
}

function push(track: Track, at: number, min: number | null, mean: number | null, max: number | null): void {
  track.t.push(at);
  track.min.push(min);
  track.mean.push(mean);
  track.max.push(max);
}
