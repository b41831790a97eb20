import { isRecord, labelsOf, type JsonObject } from './json.ts';

/** One number field of a frame. */
interface FrameColumn {
  readonly labels: ReadonlyMap<string, string>;
  /** What the field is called, best first. */
  readonly names: readonly string[];
  /** Null where the sample is absent (null, NaN, infinite). */
  readonly values: readonly (number | null)[];
}

export interface Frame {
  readonly name: string;
  /** The expression that made it, where the data source tells. */
  readonly query: string | null;
  /** Seconds since 1970; null where a row has none. */
  readonly times: readonly (number | null)[];
  readonly columns: readonly FrameColumn[];
}

interface Field {
  readonly about: JsonObject;
  readonly values: readonly unknown[];
  readonly nanos: readonly unknown[];
}

/** Reads a frame in either form. Null for an object that is no frame; a text for a frame without a time, which is no series. */
export function readFrame(object: JsonObject): Frame | string | null {
  const schema = isRecord(object['schema']) ? object['schema'] : object;
  const described: unknown = schema['fields'];
  if (!Array.isArray(described)) return null;
  const fields = (described as readonly unknown[]).flatMap((about, index) => fieldOf(about, object['data'], index)); // a parse boundary: JSON
  const time = fields.find((field) => field.about['type'] === 'time');
  const numbers = fields.filter((field) => field.about['type'] === 'number');
  if (time === undefined) return numbers.length === 0 ? null : 'a frame without a time field is no series';
  return {
    name: text(schema['name']),
    query: queryOf(schema['meta']),
    times: time.values.map((value, index) => secondsOf(value, time.nanos[index])),
    columns: numbers.map((field) => ({
      labels: labelsOf(field.about['labels']) ?? new Map(),
      names: namesOf(field.about),
      values: field.values.map(numberOf),
    })),
  };
}

function fieldOf(about: unknown, data: unknown, index: number): Field[] {
  if (!isRecord(about)) return [];
  const inside: unknown = about['values'];
  const outside: unknown = isRecord(data) && Array.isArray(data['values']) ? data['values'][index] : undefined;
  const nanos: unknown = isRecord(data) && Array.isArray(data['nanos']) ? data['nanos'][index] : undefined;
  const values = Array.isArray(outside) ? outside : Array.isArray(inside) ? inside : null;
  return values === null ? [] : [{ about, values, nanos: Array.isArray(nanos) ? nanos : [] }];
}

/** Milliseconds, with the nanoseconds below the millisecond apart. */
function secondsOf(value: unknown, nanos: unknown): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return typeof nanos === 'number' ? value / 1000 + nanos / 1e9 : value / 1000;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** `Expr: rate(x[1m])\nStep: 15s` of the Prometheus data source. */
function queryOf(meta: unknown): string | null {
  if (!isRecord(meta)) return null;
  return /^Expr:\s*([\s\S]*?)(?:\nStep:.*)?$/.exec(text(meta['executedQueryString']))?.[1]?.trim() ?? null;
}

function namesOf(about: JsonObject): string[] {
  const config = isRecord(about['config']) ? about['config'] : {};
  return [text(config['displayNameFromDS']), text(config['displayName']), text(about['name'])].filter((name) => name !== '' && name !== 'Value');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
