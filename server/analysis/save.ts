import type { Logger } from 'pino';
import { jobName } from '../ownership/index.ts';
import type { Store } from '../store/index.ts';
import { type Followed, nameOf } from './follow.ts';
import { summaryOf } from './rows.ts';

/** Keeps a job's latest analysis in the store; one that cannot be kept is tried again when the next is due. */
export async function save(entry: Followed, { store, log, now }: { store: Pick<Store, 'jobs'>; log: Pick<Logger, 'warn'>; now: () => number }): Promise<void> {
  const { analysis, job } = entry;
  if (analysis === null) return;
  entry.saving = true;
  entry.savedAt = now();
  entry.savedAs = nameOf(analysis);
  try {
    await store.jobs.saveAnalysis(job, analysis, summaryOf(analysis, entry.lastReadingAt));
  } catch (error) {
    log.warn({ err: error, job: jobName(job) }, 'an analysis could not be saved; it will be tried again');
    entry.savedAs = '';
  } finally {
    entry.saving = false;
  }
}
