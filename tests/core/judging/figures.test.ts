import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { Verdict } from '../../../core/contract/index.ts';
import type { Table } from '../../../core/readings/index.ts';
import { made, runOf, SERVING } from '../../support/telemetry.ts';

const gpu = (name: string, values: Parameters<typeof made>[1]['values']): Table => made('gpu', { node: 'n1', samples: 60, facts: { name }, values });
const engine = made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 60, values: SERVING });
const verdictOf = (...tables: readonly Table[]): Verdict => analyse(runOf(...tables), { model: 'llama-3.1-8b', dtype: 'bfloat16' }).verdict;
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

describe('compute by a model of the work', () => {
  it('is told of what the card can do at the clock that it ran at, as its share is', () => {
    const { figures, shares } = verdictOf(gpu('NVIDIA A100-SXM4-40GB', { 'gpu.util': 0.97, 'gpu.smClock': 705e6 }), engine);
    const found = figures.find(({ label }) => label === 'Compute');
    expect(found?.ceiling).toBeCloseTo(135.6e12, -11); // 0.869 × 312 TFLOP/s at half the clock
    expect((found?.value ?? Number.NaN) / (found?.ceiling ?? Number.NaN)).toBeCloseTo(shares.compute ?? Number.NaN, 6);
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
