// Past the door of server/analysis: cadence and waiting readings are tried without a clock and a store.
import { describe, expect, it } from 'vitest';
import { tableFromBlock } from '../../../core/readings/index.ts';
import type { Analysis } from '../../../core/contract/index.ts';
import { CADENCE, dueIn, firstChanged, shouldRebuild, shouldSave } from '../../../server/analysis/follow.ts';
import { after, hold, taken } from '../../../server/analysis/pending.ts';
import { tablesOfDelivery } from '../../../server/analysis/to-tables.ts';
import { followed } from '../../support/followed.ts';

const analysis = (words: string[]): Analysis =>
  ({
    verdict: { bottleneck: words.at(-1), activity: 'decode' },
    findings: [],
    phases: words.map((bottleneck, index) => ({ from: index, to: index + 1, verdict: { bottleneck, activity: 'decode' } })),
  }) as never; // only what the functions under test look at
describe('the next verdict', () => {
  it.each([
    ['watched, with news', true, true, 1],
    ['not watched, with news', true, false, 10],
    ['watched, without news', false, true, 10],
    ['not watched, without news', false, false, 60],
  ])('of a job that is %s is due after %s %s: %d s', (_, dirty, watched, seconds) => {
    expect(dueIn(followed({ dirty }), watched, 1000)).toBe(seconds);
    expect(dueIn(followed({ dirty }), watched, 1000 + seconds)).toBe(0);
    expect(CADENCE.watched).toBe(1);
  });
});

describe('a job that is slow to judge', () => {
  it('is judged so seldom that its verdicts take a tenth of the time, whoever watches', () => {
    expect(dueIn(followed({ dirty: true, took: 0.5 }), true, 1000)).toBe(5);
    expect(dueIn(followed({ dirty: true, took: 3 }), true, 1000)).toBe(30);
    expect(dueIn(followed({ dirty: true, took: 0.01 }), true, 1000)).toBe(1);
  });
});

describe('an analysis is saved', () => {
  it('at once when its words change, else every five minutes', () => {
    const one = analysis(['memory']);
    expect(shouldSave(followed({ analysis: one }), 1001)).toBe(true);
    expect(shouldSave(followed({ analysis: one, savedAs: 'memory decode 1' }), 1299.9)).toBe(false);
    expect(shouldSave(followed({ analysis: one, savedAs: 'memory decode 1' }), 1300)).toBe(true);
    expect(shouldSave(followed({ analysis: one, saving: true }), 2000)).toBe(false);
    expect(shouldSave(followed(), 2000)).toBe(false);
  });
});

describe('phases that a watcher has already', () => {
  it('are not sent again; the one that is still open always is', () => {
    expect(firstChanged(null, analysis(['idle', 'memory']))).toBe(0);
    expect(firstChanged(analysis(['idle', 'memory']), analysis(['idle', 'memory']))).toBe(1);
    expect(firstChanged(analysis(['idle', 'memory']), analysis(['idle', 'memory', 'compute']))).toBe(2);
    expect(firstChanged(analysis(['idle', 'memory', 'compute']), analysis(['idle', 'compute']))).toBe(1);
    expect(firstChanged(analysis([]), analysis([]))).toBe(0);
  });
});

describe('a tracker', () => {
  const block = (t: number[], columns: Record<string, (number | null)[]>) => ({ entity: { kind: 'gpu' as const, id: 'GPU-1', node: 'n1' }, t, columns });
  const delivery = (...blocks: ReturnType<typeof block>[]) => ({
    tables: blocks.map(tableFromBlock),
    facts: [],
    events: [],
  });

  it('is built again when many rows came late, but not at every one, and when its thread has died', () => {
    expect(shouldRebuild(followed({ late: 19 }), 300)).toBe(false);
    expect(shouldRebuild(followed({ late: 20 }), 299)).toBe(false);
    expect(shouldRebuild(followed({ late: 20 }), 300)).toBe(true);
    expect(shouldRebuild(followed({ lost: true }), 300)).toBe(true);
  });

  it('sees two tools that speak of one GPU in one batch as one table', () => {
    const [table, ...others] = tablesOfDelivery(delivery(block([10, 20], { 'gpu.util': [0.1, null] }), block([15, 20], { 'gpu.power': [300, 310] })));
    expect(others).toEqual([]);
    expect([...(table?.t ?? [])]).toEqual([10, 15, 20]);
    expect([...(table?.columns.get('gpu.util') ?? [])]).toEqual([0.1, Number.NaN, Number.NaN]);
    expect([...(table?.columns.get('gpu.power') ?? [])]).toEqual([Number.NaN, 300, 310]);
  });

  it('gets what came since the last verdict in one piece, in order', () => {
    const entry = followed();
    hold(entry, delivery(block([10, 20], { 'gpu.util': [0.1, 0.2] })));
    hold(entry, delivery(block([30], { 'gpu.util': [0.3], 'gpu.power': [300] })));
    expect(entry).toMatchObject({ dirty: true, lastReadingAt: 30 });
    const [table] = tablesOfDelivery(entry.pending);
    expect([...(table?.t ?? [])]).toEqual([10, 20, 30]);
    expect([...(table?.columns.get('gpu.power') ?? [])]).toEqual([Number.NaN, Number.NaN, 300]);
    expect(taken(entry).tables).toEqual([table]);
    expect(entry.pending.tables).toEqual([]);
  });

  it('gets no row twice that the store gave it already', () => {
    const run = { clock: 'utc' as const, events: [], tables: tablesOfDelivery(delivery(block([10, 20], { 'gpu.util': [0.1, 0.2] }))) };
    const rest = after(run, delivery(block([15, 20, 25], { 'gpu.util': [1, 1, 1] }), block([18], { 'gpu.util': [1] })));
    expect(rest.tables.map(({ t }) => [...t])).toEqual([[25]]);
  });

  it('is read from the store again when more comes than can be held meanwhile', () => {
    const entry = followed({ restoring: true });
    const many = delivery(...Array.from({ length: 30_000 }, (_, index) => block([index], { 'gpu.util': [1] })));
    hold(entry, many);
    hold(entry, many);
    expect(entry.overflown).toBe(false);
    hold(entry, many);
    expect(entry.overflown).toBe(true);
    expect(entry.pending.tables).toEqual([]);
  });

  it('hears a fact without a reading', () => {
    const [table] = tablesOfDelivery({ tables: [], facts: [{ entity: { kind: 'engine', id: 'vllm@n1' }, name: 'model', value: 'llama' }] });
    expect(table?.t.length).toBe(0);
    expect(table?.facts.get('model')).toBe('llama');
  });
});
