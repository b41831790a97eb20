import type { Logger } from 'pino';
import { openTracker } from '../../core/analyse/index.ts';
import type { Analysis, Job } from '../../core/contract/index.ts';
import { jobName, runsAt, type JobIndex } from '../ownership/index.ts';
import { liveRow, summaryOf } from './rows.ts';
import type { JobKey, Store, Viewer } from '../store/index.ts';
import { openFinals } from './finals.ts';
import { dueIn, FIRST_PATIENCE, firstChanged, nameOf, nextPatience, shouldRebuild, shouldSave, type Followed } from './follow.ts';
import { optionsOf } from './options.ts';
import { pastOf } from './past.ts';
import { after, drain, hold, later, nothing } from './pending.ts';
import type { Analyses, Audience } from './types.ts';

const SYSTEM: Viewer = { kind: 'system' };
/** Milliseconds of one slice of verdicts, and between two: while many are due, sockets and ingest have the other half of the thread. */
const BUDGET = 10;
const PAUSE = 10;

export interface AnalysesOptions {
  readonly store: Pick<Store, 'jobs' | 'series' | 'facts'>;
  readonly index: JobIndex;
  readonly audience: Audience;
  readonly log: Logger;
  readonly now: () => number;
  /** True where a tool has printed this GPU's product name. */
  readonly named: (uuid: string) => boolean;
}

/** Follows every running job on the main thread (windows are small) and hands jobs that ended to a worker. */
export function openAnalyses({ store, index, audience, log, now, named }: AnalysesOptions): Analyses {
  const followed = new Map<string, Followed>();
  const options = (job: Job) =>
    optionsOf(
      job,
      job.gpus.some((gpu) => named(gpu.uuid)),
    );
  const finals = openFinals({ store, index, log, now, options });
  let restoring: Promise<void> = Promise.resolve();
  let closing = false;
  let next: NodeJS.Timeout | null = null;

  const follow = (job: Job, patience = FIRST_PATIENCE): Followed => {
    const given = options(job);
    const entry: Followed = {
      job,
      tracker: openTracker(given),
      options: JSON.stringify(given),
      openedAt: now(),
      analysis: null,
      lastReadingAt: null,
      dirty: false,
      judgedAt: 0,
      savedAt: 0,
      savedAs: '',
      saving: false,
      pending: nothing(),
      restoring: true,
      overflown: false,
      patience,
    };
    followed.set(jobName(job), entry);
    return entry;
  };
  const save = async (entry: Followed): Promise<void> => {
    const { analysis, job } = entry;
    if (analysis === null) return;
    entry.saving = true;
    entry.savedAt = now();
    entry.savedAs = nameOf(analysis);
    try {
      await store.jobs.saveAnalysis(SYSTEM, job, analysis, summaryOf(analysis, entry.lastReadingAt));
    } catch (error) {
      log.warn({ err: error, job: jobName(job) }, 'an analysis could not be saved; it will be tried again');
      entry.savedAs = '';
    } finally {
      entry.saving = false;
    }
  };
  const publish = (entry: Followed, before: Analysis | null) => {
    const { analysis, job, lastReadingAt } = entry;
    if (analysis === null) return;
    if (audience.watchesJob(job)) {
      const fromPhase = firstChanged(before, analysis);
      audience.verdict({
        cluster: job.cluster,
        id: job.id,
        at: now(),
        verdict: analysis.verdict,
        fromPhase,
        phases: analysis.phases.slice(fromPhase),
        findings: analysis.findings,
      });
    }
    if (audience.watchesOverview()) audience.row(liveRow(job, analysis, lastReadingAt));
  };
  const judge = (entry: Followed, time: number) => {
    const before = entry.analysis;
    entry.judgedAt = time;
    entry.dirty = false;
    try {
      drain(entry);
      entry.analysis = entry.lastReadingAt === null ? null : entry.tracker.analysis(time);
    } catch (error) {
      // One job whose readings the classifier cannot take must not end the verdicts of all others.
      log.error({ err: error, job: jobName(entry.job) }, 'a job could not be judged');
      return;
    }
    publish(entry, before);
    if (shouldSave(entry, time)) void save(entry);
  };
  const restoreOne = async (entry: Followed): Promise<void> => {
    if (closing) return;
    const { job } = entry;
    const { run, lastReadingAt } = await pastOf(store, index, job, now());
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
      .then(() => restoreOne(entry))
      .catch((error: unknown) => {
        log.error({ err: error, job: jobName(entry.job) }, 'a job could not be followed from its start');
        entry.restoring = false;
      });
  };
  /** Opens a job's tracker anew, with all that the store holds; the last verdict stands until it has caught up. */
  const rebuild = (job: Job) => {
    const before = followed.get(jobName(job));
    const entry = follow(job, nextPatience(before, now()));
    entry.analysis = before?.analysis ?? null;
    entry.lastReadingAt = before?.lastReadingAt ?? null;
    entry.savedAs = before?.savedAs ?? '';
    entry.savedAt = before?.savedAt ?? 0;
    restoreSoon(entry);
  };

  /** Judges what is due for a short while; what is left goes on after others had their turn (an hour of history brings hundreds). */
  const slice = (): void => {
    next = null;
    const time = now();
    const started = performance.now();
    for (const entry of [...followed.values()]) if (shouldRebuild(entry, time)) rebuild(entry.job);
    const due = [...followed.values()]
      .filter((entry) => !entry.restoring)
      .map((entry) => ({ entry, in: dueIn(entry, audience.watchesJob(entry.job), time) }))
      .filter((one) => one.in <= 0)
      .sort((a, b) => a.in - b.in);
    for (const [index, { entry }] of due.entries()) {
      judge(entry, time);
      if (index === due.length - 1 || performance.now() - started <= BUDGET) continue;
      next = setTimeout(slice, PAUSE);
      return;
    }
  };

  return {
    feed(job, delivery) {
      const entry = followed.get(jobName(job));
      if (entry === undefined) return void (job.end !== null && finals.late(job, now()));
      hold(entry, delivery);
      if (delivery.facts.some((fact) => fact.name === 'name') && entry.options !== JSON.stringify(options(job))) rebuild(job);
    },
    changed(job) {
      const name = jobName(job);
      const entry = followed.get(name);
      if (job.start === null || job.end !== null) {
        followed.delete(name);
        // Lists show the last live verdict until the worker has judged the whole.
        if (entry !== undefined) void save({ ...entry, job });
        if (job.end !== null) finals.late(job, now());
      } else if (entry === undefined) rebuild(job);
      else if (entry.options !== JSON.stringify(options(job)) || entry.job.start !== job.start) rebuild(job);
      else entry.job = job;
    },
    current: (key: JobKey) => followed.get(jobName(key))?.analysis ?? null,
    row(key) {
      const entry = followed.get(jobName(key));
      return entry === undefined ? null : liveRow(entry.job, entry.analysis, entry.lastReadingAt);
    },
    running: () => [...followed.values()].map((entry) => liveRow(entry.job, entry.analysis, entry.lastReadingAt)),
    watched(key) {
      const entry = followed.get(jobName(key));
      if (entry === undefined) return;
      publish(entry, null);
      entry.judgedAt = Math.min(entry.judgedAt, now() - 1);
    },
    tick() {
      if (next === null && !closing) slice();
    },
    async restore() {
      const entries = [...index.all()].filter((job) => runsAt(job, now())).map((job) => follow(job));
      for (const entry of entries) {
        entry.analysis = await store.jobs.analysis(SYSTEM, entry.job);
        restoreSoon(entry);
      }
      await finals.missed();
    },
    catchUp: () => finals.catchUp(),
    async close() {
      closing = true;
      if (next !== null) clearTimeout(next);
      await finals.close();
      await restoring;
      for (const entry of followed.values()) if (entry.dirty) judge(entry, now());
      // A verdict that stays what it was is found again from the readings at the next start.
      for (const entry of followed.values()) if (entry.analysis !== null && nameOf(entry.analysis) !== entry.savedAs) await save(entry);
    },
  };
}
