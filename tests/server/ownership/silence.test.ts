import { describe, expect, it } from 'vitest';
import { silenceOf } from '../../../server/ownership/index.ts';
import { aJob } from '../../support/jobs.ts';

describe('why a job is silent', () => {
  const job = aJob('a', { nodes: ['n1', 'n2'], gpus: [{ uuid: 'GPU-a', node: 'n2' }] });
  const heard =
    (times: Record<string, number>) =>
    ({ id }: { id: string }) =>
      times[id] ?? null;

  it('names each node that says nothing, and since when', () => {
    expect(silenceOf(job, { lastOf: heard({ n1: 1000 }), now: 1180, patience: 180 })).toEqual([
      expect.stringContaining('No reading from node n2 yet') as string,
    ]);
    expect(silenceOf(job, { lastOf: heard({ n1: 1000, n2: 1181 }), now: 1181, patience: 180 })).toEqual([
      'No reading from node n1 since 1970-01-01T00:16:40Z: is its agent still running?',
    ]);
  });

  it('is nothing where a node’s GPUs speak, or the job does not run', () => {
    expect(silenceOf(job, { lastOf: heard({ n1: 1000, 'GPU-a': 1000 }), now: 1000, patience: 180 })).toEqual([]);
    expect(silenceOf({ ...job, end: 900 }, { lastOf: heard({}), now: 1000, patience: 180 })).toEqual([]);
  });

  it('may be that it names neither node nor GPU', () => {
    expect(silenceOf(aJob('x', { nodes: [] }), { lastOf: heard({}), now: 1000, patience: 180 })[0]).toContain('declare its nodes or GPUs');
  });
});
