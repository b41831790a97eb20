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
  it('is a full cache while requests wait, whether or not the engine counts preemptions or makes any', () => {
    expect(bottleneck({ 'engine.preemptions': 0.1 })).toBe('capacity');
    expect(bottleneck({ 'engine.preemptions': 0 })).toBe('capacity');
    expect(bottleneck({ 'engine.preemptions': Number.NaN })).toBe('capacity');
  });
  it('is no full cache that nobody waits for, unless the engine evicts', () => {
    expect(bottleneck({ 'engine.waiting': 0 })).toBe('memory');
    expect(bottleneck({ 'engine.waiting': 0, 'engine.preemptions': 0.1 })).toBe('capacity');
  });
  it('asks for a cache of 95 % in a third of the samples; a test on the mean would miss one that fills and drains', () => {
    const inThirds = (full: number, preemptions = 0) => bottleneck({ 'engine.preemptions': preemptions, 'engine.kvUsage': (i) => (i % 3 === 0 ? full : 0.5) });
    expect(inThirds(0.95)).toBe('capacity');
    expect(inThirds(0.949)).toBe('memory');
    expect(inThirds(0.95, 0.1)).toBe('capacity');
    expect(inThirds(0.949, 0.1)).toBe('memory');
    expect(bottleneck({ 'engine.kvUsage': (i) => (i % 3 === 0 && i > 0 ? 0.97 : 0.5) })).toBe('memory');
  });
  it('asks for requests that wait in those samples, not in others', () => {
    const fillsEvery = (waits: (i: number) => boolean) =>
      bottleneck({ 'engine.kvUsage': (i) => (i % 2 === 0 ? 0.97 : 0.5), 'engine.waiting': (i) => (waits(i) ? 400 : 0) });
    expect(fillsEvery((i) => i % 2 === 0)).toBe('capacity');
    expect(fillsEvery((i) => i % 2 === 1)).toBe('memory');
  });
  it('is not the engine’s own maximum: those that wait wait for that', () => {
    expect(bottleneck({}, { maxNumSeqs: '256' })).toBe('capacity');
    expect(bottleneck({}, { maxNumSeqs: '145' })).toBe('capacity');
    expect(bottleneck({}, { maxNumSeqs: '144' })).toBe('memory');
    expect(bottleneck({ 'engine.preemptions': 0.1 }, { maxNumSeqs: '130' })).toBe('memory');
  });
  it('is not a plateau by itself: 180 of 512 ran with a cache 19 % full, held back by the token budget', () => {
    expect(bottleneck({ 'engine.running': 180, 'engine.kvUsage': 0.19 }, { maxNumSeqs: '512' })).toBe('memory');
  });
  describe('without a gauge of the cache', () => {
    const unseen = (values: Values) =>
      analyse(
        runOf(
          made('gpu', { node: 'n1', samples: 60, facts: { name: 'NVIDIA H100 80GB HBM3' }, values: { 'gpu.util': 0.95 } }),
          made('engine', { id: 'vllm@n1', node: 'n1', samples: 60, values: { 'engine.running': 130, 'engine.generationTokens': 2600, ...values } }),
        ),
        { model: 'llama-2-13b', gpu: 'H100-64' },
      ).verdict;
    it('is said by preemptions while others wait, less surely', () => {
      expect(unseen({ 'engine.waiting': 400, 'engine.preemptions': 0.1 })).toMatchObject({ bottleneck: 'capacity', grade: 0.6 });
    });
    it('is not said by preemptions alone, nor by a queue alone', () => {
      expect(unseen({ 'engine.waiting': 0, 'engine.preemptions': 0.1 }).bottleneck).not.toBe('capacity');
      expect(unseen({ 'engine.waiting': 400, 'engine.preemptions': 0 }).bottleneck).not.toBe('capacity');
    });
  });
  it('is told of an engine whose GPUs nobody shows, with its finding', () => {
    const values: Values = { 'engine.running': 64, 'engine.waiting': 210, 'engine.kvUsage': 0.97, 'engine.generationTokens': 900 };
    const { verdict, findings } = analyse(runOf(made('engine', { id: 'sglang@?', samples: 20, values })));
    expect(verdict).toMatchObject({ bottleneck: 'capacity', grade: 0.85 });
    expect(findings).toMatchObject([{ id: 'kv-capacity' }]);
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
