import { type NodeRegistry, tellSilence } from '../nodes/index.ts';
import type { Logger } from 'pino';
import type { Analyses } from '../analysis/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { KnownIds, Store } from '../store/index.ts';

/** What the duties work on. */
export interface DutyParts {
  readonly store: Pick<Store, 'series' | 'facts'>;
  readonly analyses: Pick<Analyses, 'catchUp' | 'row'>;
  readonly jobs: Pick<Jobs, 'endSilent' | 'prune'>;
  readonly quota: { restore(...ids: readonly KnownIds[]): void };
  readonly nodes: NodeRegistry;
  readonly log: Logger;
  /** Seconds UTC. */
  readonly now: () => number;
}

/** One row per thing that is done by the clock. */
export interface Duty {
  readonly name: string;
  /** A cron expression of five or six fields (the first of six is the second). */
  readonly when: string;
  readonly run: (parts: DutyParts) => Promise<void>;
}

/** In the order of how often they run. */
export const DUTIES: readonly Duty[] = [
  {
    name: 'seal and expire',
    when: '*/20 * * * * *',
    run: async ({ store, now, log }) => {
      const { sealed, expired } = await store.series.maintain(now());
      if (expired > 0) log.info({ sealed, expired }, 'readings past their time were removed');
    },
  },
  { name: 'judge jobs whose readings came late', when: '30 * * * * *', run: async ({ analyses }) => analyses.catchUp() },
  {
    name: 'end streamed jobs that fell silent',
    when: '45 * * * * *',
    run: async ({ jobs, analyses, now }) => jobs.endSilent(now(), (job) => analyses.row(job)?.lastReadingAt ?? null),
  },
  { name: 'notice nodes that fall silent', when: '0 * * * * *', run: async ({ nodes, now, log }) => tellSilence(nodes, now(), log) },
  { name: 'count what is known', when: '25 7 * * * *', run: async ({ store, quota }) => quota.restore(await store.series.known(), await store.facts.known()) },
  { name: 'forget jobs that ended long ago', when: '15 */10 * * * *', run: async ({ jobs, now }) => jobs.prune(now()) },
];
