import { OWNERSHIP_BOUNDS } from '../settings/index.ts';
import type { Job } from '../../core/contract/index.ts';
import { entityKey, type Fact, type SourceEvent } from '../../core/readings/index.ts';
import type { Store } from '../store/index.ts';
import { jobName, type JobIndex } from './job-index.ts';
import { bySpan, covers, type Held, type Span, spansOf } from './spans.ts';

/** An entity that a job holds, or held for a while. */
export interface Holding extends Held {
  /** Metrics that it has in those spans. */
  readonly metrics: readonly string[];
  /** Its latest reading in those spans, seconds UTC. */
  readonly last: number;
}

/** What says whose a past reading is. */
export interface OwnershipParts {
  readonly store: Pick<Store, 'series' | 'facts' | 'jobs'>;
  readonly index: JobIndex;
}

type Found = Awaited<ReturnType<Store['series']['entities']>>[number];

/** Spans of one entity that are looked at: a job of days beside hundreds of short ones has the latest. */
const MOST_SPANS = OWNERSHIP_BOUNDS.spans.value;

/**
 * All that has readings of a job's before `to` (seconds UTC), and when it was the job's: its GPUs, its nodes, which it may
 * share, and of what else runs there what is provably its own.
 */
export async function holdingsOf({ store, index }: OwnershipParts, job: Job, to: number): Promise<Holding[]> {
  const time = timeOf(job);
  const asked = { from: time.from, to: Math.min(time.to, to) };
  if (!(asked.from < asked.to)) return [];
  const [onNodes, named] = await Promise.all([
    job.nodes.length === 0 ? [] : store.series.entities({ nodes: job.nodes, ...asked }),
    job.gpus.length === 0 ? [] : store.series.entities({ ids: job.gpus.map((gpu) => gpu.uuid), ...asked }),
  ]);
  const found = [...new Map([...onNodes, ...named].map((row) => [entityKey(row.entity), row])).values()];
  const gpus = new Set(job.gpus.map((gpu) => gpu.uuid));
  const certain = ({ entity: { kind, id } }: Found) => (kind === 'host' ? job.nodes.includes(id) : kind === 'gpu' && gpus.has(id));
  const doubtful = found.filter((row) => !certain(row) && (row.entity.kind !== 'gpu' || gpus.size === 0));
  return [...found.filter(certain).map((row) => ({ ...row, spans: [time] })), ...(await provenOf({ store, index }, job, { doubtful, asked }))];
}

/** Of the facts about what a job holds, those that were said of it while the job held it; of its cards and nodes all. */
export async function factsOf({ store }: Pick<OwnershipParts, 'store'>, job: Job, holdings: readonly Holding[]): Promise<Fact[]> {
  if (holdings.length === 0) return [];
  const held = new Map(holdings.map((one) => [entityKey(one.entity), one]));
  const facts = (await store.facts.facts({ ids: holdings.map(({ entity }) => entity.id) })).filter(({ entity }) => held.has(entityKey(entity)));
  const inTime = ({ entity, at }: (typeof facts)[number]) =>
    entity.kind === 'gpu' || entity.kind === 'host' || covers(held.get(entityKey(entity))?.spans ?? [], at);
  const others = facts.filter((fact) => !inTime(fact));
  if (others.length === 0) return facts;
  // A recording is read long after its time; but the number of a process, or an engine's port, may have gone to another job meanwhile.
  const { from, to } = timeOf(job);
  const readIn = async (span: Span) =>
    new Set((await store.series.entities({ ids: others.map(({ entity }) => entity.id), ...span })).map(({ entity }) => entityKey(entity)));
  const [before, after] = await Promise.all([readIn({ from: 0, to: from }), to < Number.POSITIVE_INFINITY ? readIn({ from: to, to: FAR }) : new Set<string>()]);
  const stray = ({ entity, at }: (typeof facts)[number]) => (at >= to && !after.has(entityKey(entity))) || (at < from && !before.has(entityKey(entity)));
  return facts.filter((fact) => inTime(fact) || stray(fact));
}

/** What happened before `to` (seconds UTC) to what a job holds, while it held it; oldest first. */
export async function eventsOf({ store }: Pick<OwnershipParts, 'store'>, holdings: readonly Holding[], to: number): Promise<SourceEvent[]> {
  if (holdings.length === 0) return [];
  const spans = new Map(holdings.map((one) => [entityKey(one.entity), one.spans]));
  const from = Math.min(...holdings.map((one) => one.spans[0]?.from ?? to));
  const events = await store.facts.events({ ids: holdings.map(({ entity }) => entity.id), from, to });
  return events.filter(({ at, entity }) => at !== null && entity !== null && covers(spans.get(entityKey(entity)) ?? [], at));
}

/** Later than any reading, seconds UTC. */
const FAR = 1e11;

/** From a job's start up to its end, for ever where it has none; no time at all before it starts. */
function timeOf({ start, end }: Job): Span {
  return { from: start ?? Number.POSITIVE_INFINITY, to: end ?? Number.POSITIVE_INFINITY };
}

/** Of what runs on a job's nodes, what is its own and when: asks who was there beside it. */
async function provenOf({ store, index }: OwnershipParts, job: Job, { doubtful, asked }: { doubtful: readonly Found[]; asked: Span }): Promise<Holding[]> {
  if (doubtful.length === 0) return [];
  const then = index.over([...(await store.jobs.beside({ nodes: job.nodes, ...asked })), job]);
  const name = jobName(job);
  const held = doubtful.flatMap((row) => {
    const spans = spansOf(then, row.entity, { ...timeOf(job), wanted: (one) => jobName(one) === name }).slice(-MOST_SPANS);
    return spans.length === 0 ? [] : [{ ...row, spans }];
  });
  const whole = ({ spans }: Held) => spans.length === 1 && spans[0]?.from === job.start && spans[0]?.to === timeOf(job).to;
  return [
    ...held.filter(whole),
    ...(await presentOf(
      store,
      held.filter((one) => !whole(one)),
      asked,
    )),
  ];
}

/** Of what is held for parts of a time only, what has readings in them, with what those have. */
async function presentOf(store: Pick<Store, 'series'>, held: readonly Holding[], asked: Span): Promise<Holding[]> {
  const groups = bySpan(held, asked);
  const rows = await Promise.all(groups.map(({ span, held: ones }) => store.series.entities({ ids: ones.map(({ entity }) => entity.id), ...span })));
  const present = new Map<string, { metrics: Set<string>; last: number }>();
  groups.forEach(({ held: ones }, number) => {
    const keys = new Set(ones.map(({ entity }) => entityKey(entity)));
    for (const { entity, metrics, last } of rows[number] ?? []) {
      if (!keys.has(entityKey(entity))) continue;
      const known = present.get(entityKey(entity)) ?? { metrics: new Set(), last };
      for (const metric of metrics) known.metrics.add(metric);
      present.set(entityKey(entity), { metrics: known.metrics, last: Math.max(known.last, last) });
    }
  });
  return held.flatMap(({ entity, spans }) => {
    const found = present.get(entityKey(entity));
    return found === undefined ? [] : [{ entity, spans, metrics: [...found.metrics], last: found.last }];
  });
}
