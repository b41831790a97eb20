import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { FactName, MetricId } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;

function bottleneck(values: Values, facts: Partial<Record<FactName, string>> = {}) {
  const base: Values = {
    'engine.running': 130,
    'engine.waiting': 400,
    'engine.kvUsage': 0.97,
    'engine.preemptions': 0,
    'engine.promptTokens': 2500,
    'engine.generationTokens': 2600,
    'engine.requests': 10,
  };
  return analyse(
    runOf(
      made('gpu', { node: 'n1', samples: 60, facts: { name: 'NVIDIA H100 80GB HBM3' }, values: { 'gpu.util': 0.95 } }),
      made('engine', { id: 'vllm@n1', node: 'n1', samples: 60, values: { ...base, ...values }, facts }),
    ),
    { model: 'llama-2-13b', gpu: 'H100-64' },
  ).verdict.bottleneck;
}

describe('capacity', () => {
  it('is a full cache together with preemptions', () => {
    expect(bottleneck({ 'engine.preemptions': 0.1 })).toBe('capacity');
    expect(bottleneck({ 'engine.preemptions': 0 })).toBe('memory');
  });
  it('asks for a cache of 95 % in a third of the samples; a test on the mean would miss one that fills and drains', () => {
    const inThirds = (full: number) => bottleneck({ 'engine.preemptions': 0.1, 'engine.kvUsage': (i) => (i % 3 === 0 ? full : 0.5) });
    expect(inThirds(0.95)).toBe('capacity');
    expect(inThirds(0.949)).toBe('memory');
    expect(bottleneck({ 'engine.preemptions': 0.1, 'engine.kvUsage': (i) => (i % 3 === 0 && i > 0 ? 0.97 : 0.5) })).toBe('memory');
  });
  it('is a full cache with a plateau of running requests under the allowed maximum while others wait', () => {
    expect(bottleneck({}, { maxNumSeqs: '256' })).toBe('capacity');
    expect(bottleneck({}, { maxNumSeqs: '130' })).toBe('memory');
    expect(bottleneck({ 'engine.waiting': 0 }, { maxNumSeqs: '256' })).toBe('memory');
  });
  it('is not a plateau by itself: 180 of 512 ran with a cache 19 % full, held back by the token budget', () => {
    expect(bottleneck({ 'engine.running': 180, 'engine.kvUsage': 0.19 }, { maxNumSeqs: '512' })).toBe('memory');
  });
  describe('an out-of-memory message', () => {
    const failing = (at: number) =>
      analyse({
        clock: 'relative',
        tables: [
          made('gpu', {
            samples: 200,
            period: 10,
            facts: { name: 'NVIDIA A100-SXM4-40GB' },
            values: { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7, 'gpu.dramActive': 0.3 },
          }),
        ],
        events: [{ at, entity: null, kind: 'oom', text: 'torch.OutOfMemoryError: CUDA out of memory.' }],
      }).verdict;
    it('soon after a phase began says what limited it', () => {
      expect(failing(600)).toMatchObject({ bottleneck: 'capacity', second: 'compute', grade: 0.85, headroom: null });
    });
    it('later it ended what was limited otherwise', () => {
      expect(failing(601)).toMatchObject({ bottleneck: 'compute' });
    });
  });
});
