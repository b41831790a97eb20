import { type EntityRef, lowerBound, type Table } from '../../core/readings/index.ts';
import type { Job } from '../../core/contract/index.ts';
import type { JobKey, Store } from '../store/index.ts';
import { jobName, runsAt, type JobIndex } from './job-index.ts';

/** True where an entity's readings can be a job's at all; who shares the node at a time is the index's to say. */
export function mayOwn(job: Job, entity: EntityRef, claim: string | undefined): boolean {
  if (entity.kind === 'host') return job.nodes.includes(entity.id);
  const here = entity.node !== undefined && job.nodes.includes(entity.node);
  if (entity.kind === 'gpu') return job.gpus.length === 0 ? here : job.gpus.some((gpu) => gpu.uuid === entity.id);
  return here && (claim === undefined || claim === jobName(job));
}

/** The entities that have readings in a job's time and may be its own. */
export async function entitiesOf(
  store: Pick<Store, 'series'>,
  index: JobIndex,
  job: Job,
  to: number,
): Promise<{ entity: EntityRef; metrics: string[]; last: number }[]> {
  if (job.start === null) return [];
  const time = { from: job.start, to };
  const [onNodes, named] = await Promise.all([
    job.nodes.length === 0 ? [] : store.series.entities({ nodes: job.nodes, ...time }),
    job.gpus.length === 0 ? [] : store.series.entities({ ids: job.gpus.map((gpu) => gpu.uuid), ...time }),
  ]);
  const found = new Map([...onNodes, ...named].map((row) => [`${row.entity.kind}:${row.entity.id}`, row]));
  return [...found.values()].filter(({ entity }) => mayOwn(job, entity, index.claimOf(entity)));
}

/** Of a table, the rows that are the job's: those inside its time at which the index does not give them to a neighbour alone. */
export function ownRows(table: Table, job: Job, index: JobIndex): Table {
  if (job.start === null) return cut(table, []);
  const key: JobKey = job;
  const own: number[] = [];
  const end = job.end === null ? table.t.length : lowerBound(table.t, job.end);
  for (let row = lowerBound(table.t, job.start); row < end; row += 1) {
    const at = table.t[row];
    if (at !== undefined && index.ownersAt(table.entity, at).some((owner) => jobName(owner) === jobName(key))) own.push(row);
  }
  return own.length === table.t.length ? table : cut(table, own);
}

function cut(table: Table, rows: readonly number[]): Table {
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
  return { ...table, t: pick(table.t), columns: new Map([...table.columns].map(([id, column]) => [id, pick(column)])) };
}

/** Nodes and GPUs of a job that have sent nothing lately, in words for its owner. Empty where all speak or it does not run. */
export function silenceOf(job: Job, heard: (entity: { kind: 'host' | 'gpu'; id: string }) => number | null, now: number, patience: number): string[] {
  if (!runsAt(job, now)) return [];
  const nodes = job.nodes.flatMap((node) => {
    const gpus = job.gpus.filter((gpu) => gpu.node === node).map((gpu) => gpu.uuid);
    const last = [heard({ kind: 'host', id: node }), ...gpus.map((id) => heard({ kind: 'gpu', id }))].reduce<number | null>(
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
