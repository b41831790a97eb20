import { describe, expect, it } from 'vitest';
import type { Table } from '../../../core/readings/index.ts';
import { bySpan, covers, jobIndex, rowsInSpans, spansOf } from '../../../server/ownership/index.ts';
import { aJob } from '../../support/jobs.ts';

const gpu = (id: string) => ({ kind: 'gpu' as const, id, node: 'n1' });
const engine = { kind: 'engine' as const, id: 'vllm@n1:1', node: 'n1' };
const process = { kind: 'process' as const, id: 'n1/7', node: 'n1' };
const listing = (...uuids: string[]) => ({ gpus: uuids.map((uuid) => ({ uuid, node: 'n1' })) });
const indexOf = (...jobs: ReturnType<typeof aJob>[]) => jobIndex().over(jobs);
const spansFor = (index: ReturnType<typeof jobIndex>, id: string, entity: Parameters<typeof spansOf>[1]) =>
  spansOf(index, entity, { from: 0, to: 1000, wanted: (job) => job.id === id }).map(({ from, to }) => `${from}-${to}`);

describe('the spans in which readings are a job’s', () => {
  it('of the node are its whole time, whoever is beside it', () => {
    const index = indexOf(aJob('a', { start: 100, end: 500 }), aJob('b', { start: 200, end: 300 }));
    expect(spansFor(index, 'a', { kind: 'host', id: 'n1', node: 'n1' })).toEqual(['100-500']);
  });

  it('of a GPU that it lists are its whole time; neighbours do not cut it', () => {
    const index = indexOf(aJob('a', { start: 100, end: 500, ...listing('GPU-1') }), aJob('b', { start: 200, end: 300, ...listing('GPU-2') }));
    expect(spansFor(index, 'a', gpu('GPU-1'))).toEqual(['100-500']);
    expect(spansFor(index, 'b', gpu('GPU-1'))).toEqual([]);
  });

  it('of a GPU that nobody lists are those in which a job without a list is alone on the node', () => {
    const index = indexOf(aJob('a', { start: 100, end: null }), aJob('b', { start: 200, end: 300 }), aJob('c', { start: 300, end: 400, ...listing('GPU-2') }));
    expect(spansFor(index, 'a', gpu('GPU-1'))).toEqual(['100-200', '400-1000']);
  });

  it('of a GPU that an earlier job listed are a later job’s that lists none', () => {
    const index = indexOf(aJob('a', { start: 100, end: 200, ...listing('GPU-1') }), aJob('b', { start: 200 }));
    expect([spansFor(index, 'a', gpu('GPU-1')), spansFor(index, 'b', gpu('GPU-1'))]).toEqual([['100-200'], ['200-1000']]);
  });

  it('of what nobody claims are those in which it is alone', () => {
    const index = indexOf(aJob('a', { start: 100, end: 500 }), aJob('b', { start: 200, end: 300 }));
    expect([spansFor(index, 'a', engine), spansFor(index, 'b', engine)]).toEqual([['100-200', '300-500'], []]);
  });

  it('of what the neighbour claims end where the neighbour begins', () => {
    const index = indexOf(aJob('a', { start: 100, end: 500 }), aJob('b', { start: 200, end: 300 }));
    index.claim(engine, 'c/b');
    expect([spansFor(index, 'a', engine), spansFor(index, 'b', engine)]).toEqual([['100-200', '300-500'], ['200-300']]);
    index.claim(engine, 'c/a');
    expect([spansFor(index, 'a', engine), spansFor(index, 'b', engine)]).toEqual([['100-500'], []]);
  });
});

describe('whose a process is where two jobs share the node', () => {
  const a = aJob('a', { user: 'ada', ...listing('GPU-a') });
  const b = aJob('b', { user: 'bob', ...listing('GPU-b') });
  const owners = (jobs: (typeof a)[], ...facts: (readonly ['job' | 'gpu' | 'user' | 'command', string])[]) => {
    const index = indexOf(...jobs);
    index.learn(facts.map(([name, value]) => ({ entity: process, name, value })));
    return index.ownersAt(process, 150).map(({ id }) => id);
  };
  it.each([
    ['a batch of b’s own named it', [['job', 'c/b']], ['b']],
    ['it works on a’s GPU', [['gpu', 'GPU-a']], ['a']],
    ['it is bob’s', [['user', 'bob']], ['b']],
    [
      'a claim beats the GPU, and the GPU the user',
      [
        ['user', 'ada'],
        ['gpu', 'GPU-a'],
        ['job', 'c/b'],
      ],
      ['b'],
    ],
    [
      'the GPU beats the user',
      [
        ['user', 'bob'],
        ['gpu', 'GPU-a'],
      ],
      ['a'],
    ],
    ['a job that is not there claims it, and nothing else is known', [['job', 'c/gone']], []],
    [
      'a job that is not there claimed it, and it works on b’s GPU now',
      [
        ['job', 'c/gone'],
        ['gpu', 'GPU-b'],
      ],
      ['b'],
    ],
    ['it works on a GPU of neither', [['gpu', 'GPU-x']], []],
    ['it is root’s', [['user', 'root']], []],
    ['only its command is known', [['command', 'a']], []],
  ] as const)('%s', (_, facts, expected) => {
    expect(owners([a, b], ...facts)).toEqual(expected);
  });

  it('a user with both jobs proves nothing, nor does one where another job does not say whose it is', () => {
    expect(owners([a, { ...b, user: 'ada' }], ['user', 'ada'])).toEqual([]);
    expect(owners([a, { ...b, user: null }], ['user', 'ada'])).toEqual([]);
  });

  it('a GPU that both list proves nothing', () => {
    expect(owners([a, { ...b, ...listing('GPU-a') }], ['gpu', 'GPU-a'])).toEqual([]);
  });
});

describe('spans', () => {
  const held = (id: string, ...spans: [number, number][]) => ({ entity: gpu(id), spans: spans.map(([from, to]) => ({ from, to })) });

  it('include their beginning and not their end', () => {
    const { spans } = held('x', [10, 20], [30, Number.POSITIVE_INFINITY]);
    expect([9.9, 10, 19.9, 20, 29.9, 30, 1e12].map((at) => covers(spans, at))).toEqual([false, true, true, false, false, true, true]);
  });

  it('of a time are asked for together, in order, and what lies outside it is not', () => {
    const groups = bySpan([held('a', [0, 100]), held('b', [0, Number.POSITIVE_INFINITY]), held('c', [70, 80], [0, 20]), held('d', [90, 100])], {
      from: 10,
      to: 90,
    });
    expect(groups.map((group) => [group.span.from, group.span.to, ...group.held.map(({ entity }) => entity.id)])).toEqual([
      [10, 90, 'a', 'b'],
      [10, 20, 'c'],
      [70, 80, 'c'],
    ]);
  });

  it('cut a table to their rows; a table that lies in them is left as it is', () => {
    const table: Table = {
      entity: gpu('a'),
      t: Float64Array.of(10, 20, 30, 40),
      columns: new Map([['gpu.power', Float64Array.of(1, Number.NaN, 3, 4)]]),
      facts: new Map(),
    };
    expect(rowsInSpans(table, [{ from: 10, to: Number.POSITIVE_INFINITY }])).toBe(table);
    const cut = rowsInSpans(table, held('a', [0, 20], [30, 40]).spans);
    expect([cut.t, cut.columns.get('gpu.power')]).toEqual([Float64Array.of(10, 30), Float64Array.of(1, 3)]);
    expect(rowsInSpans(table, []).t).toHaveLength(0);
  });
});
