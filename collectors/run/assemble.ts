import {
  entityKey,
  type EntityRef,
  type FactName,
  type MetricId,
  type Rejection,
  type Run,
  type SourceEvent,
  type Statement,
  type Table,
} from '../../core/readings/index.ts';
import { align, type Aligned } from './align.ts';
import { enginesApart } from './engines-apart.ts';
import { renamer } from './identity.ts';
import type { SourceData } from './source.ts';

/** What became of one source: a row of the report. `from` and `to` are on the run's clock. */
export interface SourceReport {
  readonly file: string;
  readonly collector: string | null;
  /** Keys (`gpu:GPU-…`) of what it speaks of. */
  readonly entities: readonly string[];
  readonly readings: number;
  /** Errors and other happenings that it told of. */
  readonly events: number;
  /** What it says without a series: the results of benchmarks and profilers, single looks. */
  readonly statements: readonly Statement[];
  readonly from: number | null;
  readonly to: number | null;
  readonly rejected: readonly Rejection[];
  readonly rejectedCount: number;
}

export interface Assembled {
  readonly run: Run;
  readonly sources: readonly SourceReport[];
  /** What was assumed while putting sources together; for the reader. */
  readonly notes: readonly string[];
}

/** Lays sources given together over one another: one run, one clock, one name per thing. */
export function assemble(sources: readonly SourceData[]): Assembled {
  const laid = align(sources);
  const aligned = { ...laid, sources: enginesApart(laid.sources.map((source, index) => ({ file: '', collector: null, ...sources[index], ...source }))) };
  const { rename, notes } = renamer(aligned.sources.map((source) => source.tables));
  const statements = sources.flatMap((source) => source.statements ?? []);
  const run: Run = {
    ...(statements.length === 0 ? {} : { statements }),
    clock: aligned.clock,
    tables: mergeTables(tablesOfRun(sources, aligned, rename), rename),
    events: onceEach(
      aligned.sources.flatMap((source) => source.events).map((event) => (event.entity === null ? event : { ...event, entity: rename(event.entity) })),
    ),
  };
  return {
    run,
    sources: sources.map((source, index) => ({
      file: source.file,
      collector: source.collector,
      entities: [...new Set(source.tables.map((table) => entityKey(rename(table.entity))))],
      readings: source.readings,
      events: source.events.length,
      statements: source.statements ?? [],
      from: aligned.sources[index]?.from ?? null,
      to: aligned.sources[index]?.to ?? null,
      rejected: source.rejected,
      rejectedCount: source.rejectedCount,
    })),
    notes: [...sources.flatMap((source) => source.notes), ...aligned.notes, ...notes],
  };
}

/**
 * All tables. What a result says of a thing (the topology of a whole node) adorns what the run has readings of, and makes nothing part
 * of the run.
 */
function tablesOfRun(sources: readonly SourceData[], aligned: Aligned, rename: (entity: EntityRef) => EntityRef): Table[] {
  const read = new Set(aligned.sources.flatMap(({ tables }) => tables.filter(({ t }) => t.length > 0).map(({ entity }) => entityKey(rename(entity)))));
  return aligned.sources.flatMap(({ tables }, index) => {
    const { statements, readings } = sources[index] ?? {};
    return statements === undefined || readings !== 0 ? tables : tables.filter(({ entity }) => read.has(entityKey(rename(entity))));
  });
}

/** Two readers of one log may both know an error line: it happened once. The one that says whose it is, and when, stays. */
function onceEach(events: readonly SourceEvent[]): SourceEvent[] {
  const dated = new Set(events.flatMap(({ kind, at, text }) => (at === null ? [] : [`${kind} ${text}`])));
  const once = new Map<string, SourceEvent>();
  for (const event of events) {
    if (event.at === null && dated.has(`${event.kind} ${event.text}`)) continue;
    const key = `${event.kind} ${event.at ?? ''} ${event.text}`;
    const known = once.get(key);
    if (known === undefined || known.entity === null) once.set(key, event);
  }
  return [...once.values()];
}

/** Merges tables of one entity (after renaming) from several sources: union of instants; of two values for one instant the first source's stays. */
function mergeTables(tables: readonly Table[], rename: (entity: EntityRef) => EntityRef): Table[] {
  const groups = new Map<string, { entity: EntityRef; parts: Table[] }>();
  for (const table of tables) {
    const entity = rename(table.entity);
    const group = groups.get(entityKey(entity));
    if (group === undefined) groups.set(entityKey(entity), { entity, parts: [table] });
    else group.parts.push(table);
  }
  return [...groups.values()].map(({ entity, parts }) => joinedByTime(entity, parts));
}

function joinedByTime(entity: EntityRef, parts: readonly Table[]): Table {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return { ...only, entity };
  const t = Float64Array.from(new Set(parts.flatMap((part) => [...part.t]))).sort();
  const rowOf = new Map<number, number>();
  t.forEach((at, row) => rowOf.set(at, row));
  const columns = new Map<MetricId, Float64Array>();
  const facts = new Map<FactName, string>();
  for (const part of parts) {
    for (const [name, value] of part.facts) if (!facts.has(name)) facts.set(name, value);
    const rows = Array.from(part.t, (at) => rowOf.get(at) ?? -1);
    for (const [id, column] of part.columns) {
      let target = columns.get(id);
      if (target === undefined) {
        target = new Float64Array(t.length).fill(Number.NaN);
        columns.set(id, target);
      }
      for (const [index, row] of rows.entries()) {
        const value = column[index];
        const there = target[row];
        if (value !== undefined && !Number.isNaN(value) && there !== undefined && Number.isNaN(there)) target[row] = value;
      }
    }
  }
  return { entity, t, columns, facts };
}
