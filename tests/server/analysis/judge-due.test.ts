// Past the door of server/analysis: slices of verdicts are timed without a service.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openTracker } from '../../../core/analyse/index.ts';
import type { Followed } from '../../../server/analysis/follow.ts';
import { judgeDue } from '../../../server/analysis/judge-due.ts';
import { nothing } from '../../../server/analysis/pending.ts';
import { aJob } from '../../support/jobs.ts';

const followed = (id: string, changes: Partial<Followed> = {}): Followed => ({
  job: aJob(id),
  tracker: openTracker(),
  options: '',
  openedAt: 0,
  patience: 3,
  analysis: null,
  lastReadingAt: null,
  dirty: true,
  judgedAt: 1000,
  took: 0,
  changedAt: 1000,
  savedAt: 0,
  savedAs: '',
  saving: false,
  pending: nothing(),
  restoring: false,
  overflown: false,
  ...changes,
});
/** Milliseconds of work without a pause. */
const busyFor = (milliseconds: number): void => {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
};
const judging = (entries: Followed[], { watched = [] as string[], work = 0 } = {}) => {
  const judged: string[] = [];
  const rebuilt: string[] = [];
  const loop = judgeDue({
    following: { all: () => entries, rebuild: (job) => rebuilt.push(job.id) },
    audience: { watchesJob: ({ id }) => watched.includes(id) },
    now: () => 1010,
    judge: (entry, at) => {
      judged.push(entry.job.id);
      entry.judgedAt = at;
      busyFor(work);
    },
  });
  return { ...loop, judged, rebuilt };
};

describe('the verdicts that are due', () => {
  it('are given to those that waited longest first; one that is not due or reads its past waits', () => {
    const { tick, judged } = judging(
      [
        followed('due'),
        followed('soon', { judgedAt: 1001 }),
        followed('longest', { judgedAt: 900 }),
        followed('restoring', { judgedAt: 0, restoring: true }),
        followed('watched', { judgedAt: 1008 }),
      ],
      { watched: ['watched'] },
    );
    tick();
    expect(judged).toEqual(['longest', 'watched', 'due']);
  });

  it('are given in slices: others have their turn after forty milliseconds', async () => {
    const { tick, judged } = judging(
      ['a', 'b', 'c', 'd'].map((id) => followed(id)),
      { work: 50 },
    );
    tick();
    expect(judged).toEqual(['a']);
    tick(); // a slice is on its way already
    expect(judged).toEqual(['a']);
    await expect.poll(() => judged).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are not given after the end', async () => {
    const { tick, stop, judged } = judging(
      ['a', 'b', 'c'].map((id) => followed(id)),
      { work: 50 },
    );
    tick();
    stop();
    await pause(100);
    tick();
    expect(judged).toEqual(['a']);
  });

  it('follow a rebuild where too many rows came late', () => {
    const late = { ...openTracker(), late: () => 20 };
    const { tick, rebuilt } = judging([followed('late', { tracker: late }), followed('in time')]);
    tick();
    expect(rebuilt).toEqual(['late']);
  });
});
