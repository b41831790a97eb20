// Past the door of server/ownership: rows are handed to jobs that meet within one block.
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../core/contract/index.ts';
import { blockOf, jobIndex } from '../../../server/ownership/index.ts';
import { attribute } from '../../../server/ownership/attribute.ts';

const job = (id: string, changes: Partial<Job> = {}): Job => ({
  cluster: 'c',
  id,
  name: id,
  user: null,
  project: null,
  partition: null,
  state: 'running',
  start: 100,
  end: null,
  timeLimit: null,
  nodes: ['n1'],
  gpus: [],
  gpuCount: 0,
  gpuType: null,
  cores: null,
  memory: null,
  model: null,
  dtype: null,
  tensorParallel: null,
  command: null,
  demo: false,
  ...changes,
});
const gpuBlock = (id: string, t: number[]) => ({ entity: { kind: 'gpu' as const, id, node: 'n1' }, t, columns: { 'gpu.util': t.map(() => 0.5) } });
const owners = (jobs: Job[], block: Parameters<typeof attribute>[1], claim?: string) => {
  const index = jobIndex();
  for (const one of jobs) index.put(one);
  if (claim !== undefined) index.claim(block.entity, claim);
  return attribute(index, block).map((part) => `${part.job.id} ${part.from}-${part.to}`);
};
const on = (uuid: string) => [{ uuid, node: 'n1' }];

describe('readings of a GPU', () => {
  it('belong to the job that holds its UUID', () => {
    expect(owners([job('a', { gpus: on('GPU-1') }), job('b', { gpus: on('GPU-2') })], gpuBlock('GPU-2', [100, 101]))).toEqual(['b 0-2']);
  });

  it('belong to it from its start up to, not including, its end', () => {
    expect(owners([job('a', { gpus: on('GPU-1'), start: 100, end: 102 })], gpuBlock('GPU-1', [99, 100, 101, 102, 103]))).toEqual(['a 1-3']);
  });

  it('go over to the next job on the same GPU within one block', () => {
    expect(
      owners([job('a', { gpus: on('GPU-1'), end: 102 }), job('b', { gpus: on('GPU-1'), start: 103 })], gpuBlock('GPU-1', [100, 101, 102, 103, 104])),
    ).toEqual(['a 0-2', 'b 3-5']);
  });

  it('that no job lists belong to a job without a list only while it has the node for itself', () => {
    expect(owners([job('a')], gpuBlock('GPU-9', [100]))).toEqual(['a 0-1']);
    expect(owners([job('a'), job('b', { gpus: on('GPU-1') })], gpuBlock('GPU-9', [100]))).toEqual([]);
    expect(owners([job('a'), job('b')], gpuBlock('GPU-9', [100]))).toEqual([]);
  });

  it('named by an index of the node join no job that lists UUIDs', () => {
    expect(owners([job('a', { gpus: on('GPU-1') })], gpuBlock('n1#0', [100]))).toEqual([]);
  });
});

describe('readings of a node', () => {
  it('belong to every job on it', () => {
    expect(
      owners([job('a'), job('b', { nodes: ['n1', 'n2'] }), job('c', { nodes: ['n2'] })], {
        entity: { kind: 'host', id: 'n1', node: 'n1' },
        t: [100],
        columns: {},
      }),
    ).toEqual(['a 0-1', 'b 0-1']);
  });
});

describe('readings of an engine', () => {
  const engine = { entity: { kind: 'engine' as const, id: 'vllm@n1:8000', node: 'n1' }, t: [100], columns: {} };

  it('belong to the one job on the node', () => {
    expect(owners([job('a')], engine)).toEqual(['a 0-1']);
  });

  it('where two jobs share the node belong to the one that claims it, else to none', () => {
    expect(owners([job('a'), job('b')], engine)).toEqual([]);
    expect(owners([job('a'), job('b')], engine, 'c/b')).toEqual(['b 0-1']);
  });
});

describe('the index', () => {
  it('forgets the nodes and GPUs that a job no longer has', () => {
    const index = jobIndex();
    index.put(job('a', { gpus: on('GPU-1') }));
    index.put(job('a', { gpus: on('GPU-2') }));
    expect(index.ownersAt({ kind: 'gpu', id: 'GPU-1', node: 'n1' }, 100)).toEqual([]);
    expect(index.ownersAt({ kind: 'gpu', id: 'GPU-2', node: 'n1' }, 100).map((one) => one.id)).toEqual(['a']);
    index.drop({ cluster: 'c', id: 'a' });
    expect([...index.all()]).toEqual([]);
  });

  it('cuts a block into the rows of a part', () => {
    const block = gpuBlock('GPU-1', [1, 2, 3]);
    expect(blockOf({ job: job('a'), block, from: 0, to: 3 })).toBe(block);
    expect(blockOf({ job: job('a'), block, from: 1, to: 2 })).toEqual({ entity: block.entity, t: [2], columns: { 'gpu.util': [0.5] } });
  });
});
