import { describe, expect, it } from 'vitest';
import { analyse, openTracker } from '../../../core/analyse/index.ts';
import { type MetricId, slice, type Table } from '../../../core/readings/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import { made, randomOf, runOf } from '../../support/telemetry.ts';

const A100 = { name: 'NVIDIA A100-SXM4-40GB' };

/** A server's day in short: loading, decode, prefill-heavy, rest, decode again, with noise. */
function aDay(samples: number): Table[] {
  const random = randomOf(11);
  const noise = () => 0.95 + 0.1 * random();
  const level = (i: number) => {
    const part = i / samples;
    if (part < 0.05) return { g: 0.02, tensor: 0, dram: 0.01, running: 0, prompt: 0, tokens: 0 };
    if (part < 0.4) return { g: 0.95, tensor: 0.05, dram: 0.6, running: 12, prompt: 200, tokens: 700 };
    if (part < 0.6) return { g: 0.98, tensor: 0.65, dram: 0.3, running: 20, prompt: 9000, tokens: 100 };
    if (part < 0.7) return { g: 0, tensor: 0, dram: 0, running: 0, prompt: 0, tokens: 0 };
    return { g: 0.9, tensor: 0.04, dram: 0.5, running: 8, prompt: 100, tokens: 500 };
  };
  const gpu = (id: string) =>
    made('gpu', {
      id,
      node: 'n1',
      samples,
      period: 10,
      start: 1.7e9,
      facts: A100,
      values: {
        'gpu.grActive': (i) => level(i).g * noise(),
        'gpu.tensorActive': (i) => level(i).tensor * noise(),
        'gpu.dramActive': (i) => level(i).dram * noise(),
        'gpu.memUsed': (i) => (i / samples < 0.03 ? 1e9 + i * 2e8 : 36e9),
        'gpu.memTotal': 42949672960,
        'gpu.power': (i) => 80 + 250 * level(i).g * noise(),
        'gpu.powerLimit': 400,
      },
    });
  const engine = made('engine', {
    id: 'vllm@n1:8000',
    node: 'n1',
    samples,
    period: 10,
    start: 1.7e9,
    values: {
      'engine.running': (i) => level(i).running,
      'engine.waiting': 0,
      'engine.kvUsage': 0.2,
      'engine.steps': (i) => (level(i).tokens > 0 ? 40 : 0),
      'engine.promptTokens': (i) => level(i).prompt,
      'engine.generationTokens': (i) => level(i).tokens,
      'engine.requests': (i) => level(i).tokens / 100,
    },
  });
  const host = made('host', {
    id: 'n1',
    samples: Math.floor(samples / 3),
    period: 30,
    start: 1.7e9,
    values: { 'host.cpu': () => 0.2 * noise(), 'host.psiIo': () => 0.01 * noise() },
  });
  return [gpu('GPU-a'), gpu('GPU-b'), engine, host];
}

const OPTIONS: AnalyseOptions = { model: 'llama-3.1-8b', tensorParallel: 2 };

/** Pushes tables in pieces of some seconds, as a server gets them. */
function pushed(tables: readonly Table[], seconds: number) {
  const tracker = openTracker(OPTIONS);
  const from = Math.min(...tables.map((table) => table.t[0] ?? Number.NaN));
  const to = Math.max(...tables.map((table) => table.t[table.t.length - 1] ?? Number.NaN));
  for (let at = from; at <= to; at += seconds) tracker.push(tables.map((table) => slice(table, at, at + seconds)).filter((table) => table.t.length > 0));
  return tracker;
}

describe('a run that is followed while it grows', () => {
  const tables = aDay(1500);
  const whole = analyse({ clock: 'utc', tables, events: [] }, OPTIONS);

  it('has several phases to begin with', () => {
    expect(whole.phases.map(({ verdict }) => `${verdict.bottleneck} ${verdict.activity}`)).toEqual([
      'unknown loading',
      'idle idle',
      'memory decode',
      'compute serving',
      'idle idle',
      'memory decode',
    ]);
  });
  it.each([10, 60, 605, 3600])('in pieces of %d s ends where the finished run begins', (seconds) => {
    const analysis = pushed(tables, seconds).analysis();
    expect(analysis.phases).toEqual(whole.phases);
    expect(analysis).toEqual(whole);
  });
  it('does not mind being asked in between', () => {
    const tracker = openTracker(OPTIONS);
    for (let at = 1.7e9; at <= 1.7e9 + 15_000; at += 300) {
      tracker.push(tables.map((table) => slice(table, at, at + 300)).filter((table) => table.t.length > 0));
      tracker.analysis();
      tracker.current();
    }
    expect(tracker.analysis()).toEqual(whole);
  });
  it('judges again what came before the model was named: a day’s first half would stay without a memory share', () => {
    const named = (table: Table): Table => (table.entity.kind === 'engine' ? { ...table, facts: new Map([['model', 'meta-llama/Llama-3.1-8B']]) } : table);
    const end = 1.7e9 + 15_000;
    const tracker = openTracker();
    for (let at = 1.7e9; at <= end; at += 600)
      tracker.push(tables.map((table) => slice(at < 1.7e9 + 12_000 ? table : named(table), at, at + 600)).filter(({ t }) => t.length > 0));
    const { phases } = analyse({ clock: 'utc', tables: tables.map(named), events: [] });
    expect(phases.some(({ to, verdict }) => to < 1.7e9 + 10_000 && verdict.tier === 'A')).toBe(true);
    expect(tracker.analysis().phases).toEqual(phases);
  });
  it('does not mind in which order its senders are heard', () => {
    expect(analyse({ clock: 'utc', tables: [...tables].reverse(), events: [] }, OPTIONS)).toEqual(whole);
  });
  it('says now what the last phase says', () => {
    const tracker = pushed(tables, 60);
    tracker.analysis();
    expect(tracker.current()).toMatchObject({ bottleneck: 'memory', activity: 'decode', tier: 'A' });
  });
  it('leaves out rows that come after later ones of the same entity, and counts them', () => {
    const tracker = openTracker(OPTIONS);
    tracker.push([slice(tables[0] ?? made('gpu', { samples: 1, values: {} }), 1.7e9, 1.7e9 + 2000)]);
    tracker.push([slice(tables[0] ?? made('gpu', { samples: 1, values: {} }), 1.7e9, 1.7e9 + 50)]);
    expect(tracker.late()).toBe(5);
    tracker.push([slice(tables[0] ?? made('gpu', { samples: 1, values: {} }), 1.7e9 + 1990, 1.7e9 + 2010)]);
    expect(tracker.late()).toBe(6); // the last row was sent again: it must not count twice
  });
  it('costs a push what its rows cost: the last hundred of two days are no slower than the first hundred', () => {
    const long = made('gpu', {
      samples: 17_280,
      period: 10,
      start: 1.7e9,
      facts: A100,
      values: { 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.5, 'gpu.dramActive': 0.3, 'gpu.power': 300 },
    });
    const tracker = openTracker();
    /** Milliseconds of this process's own CPU time: others on the machine take none of it. */
    const cost = (from: number, to: number) => {
      const before = process.cpuUsage();
      for (let i = from; i < to; i += 1) tracker.push([slice(long, 1.7e9 + i * 10, 1.7e9 + i * 10 + 5)]);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    cost(0, 600);
    const early = Math.min(cost(600, 700), cost(700, 800), cost(800, 900));
    tracker.push([slice(long, 1.7e9 + 9_000, 1.7e9 + 160_000)]);
    const late = Math.min(cost(16_000, 16_100), cost(16_100, 16_200), cost(16_200, 16_300));
    expect(late).toBeLessThan(10 * early + 5);
  });
});

describe('the grid of a run', () => {
  it('a counter that restarts in the middle has no negative rate and no guess', () => {
    const tokens = made('engine', { id: 'vllm@1', samples: 120, values: { 'engine.running': 4, 'engine.waiting': 0, 'engine.generationTokens': 100 } });
    const column = tokens.columns.get('engine.generationTokens' satisfies MetricId) ?? new Float64Array(0);
    const restart = column[60] ?? Number.NaN;
    for (let i = 60; i < 120; i += 1) column[i] = (column[i] ?? Number.NaN) - restart;
    const { verdict } = analyse(runOf(tokens));
    expect(verdict.figures.find((figure) => figure.label === 'Decode')?.value).toBeCloseTo(100, 6);
  });
});
