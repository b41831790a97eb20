import type { Job, JobRow } from '../../core/contract/jobs.ts';
import type { LiveVerdict } from '../../core/contract/live.ts';
import type { Analysis } from '../../core/contract/verdict.ts';
import type { JobKey } from '../store/types.ts';
import type { News } from './to-tables.ts';

/** The verdicts of the jobs that run, kept up to date as readings come, and of those that have just ended. */
export interface Analyses {
  /** What a stored batch brought for a job. */
  feed(job: Job, news: News): void;
  /** A job was declared, changed or ended. */
  changed(job: Job, before: Job | undefined): void;
  /** The latest analysis of a job that is followed; null where it is not, or nothing was judged yet. */
  current(key: JobKey): Analysis | null;
  /** The list row of a job that is followed; null where it is not. */
  row(key: JobKey): JobRow | null;
  /** All rows of jobs that run now. */
  running(): JobRow[];
  /** Rows of running jobs that changed at or after this time, seconds UTC. */
  changedSince(since: number): JobRow[];
  /** Somebody has begun to watch: gives the verdict as it stands (null where there is none yet), and judges again soon. */
  watched(key: JobKey): LiveVerdict | null;
  /** Judges what is due. Called a few times a second; bounded in time. */
  tick(): void;
  /** Follows the running jobs again after a start, from what the store holds. Resolves when all have caught up. */
  restore(): Promise<void>;
  /** Judges ended jobs whose readings came late, or which ended while the server was away. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
}
