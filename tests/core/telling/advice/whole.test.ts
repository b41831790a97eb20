import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../../core/readings/index.ts';
import { made, runOf, SERVING } from '../../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;
const gpus = (count: number, name: string, values: Values): Table[] =>
  Array.from({ length: count }, (_, i) => made('gpu', { id: `GPU-${i}`, node: 'n1', samples: 120, period: 5, facts: { name, index: `${i}` }, values }));
const verdictOf = (tables: readonly Table[], options: AnalyseOptions = {}) => analyse(runOf(...tables), options).verdict;
const process = (command: string): Table =>
  made('process', { id: 'n1/4711', node: 'n1', samples: 120, period: 5, facts: { command }, values: { 'process.cpu': 1 } });

describe('collectives over PCIe on eight T4', () => {
  const pcie = {
    'gpu.util': 0.98,
    'gpu.pcieRx': 9.5e9,
    'gpu.pcieTx': 9.2e9,
    'gpu.tensorActive': 0.1,
    'gpu.dramActive': 0.15,
    'gpu.fp32Active': 0.1,
    'gpu.grActive': 0.98,
  };
  it('are told to be fewer and larger, not to be copied from pinned memory', () => {
    const { bottleneck, advice } = verdictOf([...gpus(8, 'Tesla T4', pcie), process('torchrun --nproc-per-node 8 train.py')]);
    expect(bottleneck).toBe('transfer');
    expect(advice.join(' ')).toContain('in exchanges between 8 GPUs: make them fewer and larger');
    expect(advice.join(' ')).not.toMatch(/pin_memory/);
  });
  it('that come one way are batches', () => {
    const { advice } = verdictOf([...gpus(8, 'Tesla T4', { ...pcie, 'gpu.pcieTx': 0.6e9 }), process('torchrun --nproc-per-node 8 train.py')]);
    expect(advice.join(' ')).toMatch(/pin_memory=True/);
  });
});

describe('stages of a pipeline that wait for each other', () => {
  const engine = made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 120, period: 5, values: { ...SERVING, 'engine.requests': 1 } }); // each lasts 8 s, from look to look
  const tables = [...gpus(4, 'NVIDIA A100-SXM4-40GB', { 'gpu.util': 0.35, 'gpu.memUsed': 36e9 }), engine];
  it('are no host that schedules too late: at most a half, and more in flight is advised', () => {
    const { bottleneck, grade, candidates, advice } = verdictOf(tables, { pipelineParallel: 4, tensorParallel: 1 });
    expect(bottleneck).toBe('host');
    expect(grade).toBeLessThanOrEqual(0.5);
    expect(candidates).toContain('overhead');
    expect(advice.join(' ')).toContain('The layers are spread over 4 GPUs one after another');
    expect(advice.join(' ')).not.toMatch(/async-scheduling/);
  });
  it('are not those of a tensor-parallel group, whose GPUs work at once', () => {
    const { grade, advice } = verdictOf(tables, { tensorParallel: 4 });
    expect(grade).toBeGreaterThan(0.5);
    expect(advice.join(' ')).toMatch(/async-scheduling/);
  });
});

describe('one late GPU of eight', () => {
  const work = {
    'gpu.grActive': 0.98,
    'gpu.util': 0.98,
    'gpu.tensorActive': 0.2,
    'gpu.dramActive': 0.15,
    'gpu.fp32Active': 0.1,
    'gpu.nvlinkRx': 20e9,
    'gpu.nvlinkTx': 20e9,
  };
  const eight = (clock: number) =>
    gpus(8, 'NVIDIA A100-SXM4-40GB', work).map((table, i) => ({
      ...table,
      columns: new Map([...table.columns, ['gpu.smClock' as const, new Float64Array(120).fill(i === 3 ? clock : 1410e6)]]),
    }));
  it('is what the others wait for, not small kernels', () => {
    const { bottleneck, advice } = verdictOf(eight(800e6));
    expect(bottleneck).toBe('overhead');
    expect(advice[0]).toContain('The GPUs wait in every step for one that is slower');
    expect(advice.join(' ')).not.toMatch(/torch\.compile/);
  });
  it('at the others’ clock is none', () => {
    expect(verdictOf(eight(1400e6)).advice.join(' ')).toMatch(/torch\.compile/);
  });
});
