import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number>>;
const LLAMA: AnalyseOptions = { model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16' };
/** One server of an 8B model: 20 steps a second of 15.0 GB, four requests over 2,000 tokens. */
const SERVES: Values = {
  'engine.running': 4,
  'engine.waiting': 0,
  'engine.generationTokens': 80,
  'engine.promptTokens': 0,
  'engine.steps': 20,
  'engine.kvTokens': 2000,
};
const card = (id = 'GPU-0'): Table =>
  made('gpu', { id, node: 'n1', samples: 60, facts: { name: 'NVIDIA A100-SXM4-80GB' }, values: { 'gpu.util': 0.97, 'gpu.memUsed': 70e9 } });
const server = (port: number, values: Values = {}, facts = {}): Table =>
  made('engine', { id: `vllm@n1:${port}`, node: 'n1', samples: 60, facts, values: { ...SERVES, ...values } });
const shares = (tables: readonly Table[], options = LLAMA) => analyse(runOf(...tables), options).gpus.map(({ verdict }) => verdict.shares.memory ?? Number.NaN);

describe('several engines', () => {
  const [alone] = shares([card(), server(8000)]);
  it('on one GPU each read their own weights and caches: the bytes add', () => {
    expect(alone).toBeCloseTo(0.178, 2);
    const [two] = shares([card(), server(8000), server(8001)]);
    expect(two).toBeCloseTo(2 * (alone ?? 0), 6);
    const [four] = shares([card(), server(8000), server(8001), server(8002), server(8003)]);
    expect(four).toBeCloseTo(4 * (alone ?? 0), 6);
  });
  it('on as many GPUs are replicas: each GPU does the work of one', () => {
    const spread = shares([card('GPU-0'), card('GPU-1'), server(8000), server(8001)]);
    expect(spread).toHaveLength(2);
    for (const share of spread) expect(share).toBeCloseTo(alone ?? 0, 6);
  });
  it('that name their GPUs have those', () => {
    const named = shares([card('GPU-0'), card('GPU-1'), server(8000, {}, { gpu: 'GPU-0' }), server(8001, {}, { gpu: 'GPU-0' })]);
    expect(named[0]).toBeCloseTo(2 * (alone ?? 0), 6);
    expect(named[1]).toBeNaN();
  });
  it('of which nothing says on which of fewer GPUs they work leave each GPU to its own counters, and that is said', () => {
    const tables = [card('GPU-0'), card('GPU-1'), server(8000), server(8001), server(8002)];
    const { verdict } = analyse(runOf(...tables), LLAMA);
    expect(verdict).toMatchObject({ shares: { memory: null } });
    expect(verdict.missing.join(' ')).toMatch(/which GPUs belong to which engine/);
  });
  it('of two models on several GPUs are no replicas: nothing says whose are whose', () => {
    const tables = [card('GPU-0'), card('GPU-1'), server(8000, {}, { model: 'meta-llama/Llama-3.1-8B' }), server(8001, {}, { model: 'Qwen/Qwen2.5-7B' })];
    const { verdict } = analyse(runOf(...tables));
    expect(verdict.missing.join(' ')).toMatch(/which GPUs belong to which engine/);
  });
  it('assumed to share a GPU are at most half sure', () => {
    const busy = { 'engine.steps': 40, 'engine.generationTokens': 160 };
    const { verdict } = analyse(runOf(card(), server(8000, busy), server(8001, busy)), LLAMA);
    expect(verdict).toMatchObject({ bottleneck: 'memory', grade: 0.5 });
    expect(verdict.why.join(' ')).toMatch(/assumed: 2 engines work on this GPU, each with its own weights/);
  });
});

describe('speculative decoding', () => {
  const drafted = (drafts: Values) => {
    const values: Values = { ...SERVES, 'engine.generationTokens': 240, ...drafts };
    delete values['engine.steps'];
    const engine = made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 60, values });
    return analyse(runOf(card(), engine), LLAMA).verdict;
  };
  it('takes as many tokens a step as were accepted besides: the weights are read less often', () => {
    // 240 tokens of four requests: 60 steps without, 20 with two accepted for each draft.
    expect(drafted({}).shares.memory).toBeCloseTo(3 * 0.178, 1);
    const { shares: with_, missing } = drafted({ 'engine.specDrafts': 80, 'engine.specAcceptedTokens': 160 });
    expect(with_.memory).toBeCloseTo(0.178, 2);
    expect(missing.join(' ')).toMatch(/reads of what drafts ahead/);
  });
  it('is not advised where it is on', () => {
    const advice = (drafts: Values) => drafted(drafts).advice.join(' ');
    expect(advice({})).toMatch(/speculative/);
    expect(advice({ 'engine.specDrafts': 80, 'engine.specAcceptedTokens': 0 })).not.toMatch(/speculative/);
  });
});
