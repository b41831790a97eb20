import type { Job } from '../../core/contract/index.ts';

/** A job of cluster c on node n1 that runs since second 100, with what a test changes. */
export function aJob(id: string, changes: Partial<Job> = {}): Job {
  return {
    cluster: 'c',
    id,
    name: id,
    user: null,
    project: null,
    partition: null,
    state: 'running',
    start: 100,
    end: null,
    timeLimit: null,
    nodes: ['n1'],
    gpus: [],
    gpuCount: 0,
    gpuType: null,
    cores: null,
    memory: null,
    model: null,
    dtype: null,
    tensorParallel: null,
    command: null,
    demo: false,
    ...changes,
  };
}
