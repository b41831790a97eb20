// Past the door of server/answers: overlapping findings are counted by hand.
import { describe, expect, it } from 'vitest';
import type { Finding, Job } from '../../../core/contract/index.ts';
import { hoursLost } from '../../../server/answers/hours-lost.ts';

const job: Job = {
  cluster: 'c',
  id: 'a',
  name: 'a',
  user: null,
  project: null,
  partition: null,
  state: 'running',
  start: 0,
  end: null,
  timeLimit: null,
  nodes: ['n1', 'n2'],
  gpus: [
    { uuid: 'GPU-1', node: 'n1' },
    { uuid: 'GPU-2', node: 'n2' },
  ],
  gpuCount: 2,
  gpuType: null,
  cores: null,
  memory: null,
  model: null,
  dtype: null,
  tensorParallel: null,
  command: null,
  demo: false,
};
const finding = (changes: Partial<Finding>): { key: Job; finding: Finding } => ({
  key: job,
  finding: { id: 'idle', text: '', evidence: [], entity: null, from: null, to: null, ...changes },
});
const jobs = new Map([['c/a', job]]);

describe('GPU-hours lost', () => {
  it.each([
    ['nothing was idle', [], 0],
    ['the whole job was idle all the time', [finding({})], 20],
    ['it was idle for two hours', [finding({ from: 0, to: 7200 })], 4],
    ['one GPU was', [finding({ entity: 'GPU-1', from: 0, to: 3600 })], 1],
    ['one node was', [finding({ entity: 'n2', from: 0, to: 3600 })], 1],
    [
      'two findings say the same of one GPU',
      [finding({ entity: 'GPU-1', from: 0, to: 3600 }), finding({ id: 'no-process', entity: 'GPU-1', from: 1800, to: 5400 })],
      1.5,
    ],
    ['it began yesterday', [finding({ from: -7200, to: 3600 })], 2],
    ['a GPU ran hot, which is not idle', [finding({ id: 'thermal' })], 0],
  ])('%s', (_, findings, hours) => {
    expect(hoursLost(findings, jobs, 0, 36_000)).toBe(hours);
  });

  it('are not known where there is no job', () => {
    expect(hoursLost([], new Map(), 0, 36_000)).toBeNull();
  });
});
