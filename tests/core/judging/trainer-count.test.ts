import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;
const LLAMA: AnalyseOptions = { model: 'llama-3.1-8b', dtype: 'bfloat16' };
const gpu = made('gpu', { node: 'n1', samples: 60, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values: { 'gpu.util': 0.97 } });
const trainer = (values: Values): Table => made('engine', { id: 'torchtitan@n1', node: 'n1', samples: 60, facts: { trainer: 'torchtitan' }, values });
const analysed = (values: Values, options = LLAMA) => analyse(runOf(gpu, trainer(values)), options);
const disagrees = (values: Values) => analysed(values).findings.some(({ id }) => id === 'sources-disagree');

/** 6 × 7.505 G × 4000 tokens = 180.1 TFLOP/s, 58 % of 312. */
const TOKENS = { 'engine.trainSteps': 0.1, 'engine.trainTokenRatePerGpu': 4000 };

describe('a trainer’s own FLOPs', () => {
  it('stand beside our count of its tokens', () => {
    expect(analysed({ ...TOKENS, 'engine.trainMfu': 0.6 }).progress?.logged).toContain(
      'as logged by torchtitan: MFU 60 %, 187 TFLOP/s per GPU; by Headroom’s count MFU 58 %, 180 TFLOP/s per GPU',
    );
    expect(analysed({ ...TOKENS, 'engine.trainMfu': 0.6 }, {}).progress?.logged?.join()).not.toMatch(/Headroom/);
    expect(analysed(TOKENS).progress?.logged?.join()).not.toMatch(/Headroom/);
  });

  it('that contradict it by more than it may err are told first, and nothing is sure', () => {
    const { findings, verdict } = analysed({ ...TOKENS, 'engine.trainMfu': 0.3 });
    expect(findings[0]?.id).toBe('sources-disagree');
    expect(findings[0]?.text).toMatch(/logs 93\.\d TFLOP\/s per GPU \(MFU 30 %\), and by Headroom’s count .* 180 TFLOP\/s \(MFU 58 %\)/);
    expect(verdict.grade).toBeLessThanOrEqual(0.5);
    expect(analysed({ ...TOKENS, 'engine.trainMfu': 0.58 }).verdict.grade).toBeGreaterThan(0.5);
  });

  it('may be a quarter less, and as much more as long sequences and a second forward pass cost', () => {
    expect(disagrees({ ...TOKENS, 'engine.trainFlopRate': 145e12 })).toBe(false);
    expect(disagrees({ ...TOKENS, 'engine.trainFlopRate': 143e12 })).toBe(true);
    expect(disagrees({ 'engine.trainTokenRatePerGpu': 1000, 'engine.trainFlopRate': 70e12 })).toBe(false);
    expect(disagrees({ 'engine.trainTokenRatePerGpu': 1000, 'engine.trainFlopRate': 100e12 })).toBe(true);
  });

  it('of an update beside tokens of a whole step with its rollout do not compare', () => {
    expect(disagrees({ ...TOKENS, 'engine.trainMfu': 0.1, 'engine.trainRollout': 0.7 })).toBe(false);
  });
});

describe('tokens per second that a trainer logs for each of its steps', () => {
  // Steps of 20,000 tokens that take 2 s and 8 s in turn: 40,000 tokens in 10 s, where the mean of the two rates is 6,250.
  const t = Float64Array.from({ length: 120 }, (_, i) => Math.floor(i / 2) * 10 + (i % 2 === 0 ? 2 : 10));
  const rates = t.map((_, i) => (i % 2 === 0 ? 10_000 : 2_500));
  const log = (more: Partial<Record<MetricId, Float64Array>>): Table => ({
    ...trainer({}),
    t,
    columns: new Map<MetricId, Float64Array>([['engine.trainTokenRate', rates], ...(Object.entries(more) as [MetricId, Float64Array][])]), // keys of a typed literal
  });
  const card = made('gpu', { node: 'n1', samples: 600, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values: { 'gpu.util': 0.97 } });
  const told = (table: Table) => {
    const { verdict, progress } = analyse(runOf(card, table), LLAMA);
    return [verdict.figures.find(({ label }) => label === 'Training')?.value ?? Number.NaN, progress?.now ?? Number.NaN];
  };

  it('are tokens over time in the verdict and in the pace, and no mean of rates', () => {
    for (const rate of told(log({}))) expect(Math.abs(rate / 4000 - 1)).toBeLessThan(0.03);
    for (const rate of told(log({ 'engine.trainStepTime': t.map((_, i) => (i % 2 === 0 ? 2 : 8)) }))) expect(Math.abs(rate / 4000 - 1)).toBeLessThan(0.03);
  });
});
