import type { Job } from '../../core/contract/index.ts';
import { entityKey, type EntityRef } from '../../core/readings/index.ts';
import type { JobKey } from '../store/index.ts';

/** The key of a job in maps, rooms and facts: `cluster/id`. */
export function jobName(key: JobKey): string {
  return `${key.cluster}/${key.id}`;
}

/** Which jobs the readings of an entity belong to, for jobs that run or ended lately. Held in memory: asked for every block. */
export interface JobIndex {
  put(job: Job): void;
  drop(key: JobKey): void;
  get(key: JobKey): Job | undefined;
  all(): Iterable<Job>;
  /** Says that an engine or process belongs to a job (`cluster/id`): decides where several jobs share the node. */
  claim(entity: EntityRef, job: string): void;
  claimOf(entity: EntityRef): string | undefined;
  /** Jobs that may own readings of this entity, whatever the time. */
  candidates(entity: EntityRef): readonly Job[];
  /** Of the candidates, those that own its readings at one instant (seconds UTC). */
  ownersAt(entity: EntityRef, at: number): readonly Job[];
}

const NONE: readonly Job[] = [];

/** An empty index. */
export function jobIndex(): JobIndex {
  const jobs = new Map<string, Job>();
  const byGpu = new Map<string, Job[]>();
  const byNode = new Map<string, Job[]>();
  const claims = new Map<string, string>();

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
  const candidates = (entity: EntityRef): readonly Job[] => {
    if (entity.kind !== 'gpu') return onNode(entity);
    const named = byGpu.get(entity.id);
    // A job that lists no GPUs at all is taken to hold the node's, unless it shares the node (see ownersAt).
    return named ?? onNode(entity).filter((job) => job.gpus.length === 0);
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
    claim: (entity, job) => void claims.set(entityKey(entity), job),
    claimOf: (entity) => claims.get(entityKey(entity)),
    candidates,
    ownersAt(entity, at) {
      const found = candidates(entity).filter((job) => runsAt(job, at));
      if (entity.kind === 'host' || found.length === 0) return found;
      if (entity.kind === 'gpu') return byGpu.has(entity.id) || onNode(entity).filter((job) => runsAt(job, at)).length === 1 ? found : NONE;
      if (found.length === 1) return found;
      const claim = claims.get(entityKey(entity));
      return found.filter((job) => jobName(job) === claim);
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
