import type { Logger } from 'pino';
import type { Analysis, Job } from '../../core/contract/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import { jobName, type JobIndex, LATE } from '../ownership/index.ts';
import { summaryOf } from './rows.ts';
import type { Store } from '../store/index.ts';
import { analysisWorker } from './in-worker.ts';
import { pastOf } from './past.ts';

/** A job that ended is judged when nothing has come for it for so long, seconds: its last readings are on their way. */
const SETTLE = 10;

export interface Finals {
  /** A job ended, or readings came for one that had. */
  late(job: Job, at: number): void;
  /** Judges those that have settled, one after another. */
  catchUp(): Promise<void>;
  /** Finds jobs that ended and were never judged: the server was away then. */
  missed(): Promise<void>;
  close(): Promise<void>;
}

export interface FinalsOptions {
  readonly store: Pick<Store, 'jobs' | 'series' | 'facts'>;
  readonly index: JobIndex;
  readonly log: Logger;
  readonly now: () => number;
  readonly options: (job: Job) => AnalyseOptions;
}

/** The whole analysis of jobs that have ended, in a worker thread, stored for ever. */
export function openFinals({ store, index, log, now, options }: FinalsOptions): Finals {
  const waiting = new Map<string, { job: Job; at: number }>();
  const worker = analysisWorker();
  let closing = false;
  let timer: NodeJS.Timeout | null = null;
  let work: Promise<void> = Promise.resolve();

  const settle = async (job: Job): Promise<void> => {
    const { run, lastReadingAt } = await pastOf({ store, index }, job, now());
    if (run.tables.length === 0) return;
    const analysis: Analysis = await worker.analyse(run, options(job));
    await store.jobs.saveAnalysis(job, analysis, summaryOf(analysis, lastReadingAt));
  };
  const settled = async (): Promise<void> => {
    for (const [name, { job, at }] of waiting) {
      if (closing) return;
      if (now() - at < SETTLE) continue;
      waiting.delete(name);
      try {
        await settle(job);
      } catch (error) {
        if (!closing) log.error({ err: error, job: name }, 'a job that ended could not be judged');
      }
    }
  };
  const catchUp = (): Promise<void> => {
    work = work.then(settled);
    return work;
  };

  return {
    late(job, at) {
      waiting.set(jobName(job), { job, at });
      if (timer !== null || closing) return;
      timer = setTimeout(
        () => {
          timer = null;
          catchUp().catch((error: unknown) => log.error({ err: error }, 'jobs that ended could not be judged'));
        },
        (SETTLE + 1) * 1000,
      );
      timer.unref();
    },
    catchUp,
    async missed() {
      for (const { job, summary } of await store.jobs.active(now() - LATE)) {
        if (job.end !== null && summary === null) waiting.set(jobName(job), { job, at: now() - SETTLE });
      }
      void catchUp();
    },
    async close() {
      closing = true;
      if (timer !== null) clearTimeout(timer);
      await worker.close();
      await work;
    },
  };
}
