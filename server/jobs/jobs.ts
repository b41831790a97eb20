import type { Job, JobDeclaration } from '../../core/contract/index.ts';
import type { Intake } from '../../core/readings/index.ts';
import type { JobKey, Store } from '../store/index.ts';
import type { Sender } from '../auth/index.ts';
import { jobName, type JobIndex, LATE, type Senders } from '../ownership/index.ts';
import { placesLearner, withClaims } from './batch-of-job.ts';
import { declaredBy } from './declared-by.ts';
import { streamedJobs } from './streamed.ts';

/** Silence after which a job that only its stream declared has ended, seconds: longer than any reconnecting takes. */
const SILENCE = 900;

export interface Jobs {
  /** Creates or extends a job. All ways in end here: the API, demo, streams, later Slurm. Throws a Problem (403, 409) where it is not the sender's to say. */
  declare(sender: Sender, key: JobKey, declaration: JobDeclaration): Promise<Job>;
  /**
   * What must be known before a batch that names its job is stored: the job itself, its node, and its GPUs where nobody has
   * listed any on that node. Gives the batch with the facts that tie its engines and processes to the job. Throws a Problem (403)
   * where the job is not the sender's to name.
   */
  prepare(intake: Intake, sender: Sender): Promise<Intake>;
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
  readonly senders: Pick<Senders, 'mayAdd' | 'mayDeclare' | 'mayName' | 'ofToken'>;
  readonly cluster: string;
  readonly now: () => number;
  /** Called after a job is declared or changed. */
  readonly changed: (job: Job, before: Job | undefined) => void;
}

/** A node or GPU that is listed twice is one. */
function once({ nodes, gpus, ...declaration }: JobDeclaration): JobDeclaration {
  return {
    ...declaration,
    ...(nodes === undefined ? {} : { nodes: [...new Set(nodes)] }),
    ...(gpus === undefined ? {} : { gpus: [...new Map(gpus.map((gpu) => [gpu.uuid, gpu])).values()] }),
  };
}

/** Jobs as the server knows them: in the store, and those that may take readings in the index too. */
export function openJobs(options: JobsOptions): Jobs {
  const { store, index, senders, cluster, now } = options;
  const missing = placesLearner(now);
  const streamed = streamedJobs(store);
  const declared = declaredBy(store, { index, now });
  const keyOf = (text: string) => keyIn(cluster, text);
  const known = async (key: JobKey): Promise<Job | undefined> => index.get(key) ?? (await store.jobs.get(key))?.job;

  const record = async (key: JobKey, declaration: JobDeclaration): Promise<Job> => {
    const before = index.get(key);
    const job = await store.jobs.declare(key, once(declaration));
    index.put(job);
    options.changed(job, before);
    return job;
  };

  const mayAdd = async (sender: Sender, key: JobKey, declaration: JobDeclaration): Promise<void> => {
    senders.mayAdd(index.get(key), declaration);
    if (sender.kind === 'node' && index.get(key) === undefined) await declared.add(sender.id, key, senders.ofToken);
  };

  /** A job that was ended for its silence runs again when its stream comes back. */
  const reopened = (job: Job | undefined): JobDeclaration | null =>
    job !== undefined && job.end !== null && job.state === 'unknown' && streamed.has(jobName(job)) ? { state: 'running', end: null } : null;

  return {
    async declare(sender, key, declaration) {
      const before = await known(key);
      await senders.mayDeclare(sender, { key, declaration, before, streamed: streamed.has(jobName(key)) });
      await mayAdd(sender, key, declaration);
      await streamed.remove(jobName(key));
      return record(key, declaration);
    },
    keyOf,
    async prepare(intake, sender) {
      if (intake.job === undefined) {
        index.learn(intake.facts);
        return intake;
      }
      const key = keyOf(intake.job);
      const job = await known(key);
      const name = jobName(key);
      if (job === undefined) {
        await mayAdd(sender, key, {});
        await streamed.add(name);
      } else senders.mayName(sender, job, { node: intake.node ?? intake.tables[0]?.entity.node, streamed: streamed.has(name) });
      index.learn(intake.facts);
      const again = reopened(job);
      const more = missing(intake, { key, job });
      if (more !== null) senders.mayAdd(index.get(key), more);
      if (again !== null || more !== null) await record(key, { ...more, ...again });
      return withClaims(intake, index, name);
    },
    async load(time) {
      await streamed.load();
      for (const { job } of await store.jobs.active(time - LATE)) index.put(job);
      index.learn(await store.facts.facts({}));
    },
    async endSilent(time, lastReadingAt) {
      for (const name of streamed.all()) {
        const job = index.get(keyOf(name));
        if (job === undefined || job.end !== null) continue;
        const last = lastReadingAt(job) ?? job.start;
        if (last === null || time - last <= SILENCE) continue;
        // Just after its last reading, which is the job's own still.
        await record(job, { state: 'unknown', end: last + 1 });
      }
    },
    prune(time) {
      for (const job of [...index.all()]) if (job.end !== null && job.end < time - LATE) index.drop(job);
    },
  };
}

/** The job that a sender means: `id`, or `cluster/id`; the cluster is this server's where none is named. */
export function keyIn(cluster: string, text: string): JobKey {
  const slash = text.indexOf('/');
  return slash < 0 ? { cluster, id: text } : { cluster: text.slice(0, slash), id: text.slice(slash + 1) };
}
