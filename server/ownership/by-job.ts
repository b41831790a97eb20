import type { Job } from '../../core/contract/index.ts';
import type { Fact, Intake, SourceEvent, Table } from '../../core/readings/index.ts';
import { attribute } from './attribute.ts';
import { jobName, type JobIndex } from './job-index.ts';

/** What stored intakes brought for one job: its rows as views, facts and events. */
export interface Delivery {
  readonly tables: readonly Table[];
  readonly facts: readonly Fact[];
  readonly events: readonly SourceEvent[];
}

interface Group {
  job: Job;
  tables: Table[];
  facts: Fact[];
  events: SourceEvent[];
}

/**
 * Sorts what a stored intake brought by the jobs that it belongs to. A fact belongs to whoever holds its entity at the time of the intake's
 * newest reading; where it has none, and for an event without a time, `heard` counts (seconds UTC): what is said without a time is said of now.
 */
export function deliveriesByJob(index: JobIndex, intake: Pick<Intake, 'tables' | 'facts' | 'events'>, heard: number): { job: Job; delivery: Delivery }[] {
  const groups = new Map<string, Group>();
  const groupOf = (job: Job): Group => {
    const group = groups.get(jobName(job)) ?? { job, tables: [], facts: [], events: [] };
    groups.set(jobName(job), group);
    return group;
  };
  let newest = Number.NEGATIVE_INFINITY;
  for (const table of intake.tables) {
    newest = Math.max(newest, table.t.at(-1) ?? newest);
    for (const part of attribute(index, table)) groupOf(part.job).tables.push(part.table);
  }
  const said = newest === Number.NEGATIVE_INFINITY ? heard : newest;
  for (const fact of intake.facts) for (const job of index.ownersAt(fact.entity, said)) groupOf(job).facts.push(fact);
  for (const event of intake.events) {
    const { at, entity } = event;
    if (entity === null) continue;
    for (const job of index.ownersAt(entity, at ?? heard)) groupOf(job).events.push(event);
  }
  return [...groups.values()].map(({ job, tables, facts, events }) => ({ job, delivery: { tables, facts, events } }));
}
