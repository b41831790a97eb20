// Past the door of server/analysis: slices of verdicts are timed without a service.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Followed } from '../../../server/analysis/follow.ts';
import { judgeDue } from '../../../server/analysis/judge-due.ts';
import { followed } from '../../support/followed.ts';
import { aJob } from '../../support/jobs.ts';

const job = (id: string, changes: Partial<Followed> = {}): Followed => followed({ job: aJob(id), patience: 3, dirty: true, ...changes });
const judging = (entries: Followed[], { watched = [] as string[], work = 0 } = {}) => {
  const judged: string[] = [];
  const rebuilt: string[] = [];
  const loop = judgeDue({
    following: { all: () => entries, rebuild: (job) => rebuilt.push(job.id) },
    audience: { watchesJob: ({ id }) => watched.includes(id) },
    now: () => 1010,
    judge: async (entry, at) => {
      judged.push(entry.job.id);
      entry.judgedAt = at;
      await pause(work);
    },
  });
  return { ...loop, judged, rebuilt };
};

describe('the verdicts that are due', () => {
  it('are given to those that waited longest first; one that is not due, reads its past or has lost its tracker waits', async () => {
    const { tick, judged } = judging(
      [
        job('due'),
        job('soon', { judgedAt: 1001 }),
        job('longest', { judgedAt: 900 }),
        job('restoring', { judgedAt: 0, restoring: true }),
        job('lost', { judgedAt: 0, lost: true, openedAt: 1009 }),
        job('watched', { judgedAt: 1008 }),
      ],
      { watched: ['watched'] },
    );
    tick();
    await pause(50);
    expect(judged).toEqual(['longest', 'watched', 'due']);
  });

  it('are given one after another, and whoever is in more of a hurry comes before those that wait', async () => {
    const entries = ['a', 'b', 'c', 'd'].map((id) => job(id));
    const { tick, judged } = judging(entries, { work: 60 });
    tick();
    tick(); // they are being judged already
    expect(judged).toEqual(['a']);
    entries.push(job('hurry', { judgedAt: 0 }));
    await expect.poll(() => judged).toEqual(['a', 'hurry', 'b', 'c', 'd']);
  });

  it('are not given after the end, which waits for the one that is being judged', async () => {
    let over = false;
    const { tick, stop, judged } = judging(
      ['a', 'b', 'c'].map((id) => job(id)),
      { work: 60 },
    );
    tick();
    const stopped = stop().then(() => (over = true));
    await pause(10);
    expect(over).toBe(false);
    await stopped;
    tick();
    expect(judged).toEqual(['a']);
  });

  it('follow a rebuild where too many rows came late, or the tracker is lost', async () => {
    const { tick, rebuilt } = judging([job('late', { late: 20 }), job('lost', { lost: true }), job('in time')]);
    tick();
    await pause(20);
    expect(new Set(rebuilt)).toEqual(new Set(['late', 'lost']));
  });
});
