import type { Verdict } from '../contract/index.ts';
import { type Clock, entityKey, type FactName, type SourceEvent, type Table } from '../readings/index.ts';
import type { MostJudged } from './crowd.ts';
import { type FollowedRun, followRun } from './followed-run.ts';
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

/** Tables that may wait for the grid: where nothing was sampled often among so many, nothing will be. */
const MOST_WAITING = 50_000;

/** Judges a run as it grows: pushes are cheap, and `judged` looks again only at the part that is not final yet; of each kind at most so many, if given. */
export function openRunJudge(options: AnalyseOptions = {}, clock: Exclude<Clock, 'ordinal'> = 'utc', most: MostJudged | null = null): RunJudge {
  const events: SourceEvent[] = [];
  /** What came before the grid was decided; null from then on. */
  let waiting: Waiting | null = { rows: [], facts: new Map() };
  /** Null where more waits than it has. */
  let followed: FollowedRun | null = null;

  const follow = (): FollowedRun => {
    if (followed !== null) return followed;
    followed = followRun(gridOf(waiting?.rows ?? []).period ?? ANY_PERIOD, options, most);
    for (const table of [...(waiting?.rows ?? []), ...(waiting?.facts.values() ?? [])]) followed.push(table);
    return followed;
  };

  return {
    push(tables, more = []) {
      for (const event of more) if (events.length < MAX_EVENTS) events.push(event);
      if (waiting === null) {
        const run = follow();
        for (const table of tables) run.push(table);
        run.advance();
        return;
      }
      for (const table of tables) wait(waiting, table);
      followed = null;
      if (waiting.rows.length < MOST_WAITING && !gridOf(waiting.rows).enough) return;
      follow().advance();
      waiting = null;
    },
    judged: (now) => follow().judged({ clock, events, now: now ?? options.now }),
    current: () => follow().current(),
    late: () => follow().late(),
  };
}

interface Waiting {
  readonly rows: Table[];
  /** The latest facts of each entity: said again and again they must not pile up. */
  readonly facts: Map<string, Table>;
}

function wait({ rows, facts }: Waiting, table: Table): void {
  if (table.t.length > 0) rows.push(table);
  if (table.t.length > 0 && table.facts.size === 0) return;
  const key = entityKey(table.entity);
  const before: Table = facts.get(key) ?? { entity: table.entity, t: new Float64Array(0), columns: new Map(), facts: new Map<FactName, string>() };
  facts.set(key, { ...before, facts: new Map([...before.facts, ...table.facts]) });
}
