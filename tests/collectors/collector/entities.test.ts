import { describe, expect, it } from 'vitest';
import { engineOf, hostOf, indexIn, type Place, placed, processOf } from '../../../collectors/collector/index.ts';

const onNode: Place = { node: 'n1', job: null, uuids: {} };
const inJob = (id: string): Place => ({ node: 'n1', job: `c/${id}`, uuids: {} });

describe('names outside the text that printed them', () => {
  it('keep two jobs on one node apart that each print "GPU 0"', () => {
    expect(placed({ kind: 'gpu', id: '#0' }, inJob('1')).id).toBe('n1/c/1#0');
    expect(placed({ kind: 'gpu', id: '#0' }, inJob('2')).id).toBe('n1/c/2#0');
    expect(placed({ kind: 'gpu', id: '#0' }, onNode).id).toBe('n1#0');
  });

  it('are UUIDs where the place knows them, but not those of another host of a fleet’s page', () => {
    const known = { ...onNode, uuids: { 0: 'GPU-a' } };
    expect(placed({ kind: 'gpu', id: '#0' }, known).id).toBe('GPU-a');
    expect(placed({ kind: 'gpu', id: '#0@n1', node: 'n1' }, known).id).toBe('GPU-a');
    expect(placed({ kind: 'gpu', id: '#0@n7', node: 'n7' }, known)).toEqual({ kind: 'gpu', id: 'n7#0', node: 'n7' });
  });

  it('leave a UUID alone', () => {
    expect(placed({ kind: 'gpu', id: 'GPU-1' }, inJob('1'))).toEqual({ kind: 'gpu', id: 'GPU-1', node: 'n1' });
  });

  it('give a host, an engine and a process their node', () => {
    expect(placed(hostOf('?'), onNode)).toEqual({ kind: 'host', id: 'n1', node: 'n1' });
    expect(placed(hostOf('n7'), onNode)).toEqual({ kind: 'host', id: 'n7', node: 'n7' });
    expect(placed(engineOf('vllm', undefined), inJob('1')).id).toBe('vllm@n1/c/1');
    expect(placed({ kind: 'engine', id: 'vllm@n7:8000', node: 'n7' }, onNode)).toEqual({ kind: 'engine', id: 'vllm@n7:8000', node: 'n7' });
    expect(placed({ kind: 'process', id: '?/77', node: '?' }, onNode)).toEqual({ kind: 'process', id: 'n1/77', node: 'n1' });
  });

  it('keep the parts of an engine that does not say where it listens apart from those of another job', () => {
    expect(placed(engineOf('vllm', 'n1', '1'), inJob('1')).id).toBe('vllm@n1/c/1/1');
    expect(placed(engineOf('vllm', 'n1', '1'), inJob('2')).id).toBe('vllm@n1/c/2/1');
  });
});

describe('an entity', () => {
  it('has no node where the text names none', () => {
    expect([hostOf('?'), processOf('?', 7), engineOf('vllm', undefined, '1')]).toEqual([
      { kind: 'host', id: '?' },
      { kind: 'process', id: '?/7' },
      { kind: 'engine', id: 'vllm@?/1' },
    ]);
    expect([hostOf('n1'), processOf('n1', 7), engineOf('vllm', 'n1')]).toEqual([
      { kind: 'host', id: 'n1', node: 'n1' },
      { kind: 'process', id: 'n1/7', node: 'n1' },
      { kind: 'engine', id: 'vllm@?', node: 'n1' },
    ]);
  });

  it.each([
    ['#3', '3'],
    ['#3@n1', '3'],
    ['n1/c/1#3', '3'],
    ['GPU-0123', null],
  ])('GPU %s is number %s of its tool', (id, index) => {
    expect(indexIn(id)).toBe(index);
  });
});
