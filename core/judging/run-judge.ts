import type { Verdict } from '../contract/index.ts';
import type { Clock, SourceEvent, Table } from '../readings/index.ts';
import { followRun } from './followed-run.ts';
import type { JudgedRun } from './judged-run.ts';
import { gridOf } from './period.ts';
import type { AnalyseOptions } from './workload/index.ts';

/** A run that is judged while it grows. */
export interface RunJudge {
  /** New rows, later than those of the same entity before. Costs what the rows cost, whatever came before them. */
  push(tables: readonly Table[], events?: readonly SourceEvent[]): void;
  /** Everything known so far, phase by phase. `now` is the caller's clock. */
  judged(now?: number): JudgedRun;
  /**
   * The verdict on now alone, for many jobs at once: the window since the last edge that `judged` found, at most the last
   * 32 samples. It looks for no edges and costs the same whatever the run's length.
   */
  current(): Verdict;
  /** Rows that came too late to be counted live; a finished run analysed again has them. */
  late(): number;
}

/** Events kept. */
const MAX_EVENTS = 1_000;
/** The grid of a run in which nothing was sampled twice, seconds. */
const ANY_PERIOD = 1;

/** Judges a run as it grows: pushes are cheap, and `judged` looks again only at the part that is not final yet. */
export function openRunJudge(options: AnalyseOptions = {}, clock: Exclude<Clock, 'ordinal'> = 'utc'): RunJudge {
  const events: SourceEvent[] = [];
  /** Rows that came before the grid was decided; null from then on. */
  let waiting: Table[] | null = [];
  let followed = followRun(ANY_PERIOD, options);

  return {
    push(tables, more = []) {
      for (const event of more) if (events.length < MAX_EVENTS) events.push(event);
      if (waiting === null) {
        for (const table of tables) followed.push(table);
        followed.advance();
        return;
      }
      waiting.push(...tables);
      const { period, enough } = gridOf(waiting);
      followed = followRun(period ?? ANY_PERIOD, options);
      for (const table of waiting) followed.push(table);
      if (!enough) return;
      waiting = null;
      followed.advance();
    },
    judged: (now) => followed.judged({ clock, events, now: now ?? options.now }),
    current: () => followed.current(),
    late: () => followed.late(),
  };
}
