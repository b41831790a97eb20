import type { Analysis } from '../contract/index.ts';
import { type AnalyseOptions, type JudgedRun, type MostJudged, openRunJudge, type RunJudge } from '../judging/index.ts';
import type { Clock, Run } from '../readings/index.ts';
import { analysisOf } from './analysis.ts';

/** A run while it grows: judged, and put together as page, terminal and server show it. */
export interface Tracker extends RunJudge {
  /** Everything known so far. `now` is the caller's clock. */
  analysis(now?: number): Analysis;
}

/** Follows a run: pushes are cheap, and `analysis` looks again only at the part that is not final yet; of each kind of entity at most so many, if given. */
export function openTracker(options: AnalyseOptions = {}, clock?: Exclude<Clock, 'ordinal'>, most?: MostJudged): Tracker {
  const judge = openRunJudge(options, clock, most);
  return { ...judge, analysis: (now) => analysisOf(judge.judged(now)) };
}

/** What limits a run, phase by phase: the one function that page, server and terminal share. No clock, no I/O. */
export function analyse(run: Run, options: AnalyseOptions = {}): Analysis {
  return analysisOf(judgeRun(run, options));
}

/** The judged run before it becomes an analysis: each GPU with its phases and figures. */
export function judgeRun(run: Run, options: AnalyseOptions = {}): JudgedRun {
  const judge = openRunJudge(options, run.clock);
  judge.push(run.tables, run.events);
  return judge.judged(options.now);
}
