import type { Analysis } from '../contract/index.ts';
import { type AnalyseOptions, openRunJudge, type RunJudge } from '../judging/index.ts';
import type { Clock } from '../readings/index.ts';
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
