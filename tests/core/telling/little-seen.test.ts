import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { EntityKind, FactName, MetricId, SourceEvent, Table } from '../../../core/readings/index.ts';

const look = (
  kind: EntityKind,
  id: string,
  values: Partial<Record<MetricId, number>>,
  facts: Partial<Record<FactName, string>> = {},
  times: readonly number[] = [0],
): Table => ({
  entity: { kind, id },
  t: Float64Array.from(times),
  columns: new Map(Object.entries(values).map(([name, value]) => [name as MetricId, Float64Array.from(times, () => value)])), // keys of a typed literal
  facts: new Map(Object.entries(facts) as [FactName, string][]), // keys of a typed literal
});
const seen = (tables: readonly Table[], events: readonly SourceEvent[] = []) => analyse({ clock: 'utc', tables, events });
const busy = (id: string, util: number, times?: readonly number[]) =>
  look(
    'gpu',
    id,
    { 'gpu.util': util, 'gpu.power': 338, 'gpu.powerLimit': 350, 'gpu.memUsed': 43e9, 'gpu.memTotal': 48e9 },
    { name: 'Some New Card', index: id.slice(1) },
    times,
  );
const lost: SourceEvent = { at: null, entity: null, kind: 'gpu-error', text: 'Failed to initialize NVML: Driver/library version mismatch' };

describe('one look', () => {
  it('at several GPUs is told GPU by GPU, and no type is asked for that a tool printed', () => {
    const { verdict } = seen([busy('#0', 0.99), busy('#1', 0.98)]);
    expect(verdict.why).toEqual([
      'one look, no verdict: GPU 0: Some New Card, 99 % busy, 338 of 350 W, 43.0 of 48.0 GB',
      'GPU 1: Some New Card, 98 % busy, 338 of 350 W, 43.0 of 48.0 GB',
    ]);
    expect(verdict.bottleneck).toBe('unknown');
    expect(verdict.missing).toEqual([]);
    expect(verdict.advice).toEqual([expect.stringMatching(/^Look for longer/)]);
  });

  it('at one GPU says the same', () => {
    const { verdict, gpus } = seen([busy('#0', 0.99)]);
    expect(verdict.why[0]).toBe('one look, no verdict: GPU 0: Some New Card, 99 % busy, 338 of 350 W, 43.0 of 48.0 GB');
    expect(gpus[0]?.verdict.why[0]).toBe(verdict.why[0]);
  });

  it('at an engine, a host and its processes shows them', () => {
    const { verdict } = seen([
      look('engine', 'vllm@?', { 'engine.running': 12, 'engine.waiting': 3, 'engine.kvUsage': 0.42 }),
      look('host', '?', { 'host.cpu': 0.08, 'host.cores': 24, 'host.load1': 3 }),
      look('process', '?/8', { 'process.cpu': 1.003 }, { command: 'VLLM::EngineCore' }),
    ]);
    expect(verdict.why.slice(0, 3)).toEqual([
      'one look, no verdict: vllm: running 12, waiting 3, KV cache 42 %',
      'the host: CPU 8 % of 24 cores, load 3',
      'process 8 (VLLM::EngineCore): 100 % of a core',
    ]);
  });

  it('is none where there are two: then the verdict has its own words', () => {
    expect(seen([busy('#0', 0.99, [0, 1]), busy('#1', 0.98, [0, 1])]).verdict.why.join()).not.toContain('one look');
  });
});

describe('a fault of a GPU', () => {
  it('is the answer where nothing was measured, and nothing more is to be measured', () => {
    const { verdict, findings } = seen([], [lost]);
    expect(findings.map(({ id }) => id)).toEqual(['gpu-error']);
    expect(verdict.why).toEqual([findings[0]?.text]);
    expect([verdict.missing, verdict.advice, verdict.tries]).toEqual([[], [], []]);
  });

  it('stands before what the one look shows', () => {
    const { why } = seen([busy('#0', 0.99)], [lost]).verdict;
    expect(why[0]).toMatch(/^The NVIDIA driver was updated/);
    expect(why[1]).toMatch(/^one look, no verdict: GPU 0/);
  });

  it('leaves nothing measured what it was without one', () => {
    expect(seen([], []).verdict.why).toEqual(['nothing was measured']);
  });
});
