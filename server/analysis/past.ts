import { ANALYSIS_BOUNDS } from '../settings/index.ts';
import { entityKey, factsByEntity, type Run } from '../../core/readings/index.ts';
import type { Job } from '../../core/contract/index.ts';
import { eventsOf, factsOf, holdingsOf, type OwnershipParts, rowsInSpans } from '../ownership/index.ts';

/** Rows per entity that a whole job is judged by; the store averages neighbours beyond: two days at 5 s stay as they are. */
const MAX_ROWS = ANALYSIS_BOUNDS.rows.value;

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
    parts.store.series.tables({ entities: holdings.map(({ entity }) => entity), from: job.start ?? end, to: end, maxRows: MAX_ROWS }),
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
