import { analyse } from '../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import type { Run } from '../../core/readings/index.ts';
import { serve } from '../threads/index.ts';

/** What the analysis thread can be asked. */
export type AnalysisHandlers = typeof handlers;

const handlers = {
  analyse: async ({ run, options }: { run: Run; options: AnalyseOptions }) => analyse(run, options),
};

await serve(async () => handlers);
