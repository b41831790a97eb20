import { type EntityKind, type FactName, type MetricId, METRICS, type Run, type Table } from '../../core/readings/index.ts';

type Value = number | ((sample: number, at: number) => number);

export interface Made {
  readonly id?: string;
  readonly node?: string;
  readonly samples: number;
  /** Seconds between samples; default 1. */
  readonly period?: number;
  /** Time of the first sample; default 0. */
  readonly start?: number;
  readonly facts?: Partial<Record<FactName, string>>;
  /** Per metric a constant or a function of the sample's number. A counter is given as its rate per second. */
  readonly values: Partial<Record<MetricId, Value>>;
}

/** A table of one entity as a collector would make it, from constants and functions. */
export function made(kind: EntityKind, what: Made): Table {
  const { samples, period = 1, start = 0, values, facts = {} } = what;
  const t = Float64Array.from({ length: samples }, (_, i) => start + i * period);
  const columns = new Map<MetricId, Float64Array>();
  for (const [id, value] of Object.entries(values) as [MetricId, Value][]) {
    const at = (i: number) => (typeof value === 'number' ? value : value(i, start + i * period));
    let sum = 1000;
    columns.set(
      id,
      Float64Array.from({ length: samples }, (_, i) => {
        if (METRICS[id].kind === 'gauge') return at(i);
        if (i > 0) sum += at(i) * period;
        return sum;
      }),
    );
  }
  return {
    entity: { kind, id: what.id ?? (kind === 'gpu' ? 'GPU-0' : kind === 'host' ? 'n1' : `${kind}@1`), ...(what.node === undefined ? {} : { node: what.node }) },
    t,
    columns,
    facts: new Map(Object.entries(facts) as [FactName, string][]),
  };
}

export function runOf(...tables: readonly Table[]): Run {
  return { clock: 'relative', tables, events: [] };
}

/** A repeatable random number in 0–1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The same table with every value moved by up to ± part, and some samples left out. */
export function disturbed(table: Table, options: { noise?: number; drop?: number; shift?: number; seed?: number }): Table {
  const random = randomOf(options.seed ?? 1);
  const noise = options.noise ?? 0;
  const keep = Array.from(table.t, (_, i) => i).filter(() => random() >= (options.drop ?? 0));
  const pick = (column: Float64Array, counter: boolean) =>
    Float64Array.from(keep, (i) => (column[i] ?? Number.NaN) * (counter ? 1 : 1 + noise * (2 * random() - 1)));
  return {
    ...table,
    t: Float64Array.from(keep, (i) => (table.t[i] ?? Number.NaN) + (options.shift ?? 0)),
    columns: new Map([...table.columns].map(([id, column]) => [id, pick(column, METRICS[id].kind === 'counter')])),
  };
}
