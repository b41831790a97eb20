import type { Site } from '../../core/knowledge/index.ts';
import type { Job, JobRow } from '../../core/contract/index.ts';
import type { Logger } from 'pino';
import { jobName, runsAt, type JobIndex } from '../ownership/index.ts';
import type { Store } from '../store/index.ts';
import { type Finals, openFinals } from './finals.ts';
import { type Followed, isNews, shouldSave } from './follow.ts';
import { type Following, openFollowing } from './following.ts';
import { judgeDue } from './judge-due.ts';
import { optionsOf } from './options.ts';
import { hold, taken } from './pending.ts';
import { liveVerdictOf, publish } from './publish.ts';
import { liveRow } from './rows.ts';
import { save } from './save.ts';
import { openTrackers } from './trackers.ts';
import type { Analyses, Audience } from './types.ts';

export interface AnalysesOptions {
  readonly store: Pick<Store, 'jobs' | 'series' | 'facts'>;
  readonly index: JobIndex;
  readonly audience: Audience;
  readonly log: Logger;
  /** Seconds UTC. */
  readonly now: () => number;
  /** True where a tool has printed this GPU's product name. */
  readonly named: (uuid: string) => boolean;
  readonly site: Site;
}

/** Follows every running job, whose trackers are in one thread, and hands jobs that ended to another. */
export function openAnalyses({ store, index, audience, log, now, named, site }: AnalysesOptions): Analyses {
  const options = (job: Job) => ({
    ...optionsOf(
      job,
      job.gpus.some((gpu) => named(gpu.uuid)),
    ),
    site,
  });
  const trackers = openTrackers((text) => log.error(`a job’s readings could not be taken in: ${text}`));
  const following = openFollowing({ store, index, log, now, options, trackers });
  const finals = openFinals({ store, index, log, now, options });
  const keep = (entry: Followed) => save(entry, { store, log, now });
  const judge = async (entry: Followed, at: number) => {
    const before = entry.analysis;
    if (!(await judgeOne(entry, at, log)) || following.get(entry.job) !== entry) return;
    entry.changedAt = at;
    publish(audience, entry, { before, at: now() });
    if (shouldSave(entry, at)) void keep(entry);
  };
  const judging = judgeDue({ following, audience, now, judge });

  return {
    ...taking({ following, finals, keep, now }),
    ...telling({ following, now }),
    tick: judging.tick,
    async restore() {
      const running = [...index.all()].filter((job) => runsAt(job, now()));
      for (const job of running) following.follow(job, await store.jobs.analysis(job));
      await finals.missed();
    },
    catchUp: () => finals.catchUp(),
    async close() {
      await Promise.all([judging.stop(), following.close(), finals.close()]);
      for (const entry of following.all()) if (entry.dirty) await judge(entry, now());
      await trackers.close();
      for (const entry of following.all()) if (isNews(entry)) await keep(entry);
    },
  };
}

interface Taking {
  readonly following: Following;
  readonly finals: Pick<Finals, 'late'>;
  readonly keep: (entry: Followed) => Promise<void>;
  /** Seconds UTC. */
  readonly now: () => number;
}

/** What comes in: readings of a job, and a job that began, ended or became another one. */
function taking({ following, finals, keep, now }: Taking): Pick<Analyses, 'feed' | 'changed'> {
  return {
    feed(job, delivery) {
      const entry = following.get(job);
      if (entry === undefined) return void (job.end !== null && finals.late(job, now()));
      hold(entry, delivery);
      if (delivery.facts.some((fact) => fact.name === 'name') && following.isOutdated(entry, job)) following.rebuild(job);
    },
    changed(job) {
      const entry = following.get(job);
      if (job.start === null || job.end !== null) {
        following.drop(job);
        // Lists show the last live verdict until the worker has judged the whole.
        if (entry !== undefined) void keep({ ...entry, job });
        if (job.end !== null) finals.late(job, now());
      } else if (entry === undefined || following.isOutdated(entry, job)) following.rebuild(job);
      else {
        entry.job = job;
        entry.changedAt = now();
      }
    },
  };
}

/** What is asked about the jobs that are followed. */
function telling({ following, now }: Pick<Taking, 'following' | 'now'>): Pick<Analyses, 'current' | 'row' | 'running' | 'changedSince' | 'watched'> {
  return {
    current: (key) => following.get(key)?.analysis ?? null,
    row(key) {
      const entry = following.get(key);
      return entry === undefined ? null : rowOf(entry);
    },
    running: () => following.all().map(rowOf),
    changedSince: (since) =>
      following
        .all()
        .filter((entry) => entry.changedAt >= since)
        .map(rowOf),
    watched(key) {
      const entry = following.get(key);
      if (entry === undefined) return null;
      entry.judgedAt = Math.min(entry.judgedAt, now() - 1);
      return liveVerdictOf(entry, { before: null, at: now() });
    },
  };
}

/** Hands a job's tracker what waits and asks it for a verdict; false where it failed. */
async function judgeOne(entry: Followed, at: number, log: Pick<Logger, 'error'>): Promise<boolean> {
  entry.judgedAt = at;
  entry.dirty = false;
  try {
    const { tables, events } = taken(entry);
    const judged = await entry.tracker.judge(at, tables, events);
    if (judged === null) {
      entry.lost = true;
      return false;
    }
    entry.analysis = entry.lastReadingAt === null ? null : judged.analysis;
    entry.late = judged.late;
    entry.took = judged.took;
    return true;
  } catch (error) {
    // One job whose readings the classifier cannot take must not end the verdicts of all others.
    log.error({ err: error, job: jobName(entry.job) }, 'a job could not be judged');
    return false;
  }
}

function rowOf({ job, analysis, lastReadingAt }: Followed): JobRow {
  return liveRow(job, analysis, lastReadingAt);
}
