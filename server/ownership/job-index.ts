import type { Job } from '../../core/contract/index.ts';
import type { EntityRef, Fact } from '../../core/readings/index.ts';
import type { JobKey } from '../store/index.ts';
import { jobName } from './job-name.ts';
import { newPlaces } from './places.ts';
import { newSigns, type Signs } from './signs.ts';

export { jobName };

/** Which jobs the readings of an entity belong to, for jobs that run or ended lately. Held in memory: asked for every block. */
export interface JobIndex {
  put(job: Job): void;
  drop(key: JobKey): void;
  get(key: JobKey): Job | undefined;
  all(): Iterable<Job>;
  /** How many jobs, and how many nodes and GPUs these list. */
  size(): { readonly jobs: number; readonly places: number };
  /** Says that an engine or process belongs to a job (`cluster/id`): decides where several jobs share the node. */
  claim(entity: EntityRef, job: string): void;
  claimOf(entity: EntityRef): string | undefined;
  /** Takes up what facts say of whose an engine or process is. */
  learn(facts: Iterable<Fact>): void;
  /** Jobs that may own readings of this entity, whatever the time. */
  candidates(entity: EntityRef): readonly Job[];
  /** Of the candidates, those that own its readings at one instant (seconds UTC). */
  ownersAt(entity: EntityRef, at: number): readonly Job[];
  /** The times (seconds UTC, in no order) at which its owners may change. */
  changesOf(entity: EntityRef): number[];
  /** The same knowledge of engines and processes, over these jobs alone: as it was when they ran. */
  over(jobs: Iterable<Job>): JobIndex;
}

const NONE: readonly Job[] = [];

/** An empty index; `signs` where what is known of engines and processes is shared. */
export function jobIndex(signs: Signs = newSigns()): JobIndex {
  const { put, drop, get, all, size, onNode, listing } = newPlaces();
  const candidates = (entity: EntityRef): readonly Job[] => {
    if (entity.kind !== 'gpu') return onNode(entity);
    const withoutList = onNode(entity).filter((job) => job.gpus.length === 0);
    return withoutList.length === 0 ? listing(entity) : [...listing(entity), ...withoutList];
  };
  const runningAt = (of: readonly Job[], at: number) => of.filter((job) => runsAt(job, at));
  const holdersAt = (gpu: EntityRef, at: number): readonly Job[] => {
    const named = runningAt(listing(gpu), at);
    if (named.length > 0) return named;
    // A job that lists no GPUs at all is taken to hold the node's, as long as it has the node for itself.
    const here = runningAt(onNode(gpu), at);
    return here.length === 1 && here[0]?.gpus.length === 0 ? here : NONE;
  };

  return {
    put,
    drop,
    get,
    all,
    size,
    claim: signs.claim,
    claimOf: signs.claimOf,
    learn: signs.learn,
    candidates,
    ownersAt(entity, at) {
      if (entity.kind === 'gpu') return holdersAt(entity, at);
      const here = runningAt(onNode(entity), at);
      if (entity.kind === 'host' || here.length < 2) return here;
      const owner = signs.ownerAmong(here, entity, (job, uuid) => holdersAt({ kind: 'gpu', id: uuid }, at).includes(job));
      return owner === null ? NONE : [owner];
    },
    changesOf: (entity) =>
      [...onNode(entity), ...(entity.kind === 'gpu' ? listing(entity) : NONE)].flatMap(({ start, end }) => [start, end].filter((at) => at !== null)),
    over(others) {
      const index = jobIndex(signs);
      for (const job of others) index.put(job);
      return index;
    },
  };
}

/** True where a job held its nodes and GPUs at an instant: from its start up to, not including, its end. */
export function runsAt(job: Job, at: number): boolean {
  return job.start !== null && job.start <= at && (job.end === null || at < job.end);
}
