import type { JudgedGpu, JudgedRun } from '../../judging/index.ts';

/** What a GPU may be called in a list of allocated ones: its UUID, or its index in the scope that printed it. */
export function namesOf({ id, series: { facts } }: JudgedGpu): string[] {
  const index = facts.get('index');
  const uuid = facts.get('uuid');
  return [id, ...(uuid === undefined ? [] : [uuid]), ...(index === undefined ? [] : [`#${index}`])];
}

/**
 * The job's own GPUs: where they are given, the node's others are somebody else's. A list that names none of those shown
 * (UUIDs given, indexes printed) tells nothing apart: then all are taken as the job's.
 */
export function allocatedGpus({ gpus, options }: JudgedRun): readonly JudgedGpu[] {
  const given = new Set(options.gpusAllocated ?? []);
  const own = gpus.filter((gpu) => namesOf(gpu).some((name) => given.has(name)));
  return own.length === 0 ? gpus : own;
}
