import { describe, expect, it } from 'vitest';
import { type EntityRef, rateOf, type Reading, tableOf, withRates, shownUnit } from '../../../core/readings/index.ts';

const NONE = Number.NaN;
const rates = (t: readonly number[], values: readonly number[], maxGap?: number): number[] => [
  ...rateOf(Float64Array.from(t), Float64Array.from(values), maxGap),
];

describe('rateOf', () => {
  it('is the mean rate since the value before, and the first value has none', () => {
    expect(rates([0, 10, 15], [100, 150, 150])).toEqual([NONE, 5, 0]);
  });

  it('spans a missed sample instead of losing it', () => {
    expect(rates([0, 10, 20], [100, NONE, 180])).toEqual([NONE, NONE, 4]);
  });

  it('leaves the interval of a reset out, neither negative nor guessed, and goes on after it', () => {
    expect(rates([0, 10, 20, 30], [100, 150, 20, 40])).toEqual([NONE, 5, NONE, 2]);
  });

  it('says nothing about a silence longer than the limit, which is 600 s unless given', () => {
    expect(rates([0, 600, 1200.5], [0, 600, 1200])).toEqual([NONE, 1, NONE]);
    expect(rates([0, 30, 61], [0, 30, 61], 30)).toEqual([NONE, 1, NONE]);
  });

  it('has none where no value or one value is there', () => {
    expect(rates([], [])).toEqual([]);
    expect(rates([0, 1], [NONE, 7])).toEqual([NONE, NONE]);
  });
});

describe('withRates', () => {
  const engine: EntityRef = { kind: 'engine', id: 'vllm@?' };
  const reading = (at: number, values: Reading['values']): Reading => ({ entity: engine, at, values });

  it('puts a rate under the gauge that the metric names, else under its own id, and keeps gauges', () => {
    const table = withRates(
      tableOf(engine, [
        reading(0, { 'engine.generationTokens': 0, 'engine.preemptions': 0, 'engine.running': 4 }),
        reading(10, { 'engine.generationTokens': 500, 'engine.preemptions': 2, 'engine.running': 5 }),
      ]),
    );
    expect([...(table.columns.get('engine.generationRate') ?? [])]).toEqual([NONE, 50]);
    expect(table.columns.has('engine.generationTokens')).toBe(false);
    expect([...(table.columns.get('engine.preemptions') ?? [])]).toEqual([NONE, 0.2]);
    expect([...(table.columns.get('engine.running') ?? [])]).toEqual([4, 5]);
  });

  it('lets the rate that the tool printed itself win over the counter', () => {
    const gpu: EntityRef = { kind: 'gpu', id: 'GPU-a' };
    const table = withRates(
      tableOf(gpu, [
        { entity: gpu, at: 0, values: { 'gpu.power': 300, 'gpu.energy': 0 } },
        { entity: gpu, at: 10, values: { 'gpu.power': 310, 'gpu.energy': 9000 } },
      ]),
    );
    expect([...(table.columns.get('gpu.power') ?? [])]).toEqual([300, 310]);
  });

  it('takes a late sample at its place in time', () => {
    const table = withRates(
      tableOf(engine, [
        reading(0, { 'engine.generationTokens': 0 }),
        reading(20, { 'engine.generationTokens': 300 }),
        reading(10, { 'engine.generationTokens': 100 }),
      ]),
    );
    expect([...table.t]).toEqual([0, 10, 20]);
    expect([...(table.columns.get('engine.generationRate') ?? [])]).toEqual([NONE, 10, 20]);
  });
});

describe('the unit that a metric is shown in', () => {
  it('is a gauge’s own, and per second for what a counter counts', () => {
    expect((['gpu.util', 'engine.running'] as const).map(shownUnit)).toEqual(['ratio', 'count']);
    expect((['engine.requests', 'host.netRx', 'gpu.energy', 'engine.forwardTime', 'engine.flops'] as const).map(shownUnit)).toEqual([
      '1/s',
      'bytes/s',
      'watts',
      'ratio',
      'flop/s',
    ]);
  });
});
