import type { Job, JobDeclaration } from '../../core/contract/index.ts';
import type { JobKey, Store, Viewer } from '../store/index.ts';
import type { Fact, Intake } from '../../core/readings/index.ts';
import { jobName, type JobIndex } from '../ownership/index.ts';
import { streamedJobs } from './streamed.ts';

const SYSTEM: Viewer = { kind: 'system' };
/** How long after its end a job still takes late readings (a spool sent after a network cut), seconds. */
export const LATE = 2 * 86_400;
/** Silence after which a job that only its stream declared has ended, seconds: longer than any reconnecting takes. */
const SILENCE = 900;

export interface Jobs {
  /** Creates or extends a job. All ways in end here: the API, demo, streams, later Slurm. */
  declare(viewer: Viewer, key: JobKey, declaration: JobDeclaration): Promise<Job>;
  /**
   * What must be known before a batch that names its job is stored: the job itself, its node, and its GPUs where nobody has
   * listed any on that node. Gives the batch with the facts that tie its engines and processes to the job.
   */
  prepare(intake: Intake): Promise<Intake>;
  /** Reads running and lately ended jobs back from the store. */
  load(now: number): Promise<void>;
  /** Forgets jobs that ended too long ago to take readings. */
  prune(now: number): void;
  /** Ends jobs that only their streams declared, when these have been silent for a while: at their last reading. */
  endSilent(now: number, lastReadingAt: (job: Job) => number | null): Promise<void>;
  keyOf(text: string): JobKey;
}

export interface JobsOptions {
  readonly store: Pick<Store, 'jobs' | 'facts' | 'setting' | 'setSetting'>;
  readonly index: JobIndex;
  readonly cluster: string;
  readonly now: () => number;
  /** Called after a job is declared or changed. */
  readonly changed: (job: Job, before: Job | undefined) => void;
}

/** Jobs as the server knows them: in the store, and those that may take readings in the index too. */
export function openJobs(options: JobsOptions): Jobs {
  const { store, index, cluster, now } = options;
  const learning = new Set<string>();
  const streamed = streamedJobs(store);
  const keyOf = (text: string): JobKey => {
    const slash = text.indexOf('/');
    return slash < 0 ? { cluster, id: text } : { cluster: text.slice(0, slash), id: text.slice(slash + 1) };
  };

  const record = async (viewer: Viewer, key: JobKey, declaration: JobDeclaration): Promise<Job> => {
    const before = index.get(key);
    const job = await store.jobs.declare(viewer, key, declaration);
    index.put(job);
    options.changed(job, before);
    return job;
  };

  const missing = ({ tables }: Intake, key: JobKey, job: Job | undefined): JobDeclaration | null => {
    const first = tables.reduce((least, { t }) => Math.min(least, t[0] ?? least), now());
    const nodes = new Set(job?.nodes);
    const gpus = new Map((job?.gpus ?? []).map((gpu) => [gpu.uuid, gpu.node]));
    const before = nodes.size + gpus.size;
    for (const { entity } of tables) {
      if (entity.node === undefined) continue;
      nodes.add(entity.node);
      const place = `${jobName(key)}@${entity.node}`;
      if (entity.kind !== 'gpu' || gpus.has(entity.id)) continue;
      // Where somebody listed the job's GPUs on this node, the list stands; where nobody did, what the job's tools show is it.
      const listed = (job?.gpus ?? []).some((gpu) => gpu.node === null || gpu.node === entity.node);
      if (listed && !learning.has(place)) continue;
      learning.add(place);
      gpus.set(entity.id, entity.node);
    }
    if (job !== undefined && nodes.size + gpus.size === before) return null;
    return {
      nodes: [...nodes],
      gpus: [...gpus].map(([uuid, node]) => (node === null ? { uuid } : { uuid, node })),
      ...(job === undefined ? { state: 'running' as const, start: first } : {}),
    };
  };
  /** A job that was ended for its silence runs again when its stream comes back. */
  const reopened = (job: Job | undefined): JobDeclaration | null =>
    job !== undefined && job.end !== null && job.state === 'unknown' && streamed.has(jobName(job)) ? { state: 'running', end: null } : null;

  return {
    async declare(viewer, key, declaration) {
      await streamed.remove(jobName(key));
      return record(viewer, key, declaration);
    },
    keyOf,
    async prepare(intake) {
      if (intake.job === undefined) return intake;
      const key = keyOf(intake.job);
      const known = index.get(key) ?? (await store.jobs.get(SYSTEM, key))?.job;
      const name = jobName(key);
      if (known === undefined) await streamed.add(name);
      const again = reopened(known);
      const more = missing(intake, key, known);
      if (again !== null || more !== null) await record(SYSTEM, key, { ...more, ...again });
      const claims = new Map<string, Fact>();
      for (const { entity } of intake.tables) {
        if (entity.kind !== 'engine' && entity.kind !== 'process') continue;
        if (index.claimOf(entity) === name) continue;
        index.claim(entity, name);
        claims.set(`${entity.kind}:${entity.id}`, { entity, name: 'job', value: name });
      }
      return claims.size === 0 ? intake : { ...intake, facts: [...intake.facts, ...claims.values()] };
    },
    async load(time) {
      await streamed.load();
      for (const { job } of await store.jobs.active(SYSTEM, time - LATE)) index.put(job);
      for (const fact of await store.facts.facts(SYSTEM, {})) if (fact.name === 'job') index.claim(fact.entity, fact.value);
    },
    async endSilent(time, lastReadingAt) {
      for (const name of streamed.all()) {
        const job = index.get(keyOf(name));
        if (job === undefined || job.end !== null) continue;
        const last = lastReadingAt(job) ?? job.start;
        if (last === null || time - last <= SILENCE) continue;
        // Just after its last reading, which is the job's own still.
        await record(SYSTEM, job, { state: 'unknown', end: last + 1 });
      }
    },
    prune(time) {
      for (const job of [...index.all()]) if (job.end !== null && job.end < time - LATE) index.drop(job);
    },
  };
}
