import { dueIn, type Followed, shouldRebuild } from './follow.ts';
import type { Following } from './following.ts';
import type { Audience } from './types.ts';

/** Milliseconds of one slice of verdicts, and between two: while many are due, sockets and ingest have the other half of the thread. */
const BUDGET = 10;
const PAUSE = 10;

export interface JudgingOptions {
  readonly following: Pick<Following, 'all' | 'rebuild'>;
  readonly audience: Pick<Audience, 'watchesJob'>;
  /** Seconds UTC. */
  readonly now: () => number;
  readonly judge: (entry: Followed, at: number) => void;
}

/** Judges what is due in short slices: what is left goes on after others had their turn (an hour of history brings hundreds). */
export function judgeDue({ following, audience, now, judge }: JudgingOptions): { tick(): void; stop(): void } {
  let next: NodeJS.Timeout | null = null;
  let stopped = false;

  const slice = (): void => {
    next = null;
    const time = now();
    const started = performance.now();
    for (const entry of following.all()) if (shouldRebuild(entry, time)) following.rebuild(entry.job);
    const due = following
      .all()
      .filter((entry) => !entry.restoring)
      .map((entry) => ({ entry, in: dueIn(entry, audience.watchesJob(entry.job), time) }))
      .filter((one) => one.in <= 0)
      .sort((a, b) => a.in - b.in);
    for (const [index, { entry }] of due.entries()) {
      judge(entry, time);
      if (index === due.length - 1 || performance.now() - started <= BUDGET) continue;
      next = setTimeout(slice, PAUSE);
      return;
    }
  };
  return {
    tick() {
      if (next === null && !stopped) slice();
    },
    stop() {
      stopped = true;
      if (next !== null) clearTimeout(next);
    },
  };
}
