import type { Job } from '../../core/contract/index.ts';
import type { EntityRef, Fact } from '../../core/readings/index.ts';
import type { JobKey } from '../store/index.ts';
import { jobName } from './job-name.ts';
import { newSigns, type Signs } from './signs.ts';

export { jobName };

/** Which jobs the readings of an entity belong to, for jobs that run or ended lately. Held in memory: asked for every block. */
export interface JobIndex {
  put(job: Job): void;
  drop(key: JobKey): void;
  get(key: JobKey): Job | undefined;
  all(): Iterable<Job>;
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
  const jobs = new Map<string, Job>();
  const byGpu = new Map<string, Job[]>();
  const byNode = new Map<string, Job[]>();

  const drop = (key: JobKey) => {
    const name = jobName(key);
    const job = jobs.get(name);
    if (job === undefined) return;
    jobs.delete(name);
    for (const { uuid } of job.gpus) remove(byGpu, uuid, name);
    for (const node of job.nodes) remove(byNode, node, name);
  };
  const nodeOf = (entity: EntityRef) => (entity.kind === 'host' ? entity.id : entity.node);
  const onNode = (entity: EntityRef) => {
    const node = nodeOf(entity);
    return node === undefined ? NONE : (byNode.get(node) ?? NONE);
  };
  const listing = (entity: EntityRef) => byGpu.get(entity.id) ?? NONE;
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
    drop,
    put(job) {
      drop(job);
      jobs.set(jobName(job), job);
      for (const uuid of new Set(job.gpus.map((gpu) => gpu.uuid))) add(byGpu, uuid, job);
      for (const node of new Set(job.nodes)) add(byNode, node, job);
    },
    get: (key) => jobs.get(jobName(key)),
    all: () => jobs.values(),
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

function add(map: Map<string, Job[]>, key: string, job: Job): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [job]);
  else list.push(job);
}

function remove(map: Map<string, Job[]>, key: string, name: string): void {
  const rest = (map.get(key) ?? []).filter((job) => jobName(job) !== name);
  if (rest.length === 0) map.delete(key);
  else map.set(key, rest);
}
