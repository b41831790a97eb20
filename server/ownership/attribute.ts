import type { IngestBatch, Job } from '../../core/contract/index.ts';
import { jobName, type JobIndex } from './job-index.ts';
import { entityOf } from '../../core/readings/index.ts';

export type Block = IngestBatch['blocks'][number];

/** A stretch of a block that belongs to one job: rows from `from` up to, not including, `to`. */
export interface Part {
  readonly job: Job;
  readonly block: Block;
  readonly from: number;
  readonly to: number;
}

/** Cuts a block into the stretches that belong to jobs, by (GPU or host, time). Rows of no job are in no part. */
export function attribute(index: JobIndex, block: Block): Part[] {
  const entity = entityOf(block.entity);
  if (index.candidates(entity).length === 0) return [];
  const open = new Map<string, { job: Job; from: number }>();
  const parts: Part[] = [];
  block.t.forEach((at, row) => {
    const owners = index.ownersAt(entity, at);
    const names = new Set(owners.map(jobName));
    for (const [name, { job, from }] of open) {
      if (names.has(name)) continue;
      parts.push({ job, block, from, to: row });
      open.delete(name);
    }
    for (const job of owners) if (!open.has(jobName(job))) open.set(jobName(job), { job, from: row });
  });
  for (const { job, from } of open.values()) parts.push({ job, block, from, to: block.t.length });
  return parts;
}

/** The rows of a part as a block of its own; the block itself where it is all of it. */
export function blockOf({ block, from, to }: Part): Block {
  if (from === 0 && to === block.t.length) return block;
  const columns = Object.entries(block.columns).map(([id, column]) => [id, column?.slice(from, to)]);
  return { entity: block.entity, t: block.t.slice(from, to), columns: Object.fromEntries(columns) as Block['columns'] }; // entries of a block's own columns
}
