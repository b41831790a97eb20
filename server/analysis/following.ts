import type { Logger } from 'pino';
import type { Job } from '../../core/contract/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import { jobName, type OwnershipParts } from '../ownership/index.ts';
import type { JobKey } from '../store/index.ts';
import { FIRST_PATIENCE, type Followed, nextPatience } from './follow.ts';
import { pastOf } from './past.ts';
import { after, later, nothing } from './pending.ts';
import type { Trackers } from './trackers.ts';

export interface FollowingOptions extends OwnershipParts {
  readonly log: Pick<Logger, 'error'>;
  /** Seconds UTC. */
  readonly now: () => number;
  readonly options: (job: Job) => AnalyseOptions;
  readonly trackers: Pick<Trackers, 'open'>;
}

/** The running jobs that are followed, each by a tracker that has all that the store holds of it. */
export interface Following {
  get(key: JobKey): Followed | undefined;
  all(): readonly Followed[];
  /** Begins with a job, with what was judged of it before a restart. */
  follow(job: Job, analysis: Followed['analysis']): void;
  /** Opens a job's tracker anew; the last verdict stands until it has caught up. */
  rebuild(job: Job): void;
  /** True where a job's tracker was opened with other options, or another start, than it would be now. */
  isOutdated(entry: Followed, job: Job): boolean;
  drop(key: JobKey): void;
  /** Reads no more pasts; resolves when the one under way has ended. */
  close(): Promise<void>;
}

/** Nobody is followed yet. Pasts are read from the store one after another. */
export function openFollowing({ store, index, log, now, options, trackers }: FollowingOptions): Following {
  const followed = new Map<string, Followed>();
  let restoring: Promise<void> = Promise.resolve();
  let closing = false;

  const open = (job: Job, before: Partial<Followed>): Followed => {
    const given = options(job);
    followed.get(jobName(job))?.tracker.drop();
    const entry: Followed = {
      ...newlyFollowed(job),
      ...before,
      tracker: trackers.open(given),
      options: JSON.stringify(given),
      openedAt: now(),
      changedAt: now(),
    };
    followed.set(jobName(job), entry);
    return entry;
  };
  const restore = async (entry: Followed): Promise<void> => {
    if (closing) return;
    const { job } = entry;
    const { run, lastReadingAt } = await pastOf({ store, index }, job, now());
    if (closing || followed.get(jobName(job)) !== entry) return;
    entry.tracker.push(run.tables, run.events);
    entry.lastReadingAt = later(entry.lastReadingAt, lastReadingAt);
    // What came meanwhile is partly in the store's answer already.
    entry.pending = after(run, entry.pending);
    entry.restoring = false;
    entry.dirty = true;
    if (entry.overflown) rebuild(job);
  };
  const restoreSoon = (entry: Followed) => {
    restoring = restoring
      .then(() => restore(entry))
      .catch((error: unknown) => {
        log.error({ err: error, job: jobName(entry.job) }, 'a job could not be followed from its start');
        entry.restoring = false;
      });
  };
  const rebuild = (job: Job) => {
    const before = followed.get(jobName(job));
    const patience = nextPatience(before, now());
    if (before === undefined) return restoreSoon(open(job, { patience }));
    const { analysis, lastReadingAt, savedAs, savedAt } = before;
    restoreSoon(open(job, { patience, analysis, lastReadingAt, savedAs, savedAt }));
  };

  return {
    get: (key) => followed.get(jobName(key)),
    all: () => [...followed.values()],
    follow: (job, analysis) => restoreSoon(open(job, { analysis })),
    rebuild,
    isOutdated: (entry, job) => entry.options !== JSON.stringify(options(job)) || entry.job.start !== job.start,
    drop(key) {
      followed.get(jobName(key))?.tracker.drop();
      followed.delete(jobName(key));
    },
    async close() {
      closing = true;
      await restoring;
    },
  };
}

function newlyFollowed(job: Job): Omit<Followed, 'tracker' | 'options' | 'openedAt' | 'changedAt'> {
  return {
    job,
    analysis: null,
    lastReadingAt: null,
    dirty: false,
    judgedAt: 0,
    took: 0,
    late: 0,
    lost: false,
    savedAt: 0,
    savedAs: '',
    saving: false,
    pending: nothing(),
    restoring: true,
    overflown: false,
    patience: FIRST_PATIENCE,
  };
}
