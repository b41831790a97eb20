import type { Analysis, Job, JobRow, LiveVerdict } from '../../core/contract/index.ts';
import type { JobKey } from '../store/index.ts';
import type { Delivery } from '../ownership/index.ts';

/** Who looks on: the sockets, once the HTTP side is up. */
export interface Audience {
  watchesJob(key: JobKey): boolean;
  watchesOverview(): boolean;
  verdict(verdict: LiveVerdict): void;
  row(row: JobRow): void;
}

/** The verdicts of the jobs that run, kept up to date as readings come, and of those that have just ended. */
export interface Analyses {
  /** What a stored batch brought for a job. */
  feed(job: Job, delivery: Delivery): void;
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
