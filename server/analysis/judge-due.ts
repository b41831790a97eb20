import { dueIn, type Followed, shouldRebuild } from './follow.ts';
import type { Following } from './following.ts';
import type { Audience } from './types.ts';

/** Milliseconds after which it is looked anew who is due: a page that has just been opened does not wait for hundreds of others. */
const LOOK = 50;

export interface JudgingOptions {
  readonly following: Pick<Following, 'all' | 'rebuild'>;
  readonly audience: Pick<Audience, 'watchesJob'>;
  /** Seconds UTC. */
  readonly now: () => number;
  readonly judge: (entry: Followed, at: number) => Promise<void>;
}

/** Judges what is due, one after another (an hour of history brings hundreds). */
export function judgeDue({ following, audience, now, judge }: JudgingOptions): { tick(): void; stop(): Promise<void> } {
  let judging: Promise<void> | null = null;
  let stopped = false;

  const dueNow = (): Followed[] => {
    const time = now();
    for (const entry of following.all()) if (shouldRebuild(entry, time)) following.rebuild(entry.job);
    return following
      .all()
      .filter((entry) => !entry.restoring && !entry.lost)
      .map((entry) => ({ entry, in: dueIn(entry, audience.watchesJob(entry.job), time) }))
      .filter((one) => one.in <= 0)
      .sort((a, b) => a.in - b.in)
      .map(({ entry }) => entry);
  };
  const judgeAll = async (): Promise<void> => {
    for (let due = dueNow(); due.length > 0; due = dueNow()) {
      const began = performance.now();
      for (const entry of due) {
        if (stopped) return;
        await judge(entry, now());
        if (performance.now() - began > LOOK) break;
      }
    }
  };
  return {
    tick() {
      if (judging !== null || stopped) return;
      judging = judgeAll().finally(() => (judging = null));
    },
    async stop() {
      stopped = true;
      await judging;
    },
  };
}
