import type { Analysis } from '../contract/verdict.ts';
import type { AnalyseOptions } from '../judging/workload/analyse-options.ts';
import { openRunJudge, type RunJudge } from '../judging/run-judge.ts';
import type { Clock } from '../readings/reading.ts';
import { drawn } from './drawn.ts';

/** A run while it grows: judged, and drawn up as page, terminal and server show it. */
export interface Tracker extends RunJudge {
  /** Everything known so far. `now` is the caller's clock. */
  analysis(now?: number): Analysis;
}

/** Follows a run: pushes are cheap, and `analysis` looks again only at the part that is not final yet. */
export function openTracker(options: AnalyseOptions = {}, clock?: Exclude<Clock, 'ordinal'>): Tracker {
  const judge = openRunJudge(options, clock);
  return { ...judge, analysis: (now) => drawn(judge.judged(now)) };
}
