import { entityKey, type Run } from '../../core/readings/index.ts';
import type { Job } from '../../core/contract/index.ts';
import { entitiesOf, type JobIndex, ownRows } from '../ownership/index.ts';
import type { Store, Viewer } from '../store/index.ts';

const SYSTEM: Viewer = { kind: 'system' };
/** Rows per entity that a whole job is judged by; the store averages neighbours beyond: two days at 5 s stay as they are. */
const MAX_ROWS = 35_000;

/** All that the store holds of a job up to `to`, as one run; rows of a neighbour on the same node are left out. */
export async function pastOf(
  store: Pick<Store, 'series' | 'facts'>,
  index: JobIndex,
  job: Job,
  to: number,
): Promise<{ run: Run; lastReadingAt: number | null }> {
  const end = Math.min(job.end ?? to, to) + 0.001;
  const from = job.start ?? end;
  const entities = (await entitiesOf(store, index, job, end)).map((row) => row.entity);
  if (entities.length === 0) return { run: { clock: 'utc', tables: [], events: [] }, lastReadingAt: null };
  const ids = entities.map((entity) => entity.id);
  const [tables, facts, events] = await Promise.all([
    store.series.tables({ entities, from, to: end, maxRows: MAX_ROWS }),
    store.facts.facts(SYSTEM, { ids }),
    store.facts.events(SYSTEM, { ids, from, to: end }),
  ]);
  const own = tables
    .map((table) => ownRows(table, job, index))
    .filter((table) => table.t.length > 0)
    .map((table) => ({
      ...table,
      facts: new Map([
        ...table.facts,
        ...facts.filter((fact) => entityKey(fact.entity) === entityKey(table.entity)).map((fact) => [fact.name, fact.value] as const),
      ]),
    }));
  const last = own.reduce((most, table) => Math.max(most, table.t.at(-1) ?? most), Number.NEGATIVE_INFINITY);
  return { run: { clock: 'utc', tables: own, events }, lastReadingAt: Number.isFinite(last) ? last : null };
}
