import type { Job } from '../../core/contract/index.ts';
import type { EntityRef } from '../../core/readings/index.ts';
import type { JobKey } from '../store/index.ts';
import { jobName } from './job-name.ts';

const NONE: readonly Job[] = [];

/** Jobs by what they list: their nodes and their GPUs. */
export interface Places {
  put(job: Job): void;
  drop(key: JobKey): void;
  get(key: JobKey): Job | undefined;
  all(): Iterable<Job>;
  /** How many jobs, and how many nodes and GPUs these list. */
  size(): { readonly jobs: number; readonly places: number };
  /** Jobs that name the entity's node. */
  onNode(entity: EntityRef): readonly Job[];
  /** Jobs that list this GPU. */
  listing(gpu: EntityRef): readonly Job[];
}

/** No job yet. */
export function newPlaces(): Places {
  const jobs = new Map<string, Job>();
  const byGpu = new Map<string, Job[]>();
  const byNode = new Map<string, Job[]>();
  let places = 0;
  const drop = (key: JobKey) => {
    const name = jobName(key);
    const job = jobs.get(name);
    if (job === undefined) return;
    jobs.delete(name);
    places -= job.nodes.length + job.gpus.length;
    for (const { uuid } of job.gpus) remove(byGpu, uuid, name);
    for (const node of job.nodes) remove(byNode, node, name);
  };
  return {
    drop,
    put(job) {
      drop(job);
      jobs.set(jobName(job), job);
      places += job.nodes.length + job.gpus.length;
      for (const uuid of new Set(job.gpus.map((gpu) => gpu.uuid))) add(byGpu, uuid, job);
      for (const node of new Set(job.nodes)) add(byNode, node, job);
    },
    get: (key) => jobs.get(jobName(key)),
    all: () => jobs.values(),
    size: () => ({ jobs: jobs.size, places }),
    onNode(entity) {
      const node = entity.kind === 'host' ? entity.id : entity.node;
      return node === undefined ? NONE : (byNode.get(node) ?? NONE);
    },
    listing: (gpu) => byGpu.get(gpu.id) ?? NONE,
  };
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
