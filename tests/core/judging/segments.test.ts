// Past the door of core/judging: cuts are tried on series of known steps, without a verdict on them.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { Table } from '../../../core/readings/index.ts';
import { noiseScale, pelt } from '../../../core/judging/pelt.ts';
import { periodOfPattern } from '../../../core/judging/segments.ts';
import { gridPeriod, roundPeriod } from '../../../core/judging/period.ts';
import { made, randomOf, runOf } from '../../support/telemetry.ts';

const A100 = { name: 'NVIDIA A100-SXM4-40GB' };

describe('PELT', () => {
  const noisy = (levels: readonly number[], each: number, noise: number) => {
    const random = randomOf(7);
    return Float64Array.from({ length: levels.length * each }, (_, i) => (levels[Math.floor(i / each)] ?? Number.NaN) + noise * (2 * random() - 1));
  };
  it('finds the edges of three levels, to the sample', () => {
    const series = noisy([0.2, 0.8, 0.4], 60, 0.05);
    const scale = noiseScale(series, 10, 0.02);
    expect(pelt({ features: [series.map((v) => v / scale)], shortest: 10, stride: 2 })).toEqual([60, 120]);
  });
  it('finds a bump that no single cut would pay for', () => {
    const series = noisy([0.2, 0.2, 0.5, 0.2, 0.2, 0.2], 20, 0.05);
    const scale = noiseScale(series, 10, 0.02);
    expect(pelt({ features: [series.map((v) => v / scale)], shortest: 10, stride: 2 })).toEqual([40, 60]);
  });
  it('finds next to none in noise: edges in at most one of twenty', () => {
    const edges = Array.from({ length: 20 }, (_, seed) => {
      const random = randomOf(seed);
      const series = Float64Array.from({ length: 300 }, () => random());
      const scale = noiseScale(series, 10, 0.02);
      return pelt({ features: [series.map((v) => v / scale)], shortest: 10, stride: 2 }).length;
    });
    expect(edges.filter((count) => count > 0).length).toBeLessThanOrEqual(1);
  });
  it('takes a deviation of 0 for 0.02: an integer-quantised series is not chopped', () => {
    const series = Float64Array.from({ length: 200 }, (_, i) => (i === 57 || i === 120 ? 0.98 : 0.97));
    expect(noiseScale(series, 10, 0.02)).toBe(0.02);
    expect(pelt({ features: [series.map((v) => v / 0.02)], shortest: 10, stride: 2 })).toEqual([]);
  });
});

describe('a repeating pattern', () => {
  it('is found with its period', () => {
    expect(periodOfPattern(Float64Array.from({ length: 200 }, (_, i) => (i % 9 < 6 ? 1 : 0)))).toBe(9);
  });
  it('is none in a step or in noise', () => {
    const random = randomOf(3);
    expect(periodOfPattern(Float64Array.from({ length: 200 }, (_, i) => (i < 90 ? 0 : 1)))).toBeNull();
    expect(periodOfPattern(Float64Array.from({ length: 200 }, () => random()))).toBeNull();
  });
});

describe('the grid', () => {
  it.each([
    [1.0007, 1],
    [0.98, 1],
    [3, 5],
    [10.2, 10],
    [15.01, 15],
    [14, 15],
    [0.1, 0.1],
    [61, 60],
    [70, 120],
  ])('a period of %d s makes bins of %d s', (seen, width) => {
    expect(roundPeriod(seen)).toBe(width);
  });
  it('is as wide as the slowest tool that shows load: a finer one would repeat its samples', () => {
    const table = made('gpu', { samples: 100, values: { 'gpu.util': 0.5, 'gpu.dramActive': (i) => (i % 30 === 0 ? 0.5 : Number.NaN) } });
    expect(gridPeriod([table])).toBe(30);
  });
});

const busyTable = (samples: number, busy: (i: number) => boolean, period = 1): Table =>
  made('gpu', {
    samples,
    period,
    facts: A100,
    values: { 'gpu.grActive': (i) => (busy(i) ? 0.97 : 0), 'gpu.tensorActive': (i) => (busy(i) ? 0.05 : 0), 'gpu.dramActive': (i) => (busy(i) ? 0.7 : 0) },
  });
const phasesOf = (table: Table) => analyse(runOf(table)).phases.map(({ from, to, verdict }) => `${from}–${to} ${verdict.bottleneck}`);

describe('phases of one GPU', () => {
  it('work between idle tails', () => {
    expect(phasesOf(busyTable(61, (i) => i >= 10 && i < 40))).toEqual(['0–10 idle', '10–40 memory', '40–60 idle']);
  });
  it('two samples of rest are an edge, one is none', () => {
    expect(phasesOf(busyTable(61, (i) => i < 30 || i > 31))).toEqual(['0–30 memory', '30–32 idle', '32–60 memory']);
    expect(phasesOf(busyTable(61, (i) => i !== 30))).toEqual(['0–60 memory']);
  });
  it('a stall that repeats is one phase, whether every few samples or every few minutes', () => {
    for (const [length, work] of [
      [3, 2],
      [9, 6],
      [15, 9],
      [36, 27],
    ] as const) {
      expect(analyse(runOf(busyTable(1200, (i) => i % length < work, 10))).phases).toHaveLength(1);
    }
  });
  it('hours of work and hours of rest are phases', () => {
    const phases = phasesOf(busyTable(2400, (i) => Math.floor(i / 400) % 2 === 0, 10));
    expect(phases).toHaveLength(6);
  });
  it('a gap in the samples is in no phase and is not filled', () => {
    const table = busyTable(400, () => true, 10);
    const cut = (from: number, to: number): Table => ({
      ...table,
      t: table.t.slice(from, to),
      columns: new Map([...table.columns].map(([id, column]) => [id, column.slice(from, to)])),
    });
    const first = cut(0, 100);
    const second = cut(300, 400);
    const both: Table = {
      ...table,
      t: Float64Array.from([...first.t, ...second.t]),
      columns: new Map([...first.columns].map(([id, column]) => [id, Float64Array.from([...column, ...(second.columns.get(id) ?? [])])])),
    };
    const analysis = analyse(runOf(both));
    expect(analysis.phases.map(({ from, to }) => [from, to])).toEqual([
      [0, 1000],
      [3000, 3990],
    ]);
    expect(analysis.mix.bottleneck).toEqual({ memory: 1990 });
  });
  it('an edge stays where a share moves by a tenth, though the verdict does not', () => {
    const stepped = (level: number) =>
      made('gpu', {
        samples: 200,
        period: 10,
        facts: A100,
        values: { 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.05, 'gpu.dramActive': (i) => (i < 100 ? 0.5 : level) },
      });
    expect(analyse(runOf(stepped(0.59))).phases).toHaveLength(2);
    expect(analyse(runOf(stepped(0.57))).phases).toHaveLength(1);
  });
  it('an integer-quantised log of a week of idle and work is not chopped', () => {
    const random = randomOf(5);
    const table = made('gpu', {
      samples: 5000,
      period: 60,
      facts: A100,
      values: {
        'gpu.util': () => (random() < 0.1 ? 0.99 : 1),
        'gpu.memUtil': () => Math.round(40 + 6 * random()) / 100,
        'gpu.power': () => Math.round(300 + 20 * random()),
      },
    });
    expect(analyse(runOf(table)).phases).toHaveLength(1);
  });
});
