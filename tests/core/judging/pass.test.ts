import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;
const gpu = (values: Values = {}): Table =>
  made('gpu', { node: 'n1', samples: 60, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values: { 'gpu.grActive': 0.95, 'gpu.tensorActive': 0.05, ...values } });
const server = (values: Values): Table => made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 60, values });
const judged = (...tables: Table[]) => analyse(runOf(...tables), { model: 'meta-llama/Llama-3.1-8B', dtype: 'bfloat16' }).verdict;

/** Eight requests at every other look, none between: tokens came out all the time. */
const BURSTS: Values = {
  'engine.running': (i) => 8 * (i % 2),
  'engine.waiting': 0,
  'engine.promptTokens': 100,
  'engine.generationTokens': 480,
  'engine.kvTokens': (i) => 8000 * (i % 2),
};

describe('what shares a pass over the weights', () => {
  it('is what the looks that saw requests show: those that saw none made no pass smaller', () => {
    const counted = judged(gpu(), server({ ...BURSTS, 'engine.steps': 60 })).shares.memory ?? Number.NaN;
    const derived = judged(gpu(), server(BURSTS)).shares.memory ?? Number.NaN;
    // 60 × (15.0 GB + 8000 × 131072 B) ÷ (0.83 × 1555 GB/s)
    expect(counted).toBeCloseTo(0.747, 2);
    expect(derived / counted).toBeCloseTo(1, 2);
  });
});

describe('a share that is modelled', () => {
  const steady: Values = { ...BURSTS, 'engine.running': 8, 'engine.kvTokens': 8000 };
  const modelled = (steps: number) => judged(gpu(), server({ ...steady, 'engine.steps': steps, 'engine.generationTokens': 8 * steps }));
  const counted = (share: number) => judged(gpu({ 'gpu.dramActive': 0.8 * share }));
  it('is sure where a counter that stands beside it may be a quarter off and the label stays; a counter’s own edge is a tenth away', () => {
    expect(modelled(48)).toMatchObject({ bottleneck: 'memory', grade: 0.5 });
    expect(modelled(48).shares.memory).toBeCloseTo(0.6, 2);
    expect(modelled(48).gradeWhy).toContain('memory, which is modelled, were a fifth less');
    expect(modelled(52).grade).toBe(0.85);
    expect(counted(0.56).grade).toBeGreaterThan(0.5);
    expect(counted(0.54)).toMatchObject({ bottleneck: 'memory', grade: 0.5 });
  });
});

describe('steps of several engines on one card', () => {
  it('are those of all of them, counted or derived: each reads its own weights', () => {
    const engine = (port: number, values: Values) => made('engine', { id: `vllm@n1:${port}`, node: 'n1', samples: 60, values });
    const each: Values = { 'engine.running': 4, 'engine.waiting': 0, 'engine.promptTokens': 20, 'engine.generationTokens': 60, 'engine.kvTokens': 2000 };
    const of = (more: Values) => judged(gpu(), engine(8000, { ...each, ...more }), engine(8001, { ...each, ...more })).shares.memory ?? Number.NaN;
    const counted = of({ 'engine.steps': 15 });
    expect(counted).toBeCloseTo(0.356, 2);
    expect(of({}) / counted).toBeCloseTo(1, 2);
  });
});
