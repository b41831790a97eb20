// Past the door of collectors/agent: node lists of every form, where an environment has one.
import { isWellFormed } from '../../../core/readings/index.ts';
import { describe, expect, it } from 'vitest';
import { expandNodes } from '../../../collectors/agent/slurm.ts';
import { ownJob } from '../../../collectors/agent/index.ts';

const about = { node: 'alvis3-02', now: 1_700_000_100 };
const ENV = {
  SLURM_JOB_ID: '4711',
  SLURM_CLUSTER_NAME: 'alvis',
  SLURM_JOB_NODELIST: 'alvis3-[01-02]',
  SLURM_NODEID: '1',
  SLURM_JOB_NAME: 'finetune',
  SLURM_JOB_USER: 'ana',
  SLURM_JOB_ACCOUNT: 'naiss1',
  SLURM_JOB_PARTITION: 'alvis',
  SLURM_JOB_START_TIME: '1700000000',
  SLURM_JOB_END_TIME: '1700003600',
  SLURM_CPUS_ON_NODE: '16',
  SLURM_MEM_PER_NODE: '65536',
  CUDA_VISIBLE_DEVICES: '0,1',
};

describe('the job that the agent runs in', () => {
  it("is declared as Slurm's environment tells it, in SI units", () => {
    expect(ownJob(ENV, about)).toEqual({
      cluster: 'alvis',
      id: '4711',
      first: false,
      gpus: '0,1',
      declaration: {
        name: 'finetune',
        user: 'ana',
        project: 'naiss1',
        partition: 'alvis',
        state: 'running',
        start: 1_700_000_000,
        timeLimit: 3600,
        nodes: ['alvis3-01', 'alvis3-02'],
        cores: 32,
        memory: 137_438_953_472,
      },
    });
  });

  it('is declared with a name that the server takes, however it was called', () => {
    const name = ownJob({ ...ENV, SLURM_JOB_NAME: `a\u202eb\nc${'🚀'.repeat(200)}` }, about)?.declaration.name;
    expect(name?.slice(0, 5)).toBe('a\ufffdb\ufffdc');
    expect([name?.length, isWellFormed(name ?? '\ud800')]).toEqual([199, true]);
  });

  it('a task of an array is a job of its own', () => {
    expect(ownJob({ ...ENV, SLURM_ARRAY_JOB_ID: '4700', SLURM_ARRAY_TASK_ID: '3' }, about)?.id).toBe('4700_3');
  });

  it('older Slurm says less: what it does not say is absent', () => {
    expect(ownJob({ SLURM_JOB_ID: '7' }, about)).toEqual({
      cluster: 'local',
      id: '7',
      first: true,
      gpus: null,
      declaration: { state: 'running', start: 1_700_000_100, nodes: ['alvis3-02'] },
    });
  });

  it('outside Slurm there is none, unless one is named', () => {
    expect(ownJob({}, about)).toBeNull();
    expect(ownJob({}, { ...about, id: 'alvis/9' })).toEqual({
      cluster: 'alvis',
      id: '9',
      first: true,
      gpus: null,
      declaration: { nodes: ['alvis3-02'], state: 'running', start: 1_700_000_100 },
    });
  });

  it('a job that is named beats the one it runs in', () => {
    expect(ownJob(ENV, { ...about, id: '99' })).toMatchObject({ cluster: 'alvis', id: '99', declaration: { nodes: ['alvis3-02'] } });
  });

  it("the host's long name stands for Slurm's short one", () => {
    expect(ownJob(ENV, { ...about, node: 'alvis3-02.local' })?.declaration.nodes).toEqual(['alvis3-01', 'alvis3-02.local']);
  });

  it.each([
    ['0', '0'],
    ['GPU-1a2b,GPU-3c4d', 'GPU-1a2b,GPU-3c4d'],
    ['', null],
    ['NoDevFiles', null],
    ['MIG-1', null],
    ['0;rm', null],
  ])('CUDA_VISIBLE_DEVICES=%j asks for %j', (visible, gpus) => {
    expect(ownJob({ ...ENV, CUDA_VISIBLE_DEVICES: visible }, about)?.gpus).toBe(gpus);
  });
});

describe('node lists', () => {
  it.each([
    ['alvis3-02', ['alvis3-02']],
    ['a1,b2', ['a1', 'b2']],
    ['alvis3-[08-10,12],alvis4-1', ['alvis3-08', 'alvis3-09', 'alvis3-10', 'alvis3-12', 'alvis4-1']],
    ['r[1-2]n[3,5]', ['r1n3', 'r1n5', 'r2n3', 'r2n5']],
    ['n[1-2]-ib', ['n1-ib', 'n2-ib']],
    ['', []],
    ['n[5-1]', []],
    ['n[x]', []],
    ['a1,n[1', []],
  ])('%j', (list, names) => {
    expect(expandNodes(list)).toEqual(names);
  });

  it('no list makes more than two thousand names', () => {
    expect(expandNodes('n[1-1999],m[1-1999]')).toHaveLength(2000);
    expect(expandNodes('n[1-999999999]')).toEqual([]);
  });
});
