import type { Analysis, JobDetail, JobsPage, JobsQuery, DrawnReply } from '../../core/contract/index.ts';
import { entityKey, factsByEntity } from '../../core/readings/index.ts';
import { notThere } from '../http/index.ts';
import { SILENT } from '../nodes/index.ts';
import { answerSeries, type SeriesQuestion } from './series.ts';
import type { AnswerParts } from './parts.ts';
import type { Viewer } from '../auth/index.ts';
import type { JobKey, JobRecord } from '../store/index.ts';
import { eventsOf, factsOf, holdingsOf, maySee, silenceOf, visibleTo } from '../ownership/index.ts';
import { rowOf } from '../analysis/index.ts';

/** A page of jobs; rows of jobs that run now are as fresh as the last reading. */
export async function listJobs(parts: AnswerParts, viewer: Viewer, query: JobsQuery): Promise<JobsPage> {
  const { rows, cursor, total } = await parts.store.jobs.list(query, visibleTo(viewer));
  return { now: parts.now(), rows: rows.map((record) => parts.analyses.row(record.job) ?? rowOf(record)), cursor, total };
}

/** A job with all that its page needs at first. Throws 404 for a job that is not there or not this viewer's. */
export async function jobDetail(parts: AnswerParts, viewer: Viewer, key: JobKey): Promise<JobDetail> {
  const { job, summary } = await visibleRecord(parts, viewer, key);
  const now = parts.now();
  const to = job.end ?? now;
  const holdings = await holdingsOf(parts, job, to + 1);
  const [facts, events, analysis] = await Promise.all([
    factsOf(parts, job, holdings),
    eventsOf(parts, holdings, to + 1),
    parts.analyses.current(key) ?? parts.store.jobs.analysis(key),
  ]);
  const said = factsByEntity(facts);
  const lastReadingAt = holdings.reduce<number | null>((most, { last }) => (most === null || last > most ? last : most), summary?.lastReadingAt ?? null);
  return {
    job,
    analysis,
    entities: holdings.map(({ entity, metrics }) => {
      const own = said.get(entity);
      return {
        kind: entity.kind,
        id: entity.id,
        node: entity.node ?? null,
        name: own?.get('name') ?? null,
        facts: Object.fromEntries(own ?? []),
        metrics: [...metrics],
      };
    }),
    lastReadingAt,
    silence: silenceOf(job, {
      lastOf: ({ kind, id }) => (kind === 'host' ? parts.nodes.get(id)?.at : parts.nodes.gpu(id)?.latest.at) ?? null,
      now,
      patience: SILENT,
    }),
    events: events.map((event) => ({ at: event.at, kind: event.kind, entity: event.entity === null ? null : entityKey(event.entity), text: event.text })),
  };
}

/** The latest analysis of a job. Throws 404 where there is no such job, or no reading was judged yet. */
export async function jobAnalysis(parts: AnswerParts, viewer: Viewer, key: JobKey): Promise<Analysis> {
  await visibleRecord(parts, viewer, key);
  const analysis = parts.analyses.current(key) ?? (await parts.store.jobs.analysis(key));
  if (analysis === null) throw notThere(`an analysis of job ${key.id}`, 'path/id', 'no reading of this job was judged yet; GET the job itself to see why');
  return analysis;
}

/** Series of what is a job's over its time, or a part of it. */
export async function jobSeries(parts: AnswerParts, viewer: Viewer, { key, query }: { key: JobKey; query: SeriesQuestion }): Promise<DrawnReply> {
  const { job } = await visibleRecord(parts, viewer, key);
  const end = job.end ?? parts.now() + 1;
  const from = Math.max(query.from ?? Number.NEGATIVE_INFINITY, job.start ?? end);
  const to = Math.min(query.to ?? Number.POSITIVE_INFINITY, end);
  return answerSeries(parts, { ...query, held: await holdingsOf(parts, job, end), from, to });
}

async function visibleRecord(parts: AnswerParts, viewer: Viewer, key: JobKey): Promise<JobRecord> {
  // The same words for both: whether somebody else's job is there is not told.
  const record = maySee(viewer, key) ? await parts.store.jobs.get(key) : null;
  if (record === null) throw notThere(`job ${key.id} of cluster ${key.cluster}`, 'path', 'look for it in /api/jobs; a job of somebody else is not shown');
  return record;
}
