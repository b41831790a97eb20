import type { JobDetail, JobsPage, JobsQuery } from '../../core/contract/jobs.ts';
import type { SeriesQuery, SeriesReply } from '../../core/contract/series.ts';
import type { Analysis } from '../../core/contract/verdict.ts';
import { entityKey } from '../../core/reading.ts';
import { notThere } from '../http/problem.ts';
import { SILENT } from '../nodes/rows.ts';
import { answerSeries } from '../series/answer.ts';
import type { Service } from '../service.ts';
import type { JobKey, JobRecord, Viewer } from '../store/types.ts';
import { entitiesOf, silenceOf } from './ownership.ts';
import { rowOf } from './rows.ts';

/** A page of jobs; rows of jobs that run now are as fresh as the last reading. */
export async function listJobs(service: Service, viewer: Viewer, query: JobsQuery): Promise<JobsPage> {
  const { rows, cursor, total } = await service.store.jobs.list(viewer, query);
  return { now: service.now(), rows: rows.map((record) => service.analyses.row(record.job) ?? rowOf(record)), cursor, total };
}

/** A job with all that its page needs at first. Throws 404 for a job that is not there or not this viewer's. */
export async function detailOf(service: Service, viewer: Viewer, key: JobKey): Promise<JobDetail> {
  const { job, summary } = await recordOf(service, viewer, key);
  const now = service.now();
  const to = job.end ?? now;
  const entities = await entitiesOf(service.store, service.index, job, to + 1);
  const ids = entities.map(({ entity }) => entity.id);
  const [facts, events, analysis] = await Promise.all([
    ids.length === 0 ? [] : service.store.facts.facts(viewer, { ids }),
    ids.length === 0 || job.start === null ? [] : service.store.facts.events(viewer, { ids, from: job.start, to: to + 1 }),
    service.analyses.current(key) ?? service.store.jobs.analysis(viewer, key),
  ]);
  const lastReadingAt = entities.reduce<number | null>((most, { last }) => (most === null || last > most ? last : most), summary?.lastReadingAt ?? null);
  return {
    job,
    analysis,
    entities: entities.map(({ entity, metrics }) => {
      const own = facts.filter((fact) => entityKey(fact.entity) === entityKey(entity));
      return {
        kind: entity.kind,
        id: entity.id,
        node: entity.node ?? null,
        name: own.find((fact) => fact.name === 'name')?.value ?? null,
        facts: Object.fromEntries(own.map((fact) => [fact.name, fact.value])),
        metrics,
      };
    }),
    lastReadingAt,
    silence: silenceOf(job, ({ kind, id }) => (kind === 'host' ? service.nodes.get(id)?.at : service.nodes.gpu(id)?.at) ?? null, now, SILENT),
    events: events.map((event) => ({ at: event.at, kind: event.kind, entity: event.entity === null ? null : entityKey(event.entity), text: event.text })),
  };
}

/** The latest analysis of a job. Throws 404 where there is no such job, or no reading was judged yet. */
export async function analysisOf(service: Service, viewer: Viewer, key: JobKey): Promise<Analysis> {
  await recordOf(service, viewer, key);
  const analysis = service.analyses.current(key) ?? (await service.store.jobs.analysis(viewer, key));
  if (analysis === null) throw notThere(`an analysis of job ${key.id}`, 'path/id', 'no reading of this job was judged yet; GET the job itself to see why');
  return analysis;
}

/** Series of a job over its time, or a part of it. */
export async function seriesOf(service: Service, viewer: Viewer, key: JobKey, query: SeriesQuery): Promise<SeriesReply> {
  const { job } = await recordOf(service, viewer, key);
  const end = job.end ?? service.now() + 1;
  const from = Math.max(query.from ?? Number.NEGATIVE_INFINITY, job.start ?? end);
  const to = Math.min(query.to ?? Number.POSITIVE_INFINITY, end);
  const entities = (await entitiesOf(service.store, service.index, job, end)).map(({ entity }) => entity);
  return answerSeries(service, { entities, metrics: query.metrics, points: query.points, from, to });
}

async function recordOf(service: Service, viewer: Viewer, key: JobKey): Promise<JobRecord> {
  const record = await service.store.jobs.get(viewer, key);
  if (record === null) throw notThere(`job ${key.id} of cluster ${key.cluster}`, 'path', 'look for it in /api/jobs; a job of somebody else is not shown');
  return record;
}
