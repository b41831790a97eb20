import type { Job } from '../../core/contract/index.ts';
import { lowerBound, rowsOf, type Table } from '../../core/readings/index.ts';
import { jobName, type JobIndex } from './job-index.ts';

/** Rows of a table that belong to one job, as views on its memory. */
export interface Part {
  readonly job: Job;
  readonly table: Table;
}

/**
 * Cuts a table into the stretches that belong to jobs, by (GPU or host, time). Rows of no job are in no part. Owners change only where
 * a job on the node or GPU starts or ends: they are asked for once between two such times.
 */
export function attribute(index: JobIndex, table: Table): Part[] {
  const { entity, t } = table;
  if (t.length === 0 || index.candidates(entity).length === 0) return [];
  const open = new Map<string, { job: Job; from: number }>();
  const parts: Part[] = [];
  const close = (job: Job, from: number, to: number): void => void parts.push({ job, table: rowsOf(table, from, to) });
  for (const row of turns(index, table)) {
    const owners = index.ownersAt(entity, t[row] ?? Number.NaN);
    const names = new Set(owners.map(jobName));
    for (const [name, { job, from }] of open) {
      if (names.has(name)) continue;
      close(job, from, row);
      open.delete(name);
    }
    for (const job of owners) if (!open.has(jobName(job))) open.set(jobName(job), { job, from: row });
  }
  for (const { job, from } of open.values()) close(job, from, t.length);
  return parts;
}

/** The first row, and those from which on other jobs may own the readings, in order. */
function turns(index: JobIndex, { entity, t }: Table): number[] {
  const { node } = entity;
  // Who else runs on the node decides whose a GPU is that no job lists.
  const around = entity.kind === 'gpu' && node !== undefined ? index.candidates({ kind: 'host', id: node, node }) : [];
  const rows = new Set([0]);
  for (const { start, end } of [...index.candidates(entity), ...around]) {
    for (const at of [start, end]) {
      const row = at === null ? t.length : lowerBound(t, at);
      if (row < t.length) rows.add(row);
    }
  }
  return [...rows].sort((a, b) => a - b);
}
