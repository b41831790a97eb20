// Past the door of server/ownership: rows are handed to jobs that meet within one table.
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../core/contract/index.ts';
import { tableFromBlock } from '../../../core/readings/index.ts';
import { jobIndex } from '../../../server/ownership/index.ts';
import { attribute } from '../../../server/ownership/attribute.ts';
import { aJob } from '../../support/jobs.ts';

const gpuTable = (id: string, t: number[]) => tableFromBlock({ entity: { kind: 'gpu', id, node: 'n1' }, t, columns: { 'gpu.util': t.map((at) => at / 1000) } });
const owners = (jobs: Job[], table: Parameters<typeof attribute>[1], claim?: string) => {
  const index = jobIndex();
  for (const one of jobs) index.put(one);
  if (claim !== undefined) index.claim(table.entity, claim);
  return attribute(index, table).map((part) => `${part.job.id} ${table.t.indexOf(part.table.t[0] ?? -1)}-${table.t.indexOf(part.table.t.at(-1) ?? -1) + 1}`);
};
const on = (uuid: string) => [{ uuid, node: 'n1' }];

describe('readings of a GPU', () => {
  it('belong to the job that holds its UUID', () => {
    expect(owners([aJob('a', { gpus: on('GPU-1') }), aJob('b', { gpus: on('GPU-2') })], gpuTable('GPU-2', [100, 101]))).toEqual(['b 0-2']);
  });

  it('belong to it from its start up to, not including, its end', () => {
    expect(owners([aJob('a', { gpus: on('GPU-1'), start: 100, end: 102 })], gpuTable('GPU-1', [99, 100, 101, 102, 103]))).toEqual(['a 1-3']);
  });

  it('go over to the next job on the same GPU within one table', () => {
    expect(
      owners([aJob('a', { gpus: on('GPU-1'), end: 102 }), aJob('b', { gpus: on('GPU-1'), start: 103 })], gpuTable('GPU-1', [100, 101, 102, 103, 104])),
    ).toEqual(['a 0-2', 'b 3-5']);
  });

  it('that no job lists belong to a job without a list only while it has the node for itself', () => {
    expect(owners([aJob('a')], gpuTable('GPU-9', [100]))).toEqual(['a 0-1']);
    expect(owners([aJob('a'), aJob('b', { gpus: on('GPU-1') })], gpuTable('GPU-9', [100]))).toEqual([]);
    expect(owners([aJob('a'), aJob('b')], gpuTable('GPU-9', [100]))).toEqual([]);
  });

  it('named by an index of the node join no job that lists UUIDs', () => {
    expect(owners([aJob('a', { gpus: on('GPU-1') })], gpuTable('n1#0', [100]))).toEqual([]);
  });
});

describe('readings of a node', () => {
  it('belong to every job on it', () => {
    expect(
      owners(
        [aJob('a'), aJob('b', { nodes: ['n1', 'n2'] }), aJob('c', { nodes: ['n2'] })],
        tableFromBlock({ entity: { kind: 'host', id: 'n1', node: 'n1' }, t: [100], columns: {} }),
      ),
    ).toEqual(['a 0-1', 'b 0-1']);
  });
});

describe('readings of an engine', () => {
  const engine = tableFromBlock({ entity: { kind: 'engine', id: 'vllm@n1:8000', node: 'n1' }, t: [100], columns: {} });

  it('belong to the one job on the node', () => {
    expect(owners([aJob('a')], engine)).toEqual(['a 0-1']);
  });

  it('where two jobs share the node belong to the one that claims it, else to none', () => {
    expect(owners([aJob('a'), aJob('b')], engine)).toEqual([]);
    expect(owners([aJob('a'), aJob('b')], engine, 'c/b')).toEqual(['b 0-1']);
  });
});

describe('the index', () => {
  it('forgets the nodes and GPUs that a job no longer has', () => {
    const index = jobIndex();
    index.put(aJob('a', { gpus: on('GPU-1') }));
    index.put(aJob('a', { gpus: on('GPU-2') }));
    expect(index.ownersAt({ kind: 'gpu', id: 'GPU-1', node: 'n1' }, 100)).toEqual([]);
    expect(index.ownersAt({ kind: 'gpu', id: 'GPU-2', node: 'n1' }, 100).map((one) => one.id)).toEqual(['a']);
    index.drop({ cluster: 'c', id: 'a' });
    expect([...index.all()]).toEqual([]);
  });

  it('gives the rows of a part as views on the table, and the table itself where they are all of it', () => {
    const index = jobIndex();
    index.put(aJob('a', { gpus: on('GPU-1'), start: 101 }));
    const table = gpuTable('GPU-1', [100, 101, 102]);
    const [part] = attribute(index, table);
    expect([...(part?.table.columns.get('gpu.util') ?? [])]).toEqual([0.101, 0.102]);
    expect(part?.table.t.buffer).toBe(table.t.buffer);
    expect(attribute(index, gpuTable('GPU-1', [101, 102]))).toHaveLength(1);
    const whole = gpuTable('GPU-1', [101, 102]);
    expect(attribute(index, whole)[0]?.table).toBe(whole);
  });

  it('asks for owners once between two times at which a job starts or ends, however many rows lie between', () => {
    const index = jobIndex();
    index.put(aJob('a', { gpus: on('GPU-1'), end: 150 }));
    index.put(aJob('b', { gpus: on('GPU-1'), start: 160 }));
    let asked = 0;
    const counting = { ...index, ownersAt: (...about: Parameters<typeof index.ownersAt>) => ((asked += 1), index.ownersAt(...about)) };
    const t = Array.from({ length: 1000 }, (_, second) => 100 + second);
    expect(attribute(counting, gpuTable('GPU-1', t)).map(({ job: { id }, table: rows }) => [id, rows.t[0], rows.t.at(-1)])).toEqual([
      ['a', 100, 149],
      ['b', 160, 1099],
    ]);
    expect(asked).toBe(3);
  });
});
