import { ANALYSIS_BOUNDS } from '../settings/index.ts';
import { extname } from 'node:path';
import type { Run } from '../../core/readings/index.ts';
import type { Analysis } from '../../core/contract/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import { openThread } from '../threads/index.ts';
import type { AnalysisHandlers } from './worker.ts';

/** One whole job may take this long, milliseconds; a longer one is a fault, and its worker is ended. */
const LONGEST = ANALYSIS_BOUNDS.seconds.value * 1_000;
/** An unused worker is ended after this time, milliseconds: jobs end now and then, memory is needed always. */
const IDLE = 30_000;

/** Analyses whole runs beside the main thread, one at a time. */
export interface AnalysisWorker {
  /** Rejects where the analysis fails, takes too long, or the worker is closed. */
  analyse(run: Run, options: AnalyseOptions): Promise<Analysis>;
  close(): Promise<void>;
}

/** A worker that starts with the first run. */
export function analysisWorker(): AnalysisWorker {
  const entry = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  const thread = openThread<AnalysisHandlers>({ entry, name: 'analysis', longest: LONGEST, idle: IDLE });
  return {
    async analyse(run, options) {
      const outcome = await thread.ask('analyse', { run, options });
      if (outcome.kind === 'done') return outcome.value;
      throw new Error(outcome.failure.stack ?? outcome.failure.message);
    },
    close: () => thread.close(),
  };
}
