import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;
const SAMPLES = 300;
const gpu = (values: Values): Table => made('gpu', { node: 'n1', samples: SAMPLES, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values });
const host = (values: Values): Table => made('host', { id: 'n1', samples: SAMPLES, values });
const judged = (tables: readonly Table[], options: AnalyseOptions = {}) => analyse(runOf(...tables), options).verdict;

/** No kernel, and everything else that was looked at rests. */
const STILL: Values = { 'gpu.grActive': 0, 'gpu.memUsed': 20e9, 'gpu.pcieRx': 2e6, 'gpu.pcieTx': 2e6 };

describe('idle', () => {
  it('is sure where no kernel ran, device memory stayed and the copy engine rested', () => {
    expect(judged([gpu(STILL)])).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
  it('is worth a half where nobody looked at the device memory: a slow load looks the same', () => {
    const verdict = judged([gpu({ 'gpu.grActive': 0, 'gpu.pcieRx': 2e6 })]);
    expect(verdict).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
    expect(verdict.gradeWhy).toMatch(/device memory was not looked at/);
  });
  it('is worth a half where device memory rises, though by less than a model in the part that is judged', () => {
    const filling = (perSecond: number) => judged([gpu({ ...STILL, 'gpu.memUsed': (i) => 1e9 + perSecond * i })]);
    expect(filling(3e6)).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
    expect(filling(3e6).gradeWhy).toMatch(/device memory rises/);
    expect(filling(1e5)).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
    expect(filling(-1e6)).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
    const noisy = judged([gpu({ ...STILL, 'gpu.memUsed': (i) => 20e9 + (i % 3) * 1e7 + i * 1e4 })]);
    expect(noisy).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
  it('is no rest where copies run, and worth a half where the lines of a node that is the job’s own do', () => {
    expect(judged([gpu({ ...STILL, 'gpu.pcieRx': 3e9 })])).toMatchObject({ bottleneck: 'unknown' });
    const line: Values = { 'host.ibSpeed': 12.5e9, 'host.ibRxRate': 2e9, 'host.ibTxRate': 1e7, 'host.cores': 64 };
    expect(judged([gpu(STILL), host(line)])).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
    expect(judged([gpu(STILL), host(line)], { cores: 8 })).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
  it('is the engine’s word where it says that no request came: then its cache may grow', () => {
    const engine = made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: SAMPLES, values: { 'engine.running': 0, 'engine.waiting': 0 } });
    expect(judged([gpu({ 'gpu.grActive': 0, 'gpu.memUsed': (i) => 30e9 + 3e6 * i }), engine])).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
  });
});

describe('a rest that nvidia-smi saw at moments', () => {
  /** One look a `period` at a card that holds a context, at rest in each. */
  const looks = (period: number, more: Values = {}): Table =>
    made('gpu', {
      node: 'n1',
      samples: 120,
      period,
      facts: { name: 'NVIDIA H100 80GB HBM3' },
      values: { 'gpu.util': 0, 'gpu.memUsed': 20e9, 'gpu.power': 121, 'gpu.powerLimit': 700, 'gpu.smClock': 1980e6, 'gpu.smClockMax': 1980e6, ...more },
    });
  it('may be a job that works in step with the looks, where they are further apart than 2.5 s: at most a half', () => {
    expect(judged([looks(1)])).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
    expect(judged([looks(2)])).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
    const seldom = judged([looks(5)]);
    expect(seldom).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
    expect(seldom.gradeWhy).toContain('nvidia-smi showed a second of every 5');
  });
  it('is sure where something counts over all of the time, or stands in a state that no job comes back to', () => {
    const sure = { bottleneck: 'idle', grade: 0.85 };
    expect(judged([looks(5, { 'gpu.grActive': 0 })])).toMatchObject(sure);
    expect(judged([looks(5, { 'gpu.dramActive': 0.002 })])).toMatchObject(sure);
    expect(judged([looks(5, { 'gpu.smClock': 345e6 })])).toMatchObject(sure);
    expect(judged([looks(5, { 'gpu.memUsed': 4e6 })])).toMatchObject(sure);
    const process = (thread: number) => made('process', { id: 'n1/7', node: 'n1', samples: 120, period: 5, values: { 'process.maxThread': thread } });
    expect(judged([looks(5), process(0.01)])).toMatchObject(sure);
    expect(judged([looks(5), process(0.2)])).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
  });
  it('is no rest where DRAM or a pipe worked that is counted over all of the time', () => {
    expect(judged([looks(5, { 'gpu.dramActive': 0.3 })]).bottleneck).not.toBe('idle');
    expect(judged([looks(5, { 'gpu.tensorActive': 0.3, 'gpu.dramActive': 0.02 })]).bottleneck).not.toBe('idle');
  });
});

describe('a load on a node that others use', () => {
  const loads = gpu({ 'gpu.grActive': 0, 'gpu.tensorActive': 0, 'gpu.dramActive': 0, 'gpu.memUsed': (i) => 1e9 + 6e7 * i });
  const shared: AnalyseOptions = { cores: 8 };
  const node: Values = { 'host.cores': 64, 'host.psiIo': 0.6 };
  it('may wait for nobody while its neighbours wait for their disks: storage at most a half', () => {
    expect(judged([loads, host(node)])).toMatchObject({ bottleneck: 'storage', grade: 0.85 });
    const verdict = judged([loads, host(node)], shared);
    expect(verdict).toMatchObject({ bottleneck: 'storage', grade: 0.5 });
    expect(verdict.gradeWhy).toMatch(/others use it/);
  });
  it('waits for storage where its own processes read half of what the node does', () => {
    const own = made('process', { id: 'n1/7', node: 'n1', samples: SAMPLES, values: { 'process.readChars': 1e9 } });
    expect(judged([loads, host({ ...node, 'host.fsReadRate': 2e9 }), own], shared)).toMatchObject({ bottleneck: 'storage', grade: 0.85 });
  });
  it('is not known to be the host’s by a thread that may be a neighbour’s', () => {
    const hot: Values = { 'host.cores': 64, 'host.cpuMaxThread': 0.99 };
    expect(judged([loads, host(hot)])).toMatchObject({ bottleneck: 'host', grade: 0.85 });
    expect(judged([loads, host(hot)], shared)).toMatchObject({ bottleneck: 'host', grade: 0.5 });
    const own = made('process', { id: 'n1/7', node: 'n1', samples: SAMPLES, values: { 'process.maxThread': 0.99 } });
    expect(judged([loads, host(hot), own], shared)).toMatchObject({ bottleneck: 'host', grade: 0.85 });
  });
});
