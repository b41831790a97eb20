import type { EntityKind } from '../readings/index.ts';
import type { SeriesReply } from './series.ts';

/** The type under which series travel as typed columns; whoever does not ask for it gets JSON. */
export const SERIES_BYTES = 'application/vnd.headroom.series';

/** Values in one column: as exact as a chart can show (seven digits, on a wire) or as they are kept. */
export type Values = Float64Array | Float32Array;

/**
 * One metric of one entity, bucketed: the typed form of a Series, NaN for null. Series of one entity share `t` where their times are
 * the same, and `min` and `max` are `mean` itself where no bucket holds two samples.
 */
export interface DrawnSeries {
  readonly entity: { readonly kind: EntityKind; readonly id: string; readonly node: string | null };
  readonly metric: string;
  readonly unit: string;
  readonly t: Float64Array;
  readonly mean: Values;
  readonly min: Values;
  readonly max: Values;
}

/** The typed form of a SeriesReply. */
export interface DrawnReply extends Pick<SeriesReply, 'from' | 'to' | 'absent'> {
  readonly series: readonly DrawnSeries[];
}

/** What stands before the columns, as JSON: offsets and lengths count values. */
interface Header extends Pick<SeriesReply, 'from' | 'to' | 'absent'> {
  readonly entities: readonly DrawnSeries['entity'][];
  readonly series: readonly {
    readonly entity: number;
    readonly metric: string;
    readonly unit: string;
    readonly rows: number;
    /** Where its times begin among all times, and its means among all values. */
    readonly t: number;
    readonly mean: number;
    /** Null: as the mean. */
    readonly min: number | null;
    readonly max: number | null;
  }[];
  /** How many there are of each. */
  readonly times: number;
  readonly values: number;
}

/** Little-endian machines only, which is all that there are: both sides lay typed arrays over the bytes as they came. */
const MAGIC = 0x31_53_52_48; // HRS1

/**
 * The reply as bytes: `HRS1`, the header's length (both uint32), the header as JSON filled up with blanks to a multiple of eight,
 * all times (float64), all values (float32).
 */
export function encodeSeries(reply: DrawnReply): Uint8Array<ArrayBuffer> {
  const entities = new Map<string, { index: number; entity: DrawnSeries['entity'] }>();
  const columns = { t: layOut<Float64Array>(), values: layOut<Values>() };
  const series = reply.series.map(({ entity, metric, unit, t, mean, min, max }): Header['series'][number] => {
    const key = `${entity.kind}:${entity.id}`;
    let known = entities.get(key);
    if (known === undefined) entities.set(key, (known = { index: entities.size, entity }));
    const at = columns.values.place(mean);
    return {
      entity: known.index,
      metric,
      unit,
      rows: t.length,
      t: columns.t.place(t),
      mean: at,
      min: min === mean ? null : columns.values.place(min),
      max: max === mean ? null : columns.values.place(max),
    };
  });
  const { from, to, absent } = reply;
  const header: Header = {
    from,
    to,
    absent,
    entities: [...entities.values()].map(({ entity }) => entity),
    series,
    times: columns.t.length(),
    values: columns.values.length(),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const head = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + head + 8 * columns.t.length() + 4 * columns.values.length());
  new Uint32Array(bytes.buffer, 0, 2).set([MAGIC, head]);
  bytes.fill(0x20, 8, 8 + head);
  bytes.set(text, 8);
  const times = new Float64Array(bytes.buffer, 8 + head, columns.t.length());
  for (const [column, at] of columns.t.placed) times.set(column, at);
  const values = new Float32Array(bytes.buffer, 8 + head + times.byteLength, columns.values.length());
  for (const [column, at] of columns.values.placed) values.set(column, at);
  return bytes;
}

/** The inverse: columns are views on the bytes. Throws RangeError where they are no such reply. */
export function decodeSeries(buffer: ArrayBuffer): DrawnReply {
  const [magic, head] = buffer.byteLength < 8 ? [] : new Uint32Array(buffer, 0, 2);
  if (magic !== MAGIC || head === undefined || head % 8 !== 0 || 8 + head > buffer.byteLength) throw new RangeError('these bytes are no series');
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, head))) as Header; // a parse boundary: encodeSeries wrote it, of this version by its magic
  const times = new Float64Array(buffer, 8 + head, header.times);
  const values = new Float32Array(buffer, 8 + head + times.byteLength, header.values);
  const { from, to, absent, entities } = header;
  return {
    from,
    to,
    absent,
    series: header.series.flatMap(({ entity, metric, unit, rows, t, mean, min, max }) => {
      const about = entities[entity];
      if (about === undefined) return [];
      const means = values.subarray(mean, mean + rows);
      const column = (at: number | null): Float32Array => (at === null ? means : values.subarray(at, at + rows));
      return [{ entity: about, metric, unit, t: times.subarray(t, t + rows), mean: means, min: column(min), max: column(max) }];
    }),
  };
}

/** The reply as JSON has it: arrays, null for NaN. */
export function seriesJson({ from, to, absent, series }: DrawnReply): SeriesReply {
  return {
    from,
    to,
    series: series.map(({ entity, metric, unit, t, mean, min, max }) => ({
      entity: { kind: entity.kind, id: entity.id, node: entity.node },
      metric,
      unit,
      t: Array.from(t),
      min: nullable(min),
      mean: nullable(mean),
      max: nullable(max),
    })),
    absent,
  };
}

/** The typed form of what came as JSON. */
export function drawnReply({ from, to, absent, series }: SeriesReply): DrawnReply {
  return {
    from,
    to,
    absent,
    series: series.flatMap(({ entity, metric, unit, t, min, mean, max }) => {
      const { kind } = entity;
      if (!isKind(kind)) return [];
      return [{ entity: { ...entity, kind }, metric, unit, t: Float64Array.from(t), min: typed(min), mean: typed(mean), max: typed(max) }];
    }),
  };
}

function isKind(kind: string): kind is EntityKind {
  return kind === 'gpu' || kind === 'host' || kind === 'engine' || kind === 'process';
}

function nullable(values: Values): (number | null)[] {
  const out: (number | null)[] = [];
  // A loop: Array.from with a function takes ten times as long, and this runs on the server's main thread.
  for (const value of values) out.push(Number.isNaN(value) ? null : value);
  return out;
}

function typed(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

/** Places columns one behind the other; a column that is placed already has its place. */
function layOut<T extends { readonly length: number }>(): { place(column: T): number; length(): number; readonly placed: ReadonlyMap<T, number> } {
  const placed = new Map<T, number>();
  let length = 0;
  return {
    placed,
    length: () => length,
    place(column) {
      const there = placed.get(column);
      if (there !== undefined) return there;
      placed.set(column, length);
      length += column.length;
      return length - column.length;
    },
  };
}
