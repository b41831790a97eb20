// Past the door of core/judging: cuts are tried on series of known steps, without a verdict on them.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { noiseScale, pelt } from '../../../core/judging/pelt.ts';
import { periodOfPattern } from '../../../core/judging/segments.ts';
import { gridPeriod, roundPeriod } from '../../../core/judging/period.ts';
import { made, randomOf, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number, at: number) => number)>>;

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

describe('samples that did not come', () => {
  const sampled = (t: readonly number[]): string | undefined => {
    const table = made('gpu', { samples: t.length, facts: A100, values: { 'gpu.util': 0.99, 'gpu.memUtil': 0.85 } });
    return analyse(runOf({ ...table, t: Float64Array.from(t) })).verdict.why[0];
  };
  const every10 = Array.from({ length: 60 }, (_, i) => i * 10);
  const without = (first: number, last: number): number[] => every10.filter((at) => at < first || at > last);

  it('are bridged over three periods and a fifth for jitter: two looks missed in a row are no silence', () => {
    expect(sampled(without(300, 310))).toContain('median of 60 busy samples');
    expect(sampled(every10.map((at) => (at >= 300 ? at + 26 : at)))).toContain('median of 62 busy samples'); // 36 s between two looks
    expect(sampled(every10.map((at) => (at >= 300 ? at + 27 : at)))).toContain('median of 60 busy samples');
  });
  it('are not made up over four periods: what a sampler did during an outage is not known', () => {
    expect(sampled(without(300, 320))).toContain('median of 57 busy samples');
  });
});

describe('several sources of one GPU', () => {
  const one = (values: Values, facts = A100) => made('gpu', { node: 'n1', samples: 60, facts, values });
  it('stand in for each other: where DCGM stopped, nvidia-smi still shows the work', () => {
    const stopped = one({ 'gpu.grActive': (i) => (i < 30 ? 0.97 : Number.NaN), 'gpu.util': 0.97, 'gpu.dramActive': 0.6, 'gpu.tensorActive': 0.05 });
    expect(analyse(runOf(stopped)).verdict.shares.busy).toBeCloseTo(0.97, 10);
    expect(analyse(runOf(stopped)).gpus[0]?.verdict.gradeWhy).toContain('× 1.00 ×');
    const seen = analyse(runOf(one({ 'gpu.grActive': (i) => (i < 30 ? 0.97 : Number.NaN), 'gpu.util': 0.5 }))).phases.at(-1)?.verdict.shares.busy;
    expect(seen).toBeCloseTo(0.5, 10);
  });
  it('that are two engines have their caches’ mean, not their sum: two half-full caches are half full', () => {
    const engine = (port: number) =>
      made('engine', { id: `vllm@n1:${port}`, node: 'n1', samples: 60, values: { 'engine.running': 2, 'engine.waiting': 0, 'engine.kvUsage': 0.6 } });
    const { figures } = analyse(runOf(one({ 'gpu.util': 0.9 }), engine(1), engine(2))).verdict;
    expect(figures.find(({ label }) => label === 'KV cache used')?.value).toBeCloseTo(0.6, 10);
    expect(figures.length).toBeGreaterThan(0);
  });
  it('that are two processes have the hotter one’s thread: two threads at half a core are none at its limit', () => {
    const process = (pid: number, thread: number) => made('process', { id: `n1/${pid}`, node: 'n1', samples: 60, values: { 'process.maxThread': thread } });
    const found = (first: number, second: number) => analyse(runOf(one({ 'gpu.util': 0.3 }), process(1, first), process(2, second))).verdict.bottleneck;
    expect(found(0.6, 0.6)).toBe('unknown');
    expect(found(0.6, 0.9)).toBe('host');
  });
  it('that are sampled at different paces are there all the time, each by its own: a slow one is no gap', () => {
    const fast = made('gpu', {
      node: 'n1',
      samples: 121,
      period: 5,
      facts: A100,
      values: { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 },
    });
    const rates = { 'host.ibSpeed': 12.5e9, 'host.ibRxRate': 9e9, 'host.ibTxRate': 9e9 };
    const slow = made('host', { id: 'n1', samples: 21, period: 30, values: rates });
    expect(analyse(runOf(fast, slow)).verdict).toMatchObject({ bottleneck: 'network', grade: 0.85 });
  });
  it('a counter says nothing of an outage: its growth over it is not known to be spread evenly', () => {
    const whole = made('engine', {
      id: 'vllm@1',
      samples: 200,
      period: 10,
      values: { 'engine.running': 4, 'engine.waiting': 0, 'engine.generationTokens': 100 },
    });
    const there = (_: unknown, i: number): boolean => i < 80 || i >= 110;
    const holed: Table = {
      ...whole,
      t: whole.t.filter(there),
      columns: new Map([...whole.columns].map(([id, column]) => [id, column.filter(there)])),
    };
    expect(analyse(runOf(holed)).phases.map(({ from, to }) => [from, to])).toEqual([
      [0, 800],
      [1100, 1990],
    ]);
  });
});

describe('demand', () => {
  it('goes on as before for ten missed scrapes: an engine that answers slowly has not begun to work', () => {
    const there = (_: unknown, i: number): boolean => i < 50 || i >= 59;
    const rests = made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 121, values: { 'engine.running': 0, 'engine.waiting': 0 } });
    const engine: Table = {
      ...rests,
      t: rests.t.filter(there),
      columns: new Map([...rests.columns].map(([id, column]) => [id, column.filter(there)])),
    };
    const gpu = made('gpu', { node: 'n1', samples: 121, facts: A100, values: { 'gpu.util': 0.1 } });
    expect(analyse(runOf(gpu, engine)).phases.map(({ verdict }) => verdict.bottleneck)).toEqual(['idle']);
  });
  it('is there where a working GPU makes tokens, though the gauge was looked at between two short requests', () => {
    const engine = made('engine', {
      id: 'vllm@n1:8000',
      node: 'n1',
      samples: 121,
      values: { 'engine.running': (i) => (i % 3 === 0 ? 1 : 0), 'engine.waiting': 0, 'engine.generationTokens': 100 },
    });
    const idle = (busy: number) =>
      analyse(runOf(made('gpu', { node: 'n1', samples: 121, facts: A100, values: { 'gpu.util': busy } }), engine)).verdict.tree.empty['idle'];
    expect(idle(0.9)).toBeUndefined();
    expect(idle(0.3)).toBeGreaterThan(0.5); // these tokens may be the next request’s
  });
  it('begins when a request is seen, not with tokens that a slow scrape spreads over the seconds before: rest is not shortened', () => {
    const begins = (i: number): boolean => i >= 60;
    const tables = [
      made('gpu', { node: 'n1', samples: 121, facts: A100, values: { 'gpu.util': (i) => (begins(i) ? 0.95 : 0) } }),
      made('engine', {
        id: 'vllm@n1:8000',
        node: 'n1',
        samples: 25,
        period: 5,
        values: { 'engine.running': (i) => (i >= 12 ? 8 : 0), 'engine.waiting': 0, 'engine.generationTokens': (i) => (i >= 12 ? 400 : 0) },
      }),
    ];
    expect(analyse(runOf(...tables)).phases.map(({ from, to, verdict }) => [from, to, verdict.activity])).toEqual([
      [0, 60, 'idle'],
      [60, 120, 'serving'],
    ]);
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
  it('work of three shortest phases between short pauses is a phase each time, not a pattern', () => {
    expect(phasesOf(busyTable(400, (i) => i % 40 < 33, 10))).toHaveLength(20);
  });
  it('a gigabyte that does not stand out of a noisy memory is no load: an idle GPU rests all the time', () => {
    // It goes up and down by 0.28 GB from look to look, and now and then by 1.06 GB twice, up and down again.
    const bump = (k: number): number => (k === 0 || k === 6 ? 1.2e9 : 2.26e9);
    const used = (i: number): number => 10e9 + (i % 40 >= 20 && i % 40 < 27 ? bump((i % 40) - 20) : i % 2 === 0 ? -0.14e9 : 0.14e9);
    const table = made('gpu', { samples: 400, period: 10, facts: A100, values: { 'gpu.util': 0.01, 'gpu.memUsed': used } });
    expect(phasesOf(table)).toEqual(['0–3990 idle']);
  });
  it('what is done parts phases, though the limit stays: reading prompts and writing answers are two things', () => {
    const gpu = made('gpu', {
      node: 'n1',
      samples: 240,
      period: 10,
      facts: A100,
      values: { 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.3, 'gpu.dramActive': 0.6 },
    });
    const engine = made('engine', {
      id: 'vllm@n1',
      node: 'n1',
      samples: 240,
      period: 10,
      values: {
        'engine.running': 4,
        'engine.waiting': 0,
        'engine.promptTokens': (i) => (i < 120 ? 5000 : 0),
        'engine.generationTokens': (i) => (i < 120 ? 0 : 500),
      },
    });
    expect(analyse(runOf(gpu, engine)).phases.map(({ verdict }) => `${verdict.bottleneck} ${verdict.activity}`)).toEqual(['memory prefill', 'memory decode']);
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
  it('ten samples at another pace are a phase of their own: a short evaluation is not averaged into the training around it', () => {
    const random = randomOf(4);
    const level = (i: number): number => (i >= 100 && i < 110 ? 0.2 : 0.6) + 0.01 * random();
    const table = made('gpu', { samples: 200, period: 10, facts: A100, values: { 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.05, 'gpu.dramActive': level } });
    expect(analyse(runOf(table)).phases.map(({ from, to }) => [from, to])).toEqual([
      [0, 1000],
      [1000, 1100],
      [1100, 1990],
    ]);
  });
  it.each([1260, 1280, 1290, 1320, 1370, 1390])('an edge at %d s, about where a long run is cut into spans, stays where it is', (edge) => {
    const random = randomOf(9);
    const noise = () => 0.01 * random();
    const table = made('gpu', {
      samples: 400,
      period: 10,
      facts: A100,
      values: {
        'gpu.grActive': 0.97,
        'gpu.tensorActive': (_, at) => (at < edge ? 0.05 : 0.7) + noise(),
        'gpu.dramActive': (_, at) => (at < edge ? 0.7 : 0.2) + noise(),
      },
    });
    expect(phasesOf(table)).toEqual([`0–${edge} memory`, `${edge}–3990 compute`]);
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

describe('the chart of a long run', () => {
  const engine = (samples: number, start: number, usage: (at: number) => number) =>
    made('engine', { id: 'vllm@1', samples, start, values: { 'engine.running': (_, at) => (at >= 303 ? 4 : 0), 'engine.kvUsage': (_, at) => usage(at) } });
  it('keeps the peak of a cache: a moment in which it was full is what one looks for', () => {
    const { timeline } = analyse(runOf(engine(2000, 0, (at) => (at === 1001 ? 1 : 0.2))));
    expect(timeline.t.length).toBeLessThanOrEqual(512);
    expect(Math.max(...(timeline.series['kvCache'] ?? []).map((value) => value ?? Number.NaN))).toBe(1);
  });
  it('says nothing of the time after ten minutes of silence: a counter’s growth over it is no rate of now', () => {
    const after = (silence: number): number | null | undefined => {
      const tokens = made('engine', { id: 'vllm@1', samples: 60, period: 10, values: { 'engine.running': 4, 'engine.generationTokens': 100 } });
      const t = tokens.t.map((at, i) => (i < 30 ? at : at + silence - 10));
      const { timeline } = analyse(runOf({ ...tokens, t }));
      return timeline.series['decode']?.[timeline.t.indexOf(290 + silence)];
    };
    expect(after(600)).toBeGreaterThan(0);
    expect(after(610)).toBeNull();
  });
  it('has its rows on the clock, wherever the run began', () => {
    for (const start of [0, 1]) {
      const { timeline } = analyse(runOf(engine(600, start, () => 0.2)));
      expect(timeline.t[(timeline.series['running'] ?? []).findIndex((value) => value === 4)]).toBe(304); // the row of 302 holds half of it
    }
  });
});
