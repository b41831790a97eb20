import type { Logger } from 'pino';
import type { Job } from '../../core/contract/jobs.ts';
import type { Analysis } from '../../core/contract/verdict.ts';
import { jobName, runsAt, type JobIndex } from '../jobs/index.ts';
import { liveRow, summaryOf } from '../jobs/rows.ts';
import { jobRoom, OVERVIEW_ROOM, type Hub } from '../live/hub.ts';
import type { JobKey, Store, Viewer } from '../store/types.ts';
import { openFinals } from './finals.ts';
import { dueIn, firstChanged, nameOf, shouldSave, type Followed } from './follow.ts';
import { optionsOf } from './options.ts';
import { pastOf } from './past.ts';
import { openJobTracker } from './tracker.ts';
import type { Analyses } from './types.ts';

const SYSTEM: Viewer = { kind: 'system' };
/** Milliseconds of one tick: verdicts that do not fit wait for the next, so that sockets and ingest are not held up. */
const BUDGET = 40;

export interface AnalysesOptions {
  readonly store: Pick<Store, 'jobs' | 'series' | 'facts'>;
  readonly index: JobIndex;
  readonly hub: Hub;
  readonly log: Logger;
  readonly now: () => number;
}

/** Follows every running job on the main thread (windows are small) and hands jobs that ended to a worker. */
export function openAnalyses({ store, index, hub, log, now }: AnalysesOptions): Analyses {
  const followed = new Map<string, Followed>();
  const finals = openFinals({ store, index, log, now });

  const follow = (job: Job, waiting: Followed['waiting']): Followed => {
    const entry: Followed = {
      job, tracker: openJobTracker(optionsOf(job)), analysis: null, lastReadingAt: null, dirty: false, judgedAt: 0, savedAt: 0, savedAs: '', saving: false, waiting,
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
    if (hub.watched(jobRoom(job))) {
      const fromPhase = firstChanged(before, analysis);
      hub.verdict({ cluster: job.cluster, id: job.id, at: now(), verdict: analysis.verdict, fromPhase, phases: analysis.phases.slice(fromPhase), findings: analysis.findings });
    }
    if (hub.watched(OVERVIEW_ROOM)) hub.row(liveRow(job, analysis, lastReadingAt));
  };
  const judge = (entry: Followed, time: number) => {
    const before = entry.analysis;
    entry.judgedAt = time;
    entry.dirty = false;
    try {
      entry.analysis = entry.tracker.analysis(time) ?? before;
    } catch (error) {
      // One job whose readings the classifier cannot take must not end the verdicts of all others.
      log.error({ err: error, job: jobName(entry.job) }, 'a job could not be judged');
      return;
    }
    publish(entry, before);
    if (shouldSave(entry, time)) void save(entry);
  };
  const restoreOne = async (entry: Followed): Promise<void> => {
    const { job } = entry;
    const { run, lastReadingAt } = await pastOf(store, index, job, now());
    if (followed.get(jobName(job)) !== entry) return;
    entry.tracker.addRun(run);
    entry.lastReadingAt = lastReadingAt;
    const held = entry.waiting ?? [];
    entry.waiting = null;
    for (const add of held) add();
    judge(entry, now());
  };

  return {
    feed(part) {
      const entry = followed.get(jobName(part.job));
      if (entry === undefined) return void finals.late(part.job, now());
      const add = () => {
        entry.tracker.addPart(part);
        const last = part.block.t[part.to - 1];
        if (last !== undefined && (entry.lastReadingAt === null || last > entry.lastReadingAt)) entry.lastReadingAt = last;
        entry.dirty = true;
      };
      if (entry.waiting === null) add();
      else entry.waiting.push(add);
    },
    changed(job) {
      const name = jobName(job);
      const entry = followed.get(name);
      const runs = runsAt(job, now()) || (job.start !== null && job.start > now() && job.end === null);
      if (runs && entry === undefined) follow(job, null);
      else if (runs && entry !== undefined) {
        entry.job = job;
        entry.tracker.setOptions(optionsOf(job));
        entry.dirty = true;
      } else if (!runs) {
        followed.delete(name);
        if (job.end !== null) finals.late(job, now());
      }
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
      const time = now();
      const started = performance.now();
      const due = [...followed.values()]
        .filter((entry) => entry.waiting === null)
        .map((entry) => ({ entry, in: dueIn(entry, hub.watched(jobRoom(entry.job)), time) }))
        .filter((one) => one.in <= 0)
        .sort((a, b) => a.in - b.in);
      for (const { entry } of due) {
        judge(entry, time);
        if (performance.now() - started > BUDGET) return;
      }
    },
    async restore() {
      const entries = [...index.all()].filter((job) => runsAt(job, now())).map((job) => follow(job, []));
      for (const entry of entries) await restoreOne(entry);
      await finals.missed();
    },
    catchUp: () => finals.catchUp(),
    async close() {
      await finals.close();
      for (const entry of followed.values()) if (entry.dirty) judge(entry, now());
      for (const entry of followed.values()) await save(entry);
    },
  };
}
