import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { Analysis, Verdict } from '../../../core/contract/index.ts';
import type { Table } from '../../../core/readings/index.ts';
import { made, runOf, SERVING } from '../../support/telemetry.ts';

const gpu = (name: string, values: Parameters<typeof made>[1]['values']): Table => made('gpu', { node: 'n1', samples: 60, facts: { name }, values });
const engine = made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 60, values: SERVING });
const analysed = (...tables: readonly Table[]): Analysis => analyse(runOf(...tables), { model: 'llama-3.1-8b', dtype: 'bfloat16' });
const verdictOf = (...tables: readonly Table[]): Verdict => analysed(...tables).verdict;
const bandwidth = ({ figures, shares }: Verdict) => {
  const found = figures.find(({ label }) => label === 'Memory bandwidth');
  return { source: found?.source, ceiling: found?.ceiling, part: (found?.value ?? Number.NaN) / (found?.ceiling ?? Number.NaN), share: shares.memory };
};

// A100 SXM 40 GB: 1555 GB/s; H100 SXM: 3352 GB/s.
describe('memory bandwidth is one quantity with one ceiling: figure ÷ ceiling is the share', () => {
  it('by DCGM’s counter, of 0.80 of the peak', () => {
    const seen = bandwidth(
      verdictOf(gpu('NVIDIA A100-SXM4-40GB', { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.1, 'gpu.fp32Active': 0, 'gpu.dramActive': 0.6 }), engine),
    );
    expect(seen).toMatchObject({ source: 'dcgm', ceiling: 1244e9 });
    expect(seen.part).toBeCloseTo(0.75, 6);
    expect(seen.share).toBeCloseTo(0.75, 6);
  });

  it('by an engine’s work, of 0.83 of it', () => {
    const seen = bandwidth(verdictOf(gpu('NVIDIA A100-SXM4-40GB', { 'gpu.util': 0.97 }), engine));
    expect(seen).toMatchObject({ source: 'vllm', ceiling: 1290.65e9 });
    expect(seen.part).toBeCloseTo(seen.share ?? Number.NaN, 6);
  });

  it('by utilization.memory of a type whose scale is known, of what the counter’s is of', () => {
    const seen = bandwidth(verdictOf(gpu('NVIDIA H100 80GB HBM3', { 'gpu.util': 0.97, 'gpu.memUtil': 0.51 }), engine));
    expect(seen).toMatchObject({ source: 'nvidia-smi', ceiling: 2681.6e9 });
    expect(seen.part).toBeCloseTo(0.5, 6);
    expect(seen.share).toBeCloseTo(0.5, 6);
  });
});

const compute = ({ figures, shares }: Verdict) => {
  const found = figures.filter(({ label }) => label === 'Compute');
  const [{ source, ceiling, value } = { source: '', ceiling: null, value: Number.NaN }] = found;
  return { count: found.length, source, ceiling, part: value / (ceiling ?? Number.NaN), share: shares.compute };
};

describe('compute is one quantity with one ceiling: figure ÷ ceiling is the share', () => {
  it('by a model of the work, of what the card can do at the clock that it ran at', () => {
    const seen = compute(verdictOf(gpu('NVIDIA A100-SXM4-40GB', { 'gpu.util': 0.97, 'gpu.smClock': 705e6 }), engine));
    expect(seen).toMatchObject({ count: 1, source: 'vllm' });
    expect(seen.ceiling).toBeCloseTo(135.6e12, -11); // 0.869 × 312 TFLOP/s at half the clock
    expect(seen.part).toBeCloseTo(seen.share ?? Number.NaN, 6);
  });

  it('by the tensor pipe, of 0.87 of its peak at that clock, whatever a model of the work says beside it', () => {
    const { verdict, roofline } = analysed(
      gpu('NVIDIA A100-SXM4-40GB', { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7047, 'gpu.fp32Active': 0.2, 'gpu.dramActive': 0.3, 'gpu.smClock': 705e6 }),
      engine,
    );
    const seen = compute(verdict);
    expect(seen).toMatchObject({ count: 1, source: 'dcgm' });
    expect(seen.ceiling).toBeCloseTo(135.72e12, -10); // 0.87 × 312 TFLOP/s at half the clock
    expect(seen.part).toBeCloseTo(0.81, 6);
    expect(seen.share).toBeCloseTo(0.81, 6);
    // The roofline's points and its dashed roof are the same two.
    expect(roofline?.points[0]?.flops).toBeCloseTo(0.81 * 135.72e12, -10);
    expect(roofline?.practicalFraction).toBe(0.87);
  });

  it('by the pipe that works, with its name and its own peak', () => {
    const seen = compute(
      verdictOf(gpu('NVIDIA A100-SXM4-40GB', { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0, 'gpu.fp32Active': 0.6, 'gpu.dramActive': 0.3 })),
    );
    expect(seen).toMatchObject({ count: 1, source: 'dcgm, the FP32 pipe' });
    expect(seen.ceiling).toBeCloseTo(16.965e12, -10); // 0.87 × 19.5 TFLOP/s
    expect(seen.part).toBeCloseTo(seen.share ?? Number.NaN, 6);
  });

  it('is not told in FLOP/s where the integer pipe is the busiest: they are none', () => {
    const seen = compute(verdictOf(gpu('NVIDIA A100-SXM4-40GB', { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0, 'gpu.intActive': 0.6, 'gpu.dramActive': 0.3 })));
    expect(seen.count).toBe(0);
    expect(seen.share).toBeCloseTo(0.69, 2);
  });
});

describe('a link that is busy for as long as the GPU is empty', () => {
  const copying = (empty: number) =>
    verdictOf(gpu('NVIDIA A40', { 'gpu.grActive': 1 - empty, 'gpu.tensorActive': 0.01, 'gpu.fp32Active': 0, 'gpu.dramActive': 0.1, 'gpu.pcieRx': 21.5e9 }));

  it('explains the waiting: no cause is unknown beside it', () => {
    const { bottleneck, why } = copying(0.69);
    expect(bottleneck).toBe('transfer');
    expect(why.join()).not.toContain('cause unknown');
  });
});
