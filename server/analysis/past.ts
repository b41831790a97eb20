import { ANALYSIS_BOUNDS } from '../settings/index.ts';
import { type EntityKind, entityKey, type EntityRef, factsByEntity, type Run, type Table } from '../../core/readings/index.ts';
import type { Job } from '../../core/contract/index.ts';
import { eventsOf, factsOf, holdingsOf, type OwnershipParts, rowsInSpans } from '../ownership/index.ts';

/** Rows per entity that a whole job is judged by; the store averages neighbours beyond: two days at 5 s stay as they are. */
const MAX_ROWS = ANALYSIS_BOUNDS.rows.value;
/** Numbers of a whole job, about: it crosses three threads. */
const MAX_VALUES = ANALYSIS_BOUNDS.values.value;
/** So many columns an entity may have, about, with its times. */
const COLUMNS = { gpu: 20, host: 25, engine: 30, process: 8 } as const satisfies Record<EntityKind, number>;
/** The part that processes have at most: they come in thousands, and what limits a job is seen on its cards. */
const PART_OF_PROCESSES = 0.25;
/** Entities of one question to the store: what is written has its turn between two. */
const TOGETHER = 8;

/** A job's past as one run, and its latest reading (seconds UTC); null where there is none. */
export interface Past {
  readonly run: Run;
  readonly lastReadingAt: number | null;
}

/** All that the store holds of a job up to `to` (seconds UTC), as one run: what is its own, while it was. */
export async function pastOf(parts: OwnershipParts, job: Job, to: number): Promise<Past> {
  const end = Math.min(job.end ?? to, to) + 0.001;
  const holdings = await holdingsOf(parts, job, end);
  if (holdings.length === 0) return { run: { clock: 'utc', tables: [], events: [] }, lastReadingAt: null };
  const spans = new Map(holdings.map((one) => [entityKey(one.entity), one.spans]));
  const [tables, facts, events] = await Promise.all([
    tablesOf(
      parts,
      holdings.map(({ entity }) => entity),
      { from: job.start ?? end, to: end },
    ),
    factsOf(parts, job, holdings),
    eventsOf(parts, holdings, end),
  ]);
  const said = factsByEntity(facts);
  const own = tables
    .map((table) => rowsInSpans(table, spans.get(entityKey(table.entity)) ?? []))
    .filter((table) => table.t.length > 0)
    .map((table) => ({
      ...table,
      facts: new Map([...table.facts, ...(said.get(table.entity) ?? [])]),
    }));
  const last = own.reduce((most, table) => Math.max(most, table.t.at(-1) ?? most), Number.NEGATIVE_INFINITY);
  return { run: { clock: 'utc', tables: own, events }, lastReadingAt: Number.isFinite(last) ? last : null };
}

/** All tables of these entities, by so many rows each as are together no more than a past may have. */
async function tablesOf({ store }: OwnershipParts, entities: readonly EntityRef[], span: { from: number; to: number }): Promise<Table[]> {
  const processes = entities.filter(({ kind }) => kind === 'process');
  const others = entities.filter(({ kind }) => kind !== 'process');
  const found: Table[] = [];
  for (const [group, part] of [
    [others, processes.length === 0 ? 1 : 1 - PART_OF_PROCESSES],
    [processes, PART_OF_PROCESSES],
  ] as const) {
    const maxRows = mostRows(group, MAX_VALUES * part);
    for (let at = 0; at < group.length; at += TOGETHER)
      found.push(...(await store.series.tables({ entities: group.slice(at, at + TOGETHER), ...span, maxRows })));
  }
  return found;
}

/** Rows that each of these entities may have where all have so many values together. */
export function mostRows(entities: readonly Pick<EntityRef, 'kind'>[], values: number): number {
  const columns = entities.reduce((sum, { kind }) => sum + COLUMNS[kind], 0);
  return Math.max(1, Math.min(MAX_ROWS, Math.floor(values / Math.max(columns, 1))));
}
