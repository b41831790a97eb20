import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { FactName, MetricId, SourceEvent } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;

/** What the verdict names; the finding of a full cache goes with it. */
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
  const { verdict, findings } = analyse(
    runOf(
      made('gpu', { node: 'n1', samples: 60, facts: { name: 'NVIDIA H100 80GB HBM3' }, values: { 'gpu.util': 0.95 } }),
      made('engine', { id: 'vllm@n1', node: 'n1', samples: 60, values: { ...base, ...values }, facts }),
    ),
    { model: 'llama-2-13b', gpu: 'H100-64' },
  );
  expect(findings.map(({ id }) => id)).toEqual(verdict.bottleneck === 'capacity' ? ['kv-capacity'] : []);
  return verdict.bottleneck;
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
  it('is not a burst: others wait in half of the samples, and the number that runs stands still within a tenth', () => {
    const waits = (part: number) => bottleneck({ 'engine.waiting': (i) => (i % 10 < part ? 400 : 0) }, { maxNumSeqs: '256' });
    expect(waits(5)).toBe('capacity');
    expect(waits(4)).toBe('memory');
    const swings = (by: number) => bottleneck({ 'engine.running': (i) => 130 * (i % 2 === 0 ? 1 + by : 1 - by) }, { maxNumSeqs: '256' });
    expect(swings(0.09)).toBe('capacity');
    expect(swings(0.11)).toBe('memory');
  });
  it('is not a plateau by itself: 180 of 512 ran with a cache 19 % full, held back by the token budget', () => {
    expect(bottleneck({ 'engine.running': 180, 'engine.kvUsage': 0.19 }, { maxNumSeqs: '512' })).toBe('memory');
  });
  it('is found where the engine is heard late: its samples count, not the GPU’s', () => {
    const { findings } = analyse(
      runOf(
        made('gpu', { node: 'n1', samples: 600, facts: { name: 'NVIDIA H100 80GB HBM3' }, values: { 'gpu.util': 0.95 } }),
        made('engine', {
          id: 'vllm@n1',
          node: 'n1',
          samples: 180,
          start: 420,
          values: { 'engine.running': 130, 'engine.waiting': 400, 'engine.kvUsage': 0.97, 'engine.preemptions': 0.1 },
        }),
      ),
    );
    expect(findings.map(({ id }) => id)).toContain('kv-capacity');
    expect(findings.find(({ id }) => id === 'kv-capacity')?.evidence[0]).toBe('cache 95 % full or more in 100 % of the samples');
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
    const parts = (at: number) => {
      const works = (i: number): boolean => i < 40;
      const values: Values = {
        'gpu.grActive': 0.98,
        'gpu.tensorActive': (i) => (works(i) ? 0.7 : 0.05),
        'gpu.dramActive': (i) => (works(i) ? 0.3 : 0.7),
      };
      const table = made('gpu', { samples: 200, period: 10, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values });
      const { phases } = analyse({ clock: 'relative', tables: [table], events: [{ at, entity: null, kind: 'oom', text: 'CUDA out of memory' }] });
      return phases.map(({ verdict }) => verdict.bottleneck).join(' then ');
    };
    it('blames the phase in which it came, or that ended half a minute before: neither the one before nor the one after', () => {
      expect(parts(300)).toBe('capacity then memory');
      expect(parts(430)).toBe('capacity then capacity'); // the message may be late
      expect(parts(431)).toBe('compute then capacity');
    });
    it('of one GPU is told of that GPU', () => {
      const values: Values = { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7, 'gpu.dramActive': 0.3 };
      const tables = ['GPU-a', 'GPU-b'].map((id) => made('gpu', { id, samples: 60, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values }));
      const failed: SourceEvent = { at: 30, entity: { kind: 'gpu', id: 'GPU-b' }, kind: 'oom', text: 'CUDA out of memory' };
      const { gpus } = analyse({ clock: 'relative', tables, events: [failed] });
      expect(gpus.map(({ verdict }) => verdict.bottleneck)).toEqual(['compute', 'capacity']);
    });
    it('later it ended what was limited otherwise', () => {
      expect(failing(601)).toMatchObject({ bottleneck: 'compute' });
    });
  });
});
