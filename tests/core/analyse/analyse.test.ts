import { describe, expect, it } from 'vitest';
import { Value } from 'typebox/value';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { AnalysisSchema, type Bottleneck } from '../../../core/contract/index.ts';
import { made, runOf, SERVING } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;

const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const gpu = (id: string, values: Values, samples = 120, period = 10): Table => made('gpu', { id, node: 'n1', samples, period, facts: A100, values });
const TRAINS: Values = { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7, 'gpu.dramActive': 0.3 };
const DECODES: Values = { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.05, 'gpu.dramActive': 0.7 };
const SPINS: Values = { 'gpu.grActive': 1, 'gpu.tensorActive': 0, 'gpu.dramActive': 0.005, 'gpu.fp32Active': 0 };
const RESTS: Values = { 'gpu.grActive': 0, 'gpu.tensorActive': 0, 'gpu.dramActive': 0 };
const vllm = (values: Values, samples = 120) => made('engine', { id: 'vllm@n1:8000', node: 'n1', samples, period: 10, values });

describe('several GPUs', () => {
  it('two training beside two decoding are mixed, and no mean of them is judged', () => {
    const { verdict, gpus } = analyse(runOf(gpu('a', TRAINS), gpu('b', TRAINS), gpu('c', DECODES), gpu('d', DECODES)));
    expect(gpus.map((one) => one.verdict.bottleneck)).toEqual(['compute', 'compute', 'memory', 'memory']);
    expect(verdict).toMatchObject({ bottleneck: 'balanced', candidates: ['compute', 'memory'], headroom: null, activity: 'unknown' });
    expect(verdict.grade).toBeLessThanOrEqual(0.5);
    expect(verdict.why[0]).toBe('mixed over 4 GPUs: 2 compute, 2 memory');
  });
  it('three of four decide, and their part multiplies the grade', () => {
    const { verdict } = analyse(runOf(gpu('a', TRAINS), gpu('b', TRAINS), gpu('c', TRAINS), gpu('d', DECODES)));
    expect(verdict).toMatchObject({ bottleneck: 'compute', grade: 0.638 });
    expect(verdict.gradeWhy).toContain('× 0.75: 3 of 4 working GPUs');
  });
  it('idle ones are counted out and said', () => {
    const { verdict } = analyse(runOf(gpu('a', TRAINS), gpu('b', RESTS), gpu('c', RESTS), gpu('d', RESTS)));
    expect(verdict).toMatchObject({ bottleneck: 'compute', grade: 0.85 });
    expect(verdict.why.join()).toContain('3 of 4 GPUs idle: not counted');
  });
  it('one rank working while three spin', () => {
    const { verdict, gpus } = analyse(runOf(gpu('a', TRAINS), gpu('b', SPINS), gpu('c', SPINS), gpu('d', SPINS)));
    expect(gpus.map((one) => one.verdict.bottleneck)).toEqual(['compute', 'overhead', 'overhead', 'overhead']);
    expect(gpus[1]?.verdict.modifiers).toEqual(['no progress']);
    expect(verdict.bottleneck).toBe('overhead');
    expect(verdict.why.join()).toContain('1 of 4 GPUs work, the others wait');
    expect(verdict.headroom).toBeNull();
  });
  it('an engine’s work is shared by the GPUs that it uses, not by those that stay empty', () => {
    const used: Values = { 'gpu.util': 0.97, 'gpu.memUsed': 36e9 };
    const spare: Values = { 'gpu.util': 0, 'gpu.memUsed': 0.5e9 };
    const serving = vllm(SERVING);
    const { gpus } = analyse(runOf(gpu('a', used), gpu('b', used), gpu('c', spare), gpu('d', spare), serving), { model: 'llama-3.1-8b' });
    expect(gpus.map((one) => one.verdict.bottleneck)).toEqual(['overhead', 'overhead', 'idle', 'idle']);
    expect(gpus[0]?.verdict.shares.memory).toBeCloseTo(0.301, 3);
  });
  it('also by one that rests at its end: it has worked', () => {
    const serving = vllm({ 'engine.running': 8, 'engine.waiting': 0, 'engine.steps': 50, 'engine.generationTokens': 400, 'engine.kvTokens': 4000 });
    const early: Values = { 'gpu.util': (i) => (i < 60 ? 0.97 : 0) };
    const { gpus } = analyse(runOf(gpu('a', { 'gpu.util': 0.97 }), gpu('b', early), serving), { model: 'llama-3.1-8b' });
    // Half of 50 × 15.0 GB + 50 × 4000 × 131,072 B a second, of 1290 GB/s.
    expect(gpus[0]?.verdict.shares.memory).toBeCloseTo(0.301, 2);
  });
  it('GPUs that change pace within two samples of each other have one edge', () => {
    const step = (at: number): Values => ({
      'gpu.grActive': 0.98,
      'gpu.tensorActive': (i) => (i < at ? 0.7 : 0.05),
      'gpu.dramActive': (i) => (i < at ? 0.3 : 0.7),
    });
    const { phases } = analyse(runOf(...[59, 60, 60, 61].map((at, i) => gpu(`g${i}`, step(at)))));
    expect(phases.map(({ verdict }) => verdict.bottleneck)).toEqual(['compute', 'memory']);
    const two = analyse(runOf(gpu('a', step(59)), gpu('b', step(60)))).phases;
    expect(two.map(({ verdict }) => verdict.bottleneck)).toEqual(['compute', 'memory']);
  });
});

describe('GPUs of one engine that are never busy at once', () => {
  const server = vllm({
    'engine.running': 4,
    'engine.waiting': 0,
    'engine.promptTokens': 40,
    'engine.requests': 0.3,
    'engine.steps': 8,
    'engine.generationTokens': 33,
    'engine.kvTokens': 4000,
  });
  const found = (busy: readonly [number, number], options: AnalyseOptions = {}) =>
    analyse(runOf(gpu('a', { 'gpu.util': busy[0], 'gpu.memUsed': 36e9 }), gpu('b', { 'gpu.util': busy[1], 'gpu.memUsed': 36e9 }), server), {
      model: 'llama-3.1-8b',
      ...options,
    }).gpus.map(({ verdict }) => verdict.bottleneck);
  it('take turns up to 115 % of one together: the host is not blamed for what may be a split by layers', () => {
    expect(found([0.55, 0.6])).toEqual(['unknown', 'unknown']);
    expect(found([0.56, 0.6])).toEqual(['host', 'host']);
  });
  it('are the host’s where its own counters show it, whatever the GPUs look like', () => {
    const hot = made('host', { id: 'n1', samples: 120, period: 10, values: { 'host.cpuMaxThread': 1 } });
    const { gpus } = analyse(runOf(gpu('a', { 'gpu.util': 0.3 }), gpu('b', { 'gpu.util': 0.3 }), hot));
    expect(gpus.map(({ verdict }) => verdict.bottleneck)).toEqual(['host', 'host']);
  });
  it('and from 5 to 70 % of the time each', () => {
    expect(found([0.051, 0.5], { pipelineParallel: 2 })).toEqual(['overhead', 'overhead']);
    expect(found([0.049, 0.5], { pipelineParallel: 2 })).toEqual(['host', 'host']);
    expect(found([0.69, 0.4])[1]).toBe('unknown');
    expect(found([0.71, 0.4])[1]).toBe('host');
  });
  it('and for 80 % of the time together: else most of the time nobody works, and the host is what both wait for', () => {
    expect(found([0.4, 0.4])).toEqual(['unknown', 'unknown']);
    expect(found([0.4, 0.39])).toEqual(['host', 'host']);
  });
  it('are overhead where they are known to be a pipeline, and the host’s where they are known to work abreast', () => {
    expect(found([0.5, 0.5], { pipelineParallel: 2 })).toEqual(['overhead', 'overhead']);
    expect(found([0.5, 0.5], { tensorParallel: 2 })).toEqual(['host', 'host']);
  });
});

describe('a GPU whose kernels do nothing', () => {
  it('is not hung while tokens come, nor by one counter alone', () => {
    const server = (tokens: number) =>
      vllm({ 'engine.running': 1, 'engine.waiting': 0, 'engine.promptTokens': 0, 'engine.steps': 1, 'engine.generationTokens': tokens });
    const modifiers = (values: Values, tokens: number) =>
      analyse(runOf(gpu('a', { 'gpu.grActive': 1, 'gpu.dramActive': 0.005, ...values }), server(tokens)), { model: 'llama-3.1-8b' }).gpus[0]?.verdict.modifiers;
    expect(modifiers({ 'gpu.tensorActive': 0, 'gpu.fp32Active': 0 }, 0)).toEqual(['no progress']);
    expect(modifiers({ 'gpu.tensorActive': 0, 'gpu.fp32Active': 0 }, 1)).toEqual([]);
    expect(modifiers({}, 0)).toEqual([]);
  });
});

describe('loading', () => {
  const loading = (read: number) =>
    analyse(
      runOf(
        gpu('a', { 'gpu.util': 0.01, 'gpu.memUsed': (i) => 1e9 + i * 0.1e9 }),
        made('host', { id: 'n1', samples: 120, period: 10, values: { 'host.fsReadRate': read } }),
      ),
    ).verdict;
  it('is storage’s where half of what came was read: less may have come from the page cache', () => {
    // 9 GB in 1,200 s
    expect(loading(3.76e6)).toMatchObject({ bottleneck: 'storage', activity: 'loading' });
    expect(loading(3.74e6)).toMatchObject({ bottleneck: 'unknown', candidates: ['storage', 'host', 'transfer'] });
  });
  it('over a long time is told with all that came', () => {
    const verdict = analyse(runOf(gpu('a', { 'gpu.util': 0.01, 'gpu.memUsed': (i) => 1e9 + i * 0.05e9 }, 600))).verdict;
    expect(verdict.why.join()).toMatch(/device memory rose by 2[0-9]\.?\d* GB/);
  });
});

describe('the job', () => {
  it('has the verdict with most seconds, told by its longest phase, and the time of each', () => {
    const table = gpu('a', { 'gpu.grActive': 0.98, 'gpu.tensorActive': (i) => (i < 50 ? 0.7 : 0.05), 'gpu.dramActive': (i) => (i < 50 ? 0.3 : 0.7) }, 121);
    const { verdict, mix } = analyse(runOf(table));
    expect(verdict).toMatchObject({ bottleneck: 'memory', activity: 'decode' });
    expect(verdict.shares.memory).toBeCloseTo(0.875, 10);
    expect(mix.bottleneck).toEqual({ compute: 500, memory: 700 });
  });
  it('of a short run with idle tails is its work', () => {
    const work = (i: number) => i >= 20 && i < 45;
    const table = gpu(
      'a',
      { 'gpu.grActive': (i) => (work(i) ? 0.97 : 0), 'gpu.tensorActive': (i) => (work(i) ? 0.05 : 0), 'gpu.dramActive': (i) => (work(i) ? 0.7 : 0) },
      71,
      1,
    );
    const { verdict, mix } = analyse(runOf(table));
    expect(verdict.bottleneck).toBe('memory');
    expect(verdict.shares.memory).toBeCloseTo(0.875, 10);
    expect(mix.bottleneck).toEqual({ idle: 45, memory: 25 });
  });
  it('of less than a tenth of work beside its rest is idle: a burst does not speak for ten minutes', () => {
    const burst = (samples: number) => (i: number) => i >= 5 && i < 5 + samples;
    const job = (samples: number) => {
      const works = burst(samples);
      const level = (value: number) => (i: number) => (works(i) ? value : 0);
      return analyse(runOf(gpu('a', { 'gpu.grActive': level(0.98), 'gpu.tensorActive': level(0.05), 'gpu.dramActive': level(0.7) }, 61))).verdict.bottleneck;
    };
    expect(job(5)).toBe('idle');
    expect(job(6)).toBe('memory');
  });
  it('that rested for ten minutes and more, longer than it worked, is idle', () => {
    const rest = (samples: number) =>
      gpu(
        'a',
        { 'gpu.grActive': (i) => (i < 30 ? 0.97 : 0), 'gpu.tensorActive': (i) => (i < 30 ? 0.05 : 0), 'gpu.dramActive': (i) => (i < 30 ? 0.7 : 0) },
        31 + samples,
      );
    expect(analyse(runOf(rest(60))).verdict.bottleneck).toBe('idle');
    expect(analyse(runOf(rest(59))).verdict.bottleneck).toBe('memory');
  });
});

describe('demand', () => {
  const work = (i: number) => i % 10 < 6;
  const server = vllm({ 'engine.running': (i) => (work(i) ? 4 : 0), 'engine.waiting': 0, 'engine.generationTokens': (i) => (i > 0 && work(i - 1) ? 100 : 0) });
  it('time without a request is idle, and the shares are of the rest', () => {
    const { verdict } = analyse(
      runOf(
        gpu('a', {
          'gpu.grActive': (i) => (work(i) ? 0.72 : 0),
          'gpu.tensorActive': (i) => (work(i) ? 0.04 : 0),
          'gpu.dramActive': (i) => (work(i) ? 0.5 : 0),
          'gpu.memUsed': 30e9,
        }),
        server,
      ),
    );
    expect(verdict.bottleneck).toBe('memory');
    expect(verdict.shares.busy).toBeCloseTo(0.72, 10);
    expect(verdict.tree.empty['idle']).toBeCloseTo(0.4, 1);
    expect(verdict.why.join()).toContain('the shares are of the rest');
    const { empty, busy, unexplained } = verdict.tree;
    expect([...Object.values(empty), ...Object.values(busy), unexplained ?? Number.NaN].reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
  });
});

describe('the time tree', () => {
  const sum = (parts: Record<string, number>) => Object.values(parts).reduce((a, b) => a + b, 0);
  it.each([
    ['compute', TRAINS],
    ['decode', DECODES],
    ['spinning', SPINS],
    ['rest', RESTS],
    ['starved', { 'gpu.grActive': 0.4, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.2 } satisfies Values],
    ['a share over what can be had', { 'gpu.grActive': 0.9, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.95 } satisfies Values],
  ])('of %s sums to one', (_, values) => {
    const { tree } = analyse(runOf(gpu('a', values))).verdict;
    expect(sum(tree.empty) + sum(tree.busy) + (tree.unexplained ?? Number.NaN)).toBeCloseTo(1, 10);
    expect(tree.unexplainedAtLeast ?? Number.NaN).toBeLessThanOrEqual(tree.unexplained ?? Number.NaN);
  });
  it('bounds what is unexplained: resources fully overlapped, and one after another', () => {
    const { tree } = analyse(runOf(gpu('a', { 'gpu.grActive': 0.95, 'gpu.tensorActive': 0.174, 'gpu.dramActive': 0.4 }))).verdict;
    expect(tree.busy).toEqual({ memory: 0.5 });
    expect(tree.unexplained).toBeCloseTo(0.45, 10);
    expect(tree.unexplainedAtLeast).toBeCloseTo(0.25, 10);
    const both = analyse(runOf(gpu('a', { 'gpu.grActive': 0.95, 'gpu.tensorActive': 0.6, 'gpu.dramActive': 0.6 }))).verdict.tree;
    expect(both.unexplainedAtLeast).toBe(0); // resources that work at once explain all of it
  });
});

describe('headroom and relief', () => {
  it('are 1 ÷ share and 1 ÷ max(next, 1 − share)', () => {
    const { headroom, relief } = analyse(runOf(gpu('a', { 'gpu.grActive': 1, 'gpu.tensorActive': 0.174, 'gpu.dramActive': 0.6 }))).verdict;
    expect(headroom).toBeCloseTo(1.3333, 4);
    expect(relief).toBeCloseTo(4, 10);
  });
  it('promise no more than the next limit allows, and no room where the ceiling was passed', () => {
    const at = (dram: number) => analyse(runOf(gpu('a', { 'gpu.grActive': 1, 'gpu.tensorActive': 0.522, 'gpu.dramActive': dram }))).verdict;
    expect(at(0.72).relief).toBeCloseTo(1 / 0.6, 10);
    expect(at(0.88).headroom).toBe(1);
  });
  it('are null for idle and unknown', () => {
    expect(analyse(runOf(gpu('a', RESTS))).verdict).toMatchObject({ headroom: null, relief: null });
    expect(analyse(runOf(gpu('a', { 'gpu.util': 0.99 }))).verdict).toMatchObject({ bottleneck: 'unknown', headroom: null, relief: null });
  });
});

describe('what nobody measured', () => {
  it('an empty run is unknown', () => {
    expect(analyse(runOf()).verdict).toMatchObject({ bottleneck: 'unknown', grade: 0, missing: ['any reading of a GPU, an engine or a host'] });
  });
  it('one sample is too few', () => {
    expect(analyse(runOf(gpu('a', TRAINS, 1))).verdict.bottleneck).toBe('unknown');
  });
  it('MIG hides utilisation: unknown, not zero', () => {
    const table = made('gpu', {
      id: 'MIG-1',
      samples: 60,
      facts: { name: 'NVIDIA A100-SXM4-40GB', migMode: 'Enabled' },
      values: { 'gpu.present': 1, 'gpu.memUsed': 5e9 },
    });
    const { verdict } = analyse(runOf(table));
    expect(verdict.bottleneck).toBe('unknown');
    expect(verdict.missing.join()).toContain('MIG');
  });
  it('an engine alone is judged by its work on the GPU that was given', () => {
    const serving = vllm({
      'engine.running': 8,
      'engine.waiting': 0,
      'engine.promptTokens': 400,
      'engine.requests': 2,
      'engine.steps': 60,
      'engine.generationTokens': 482,
      'engine.kvTokens': 4000,
    });
    const { verdict } = analyse(runOf(serving), { gpu: 'A100-40', model: 'llama-3.1-8b' });
    expect(verdict).toMatchObject({ bottleneck: 'memory', tier: 'A', activity: 'decode' });
  });
  it('a host alone has no GPU verdict', () => {
    expect(analyse(runOf(made('host', { samples: 60, values: { 'host.cpu': 0.5 } }))).verdict.bottleneck).toBe('unknown');
  });
});

it('an analysis is what the contract says', () => {
  const analysis = analyse(runOf(gpu('a', TRAINS), gpu('b', DECODES), vllm({ 'engine.running': 2, 'engine.generationTokens': 10 })), { model: 'llama-3.1-8b' });
  expect([...Value.Errors(AnalysisSchema, analysis)]).toEqual([]);
  expect(JSON.stringify(analysis)).not.toContain('NaN');
});

describe('the same job seen by less and less', () => {
  const NVIDIA_SMI = ['gpu.util', 'gpu.memUtil', 'gpu.power', 'gpu.memUsed'];
  const jobs: [string, Values, Values, Bottleneck][] = [
    [
      'decode',
      { 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.06, 'gpu.dramActive': 0.62, 'gpu.util': 0.98, 'gpu.memUtil': 0.5, 'gpu.power': 280, 'gpu.memUsed': 36e9 },
      { 'engine.steps': 60, 'engine.generationTokens': 482, 'engine.promptTokens': 300 },
      'memory',
    ],
    [
      'prefill',
      { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7, 'gpu.dramActive': 0.3, 'gpu.util': 0.99, 'gpu.memUtil': 0.2, 'gpu.power': 390, 'gpu.memUsed': 36e9 },
      { 'engine.steps': 8, 'engine.generationTokens': 15, 'engine.promptTokens': 15_000 },
      'compute',
    ],
    [
      'a slow host',
      { 'gpu.grActive': 0.35, 'gpu.tensorActive': 0.02, 'gpu.dramActive': 0.2, 'gpu.util': 0.35, 'gpu.memUtil': 0.1, 'gpu.power': 120, 'gpu.memUsed': 36e9 },
      { 'engine.steps': 15, 'engine.generationTokens': 122, 'engine.promptTokens': 50 },
      'host',
    ],
  ];
  it.each(jobs)('%s becomes vaguer, never something else', (_, card, counters, expected) => {
    const pick = (ids: readonly string[]): Values => Object.fromEntries(Object.entries(card).filter(([id]) => ids.includes(id)));
    const engine = vllm({ 'engine.running': 8, 'engine.waiting': 0, 'engine.requests': 0.5, 'engine.kvTokens': 4000, ...counters });
    const seen = [
      analyse(runOf(gpu('a', card), engine), { model: 'llama-3.1-8b' }),
      analyse(runOf(gpu('a', pick(NVIDIA_SMI)), engine), { model: 'llama-3.1-8b' }),
      analyse(runOf(gpu('a', card))),
      analyse(runOf(gpu('a', pick(NVIDIA_SMI)), engine)),
      analyse(runOf(gpu('a', pick(NVIDIA_SMI)))),
    ].map(({ verdict }) => verdict);
    expect(seen.map(({ tier }) => tier)).toEqual(['A', 'A', 'B', 'C', 'C']);
    expect(seen[0]?.bottleneck).toBe(expected);
    for (const { bottleneck, candidates } of seen.slice(1)) {
      if (bottleneck !== expected) expect({ bottleneck, has: candidates.includes(expected) }).toEqual({ bottleneck: 'unknown', has: true });
    }
    const grades = seen.map(({ grade }) => grade);
    expect(Math.max(...grades.slice(3))).toBeLessThanOrEqual(grades[0] ?? 0);
  });
});

describe('a server and a trainer on one node, of which nothing says whose GPU it is', () => {
  const trainer = made('engine', { id: 'trainer@n1', node: 'n1', samples: 120, period: 10, values: { 'engine.trainTokenRate': 500 } });
  it('are both not believed: a trainer’s GPU must not be judged by a server’s tokens', () => {
    const { verdict } = analyse(
      runOf(gpu('a', { 'gpu.util': 0.9 }), vllm({ 'engine.running': 4, 'engine.waiting': 0, 'engine.generationTokens': 100 }), trainer),
      {
        model: 'llama-3.1-8b',
      },
    );
    expect(verdict).toMatchObject({ activity: 'unknown', tier: 'C' });
    expect(verdict.missing.join()).toContain('which GPUs belong to which engine');
  });
  it('another node’s processes say nothing of this node’s GPUs', () => {
    const process = (node: string) =>
      made('process', { id: `${node}/1`, node, samples: 120, period: 10, values: { 'process.cpu': 1 }, facts: { trainer: 'torchrun' } });
    expect(analyse(runOf(gpu('a', TRAINS), process('n1'))).verdict.activity).toBe('training');
    expect(analyse(runOf(gpu('a', TRAINS), process('n2'))).verdict.activity).toBe('unknown');
  });
});
