import type { Run } from '../readings/index.ts';
import type { Analysis } from '../contract/index.ts';
import { drawn } from './drawn.ts';
import type { AnalyseOptions, JudgedRun } from '../judging/index.ts';
import { openTracker } from './tracker.ts';

export { openTracker, type Tracker } from './tracker.ts';

/** What limits a run, phase by phase: the one function that page, server and terminal share. No clock, no I/O. */
export function analyse(run: Run, options: AnalyseOptions = {}): Analysis {
  return drawn(judgeRun(run, options));
}

/** The judged run before it is drawn up: each GPU with its phases and figures. */
export function judgeRun(run: Run, options: AnalyseOptions = {}): JudgedRun {
  const tracker = openTracker(options, run.clock);
  tracker.push(run.tables, run.events);
  return tracker.judged(options.now);
}
