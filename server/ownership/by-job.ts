import type { IngestBatch, Job } from '../../core/contract/index.ts';
import { entityOf, type Fact, type SourceEvent } from '../../core/readings/index.ts';
import { attribute, type Part } from './attribute.ts';
import { jobName, type JobIndex } from './job-index.ts';

/** What stored batches brought for one job. */
export interface Delivery {
  readonly parts: readonly Part[];
  readonly facts: readonly Fact[];
  readonly events: readonly SourceEvent[];
}

interface Group {
  job: Job;
  parts: Part[];
  facts: Fact[];
  events: SourceEvent[];
}

/** Sorts what a stored batch brought by the jobs that it belongs to. A fact belongs to whoever holds its entity at the batch's time. */
export function deliveriesByJob(index: JobIndex, batch: IngestBatch): { job: Job; delivery: Delivery }[] {
  const groups = new Map<string, Group>();
  const groupOf = (job: Job): Group => {
    const group = groups.get(jobName(job)) ?? { job, parts: [], facts: [], events: [] };
    groups.set(jobName(job), group);
    return group;
  };
  let newest = Number.NEGATIVE_INFINITY;
  for (const block of batch.blocks) {
    newest = Math.max(newest, block.t.at(-1) ?? newest);
    for (const part of attribute(index, block)) groupOf(part.job).parts.push(part);
  }
  for (const { entity: wire, name, value } of batch.facts ?? []) {
    const entity = entityOf(wire);
    // A batch of facts alone carries no time: whoever may hold the entity hears it.
    const owners = newest === Number.NEGATIVE_INFINITY ? index.candidates(entity) : index.ownersAt(entity, newest);
    for (const job of owners) groupOf(job).facts.push({ entity, name, value });
  }
  for (const { at, entity: wire, kind, text } of batch.events ?? []) {
    if (wire === null) continue;
    const entity = entityOf(wire);
    for (const job of at === null ? index.candidates(entity) : index.ownersAt(entity, at)) groupOf(job).events.push({ at, entity, kind, text });
  }
  return [...groups.values()].map(({ job, parts, facts, events }) => ({ job, delivery: { parts, facts, events } }));
}
