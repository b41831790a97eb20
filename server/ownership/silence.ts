import type { Job } from '../../core/contract/index.ts';
import { runsAt } from './job-index.ts';

/** When things were last heard, and from how long a silence on it is worth a word: seconds (UTC). */
export interface Hearing {
  readonly lastOf: (entity: { kind: 'host' | 'gpu'; id: string }) => number | null;
  readonly now: number;
  readonly patience: number;
}

/** Nodes and GPUs of a job that have sent nothing lately, in words for its owner. Empty where all speak or it does not run. */
export function silenceOf(job: Job, { lastOf, now, patience }: Hearing): string[] {
  if (!runsAt(job, now)) return [];
  const nodes = job.nodes.flatMap((node) => {
    const gpus = job.gpus.filter((gpu) => gpu.node === node).map((gpu) => gpu.uuid);
    const last = [lastOf({ kind: 'host', id: node }), ...gpus.map((id) => lastOf({ kind: 'gpu', id }))].reduce<number | null>(
      (most, at) => (at !== null && (most === null || at > most) ? at : most),
      null,
    );
    if (last !== null && now - last <= patience) return [];
    return [
      last === null
        ? `No reading from node ${node} yet: start an agent there (headroom agent), or stream a tool's output to /api/ingest/raw?node=${node}.`
        : `No reading from node ${node} since ${new Date(last * 1000).toISOString().slice(0, 19)}Z: is its agent still running?`,
    ];
  });
  return job.nodes.length === 0 && job.gpus.length === 0
    ? ['The job names no node and no GPU, so no reading can be matched to it: declare its nodes or GPUs.']
    : nodes;
}
