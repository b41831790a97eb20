import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;
const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const gpu = (values: Values, id = 'GPU-0'): Table => made('gpu', { id, node: 'n1', samples: 60, facts: A100, values });
const host = (values: Values): Table => made('host', { id: 'n1', samples: 60, values });
const judged = (tables: readonly Table[], options: AnalyseOptions = {}) => analyse(runOf(...tables), options).verdict;

/** Works in every second sample and is empty in the others. */
const HALF: Values = { 'gpu.grActive': (i) => i % 2, 'gpu.tensorActive': (i) => 0.2 * (i % 2), 'gpu.dramActive': (i) => 0.2 * (i % 2) };
const IB = { 'host.ibSpeed': 12.5e9 };
/** A program that waits for nobody to ask. */
const TRAINER = made('process', {
  id: 'n1/9',
  node: 'n1',
  samples: 60,
  facts: { trainer: 'torchrun', command: 'torchrun train.py' },
  values: { 'process.cpu': 1 },
});

describe('a link and a GPU that never waits', () => {
  const busy = { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.6, 'gpu.dramActive': 0.2 };
  const reads: Values = { ...IB, 'host.ibRxRate': 10.6e9, 'host.ibTxRate': 1e8, 'host.psiIo': 0.5 };
  it('reads do not spin kernels: what the GPU does is the limit, however busy the node’s line', () => {
    expect(judged([gpu(busy), host(reads)]).bottleneck).toBe('compute');
    expect(judged([gpu(busy), host({ ...reads, 'host.ibRxRate': 10.6e9, 'host.fsReadRate': 10e9 })]).bottleneck).toBe('compute');
  });
  it('from a third of empty time on they may be what it waits for', () => {
    const waits = (active: number) => judged([gpu({ 'gpu.grActive': active, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }), host(reads)]).bottleneck;
    expect(waits(0.67)).toBe('storage');
    expect(waits(0.671)).not.toBe('storage');
  });
  it('where nobody saw how busy the GPU was, reads that fill the line are at most a half', () => {
    const verdict = judged([gpu({ 'gpu.tensorActive': 0.3, 'gpu.dramActive': 0.2 }), host(reads)]);
    expect(verdict).toMatchObject({ bottleneck: 'storage', grade: 0.5 });
    expect(verdict.gradeWhy).toMatch(/whether the GPU waits was not looked at/);
  });
  it('a busy disk is the limit under the same condition', () => {
    const disk: Values = { 'host.diskBusy': 0.9, 'host.psiIo': 0.5 };
    expect(judged([gpu(busy), host(disk)]).bottleneck).toBe('compute');
    expect(judged([gpu({ 'gpu.grActive': 0.3, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 }), host(disk)]).bottleneck).toBe('storage');
  });
  it('an exchange may: collectives spin', () => {
    const exchange: Values = { ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 9e9 };
    expect(judged([gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.3, 'gpu.dramActive': 0.2 }), host(exchange)]).bottleneck).toBe('network');
  });
});

describe('a node that others use', () => {
  const given: AnalyseOptions = { cores: 16 };
  const beside: Values = { 'host.cores': 64 };
  const low = { 'gpu.grActive': 0.5, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 };
  it('has counters that prove nothing against the job: at most a half, and the neighbours are named', () => {
    const values: Values = { ...beside, 'host.psiIo': 0.6 };
    expect(judged([gpu(low), host(values)])).toMatchObject({ bottleneck: 'storage', grade: 0.85 });
    const shared = judged([gpu(low), host(values)], given);
    expect(shared).toMatchObject({ bottleneck: 'storage', grade: 0.5 });
    expect(shared.gradeWhy).toMatch(/others use it/);
  });
  it('is known by GPUs of it that the job was not given', () => {
    const tables = [gpu(low, 'GPU-0'), gpu(low, 'GPU-1'), host({ 'host.psiIo': 0.6 })];
    const mine = (gpusAllocated: readonly string[]) => analyse(runOf(...tables), { gpusAllocated }).gpus[0]?.verdict.grade;
    expect(mine(['GPU-0', 'GPU-1'])).toBe(0.85);
    expect(mine(['GPU-0'])).toBe(0.5);
  });
  it('may be one where it does not say how many cores it has, unless all of its GPUs are the job’s', () => {
    const tables = [gpu(low), host({ 'host.psiIo': 0.6 })];
    expect(judged(tables, given).grade).toBe(0.5);
    expect(judged(tables, { ...given, gpusAllocated: ['GPU-0'] }).grade).toBe(0.85);
    expect(judged(tables).grade).toBe(0.85);
  });
  it('proves it where the job’s own processes read half of it', () => {
    const own = (rate: number) => made('process', { id: 'n1/7', node: 'n1', samples: 60, values: { 'process.readChars': rate } });
    const values: Values = { ...beside, 'host.psiIo': 0.6, 'host.fsReadRate': 2e9 };
    expect(judged([gpu(low), host(values), own(1e9)], given).grade).toBe(0.85);
    expect(judged([gpu(low), host(values), own(0.99e9)], given).grade).toBe(0.5);
  });
  it('is no evidence of a network that limits a GPU with work of its own', () => {
    const exchange: Values = { ...beside, ...IB, 'host.ibRxRate': 9e9, 'host.ibTxRate': 9e9 };
    const works = { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.33, 'gpu.dramActive': 0.2 };
    expect(judged([gpu(works), host(exchange)], given).bottleneck).toBe('overhead');
    expect(judged([gpu(works), host(exchange)]).bottleneck).toBe('network');
  });
});

describe('evidence for empty time', () => {
  it('is taken in the empty time: pressure in half of the samples is all of it there', () => {
    const pressure = (when: number) => host({ 'host.psiIo': (i) => (i % 2 === when ? 0.4 : 0) });
    expect(judged([gpu(HALF), pressure(0)]).bottleneck).toBe('storage');
    expect(judged([gpu(HALF), pressure(1)]).bottleneck).toBe('unknown');
  });
  it('four fifths of the cores busy while the GPU is empty are the host’s: an optimiser that was offloaded', () => {
    const adam = (part: number) => host({ 'host.cores': 48, 'host.cpu': (i) => (i % 2 === 0 ? part : 0.02) });
    const found = judged([gpu(HALF), adam(0.92)]);
    expect(found.bottleneck).toBe('host');
    expect(found.why.join(' ')).toMatch(/44 of 48 cores busy meanwhile/);
    expect(judged([gpu(HALF), adam(0.8)]).bottleneck).toBe('host');
    expect(judged([gpu(HALF), adam(0.79)]).bottleneck).toBe('unknown');
  });
  it('is measured against the cores that the job has: four loaders of plain top fill four', () => {
    const loaders = [1, 2, 3, 4].map((pid) => made('process', { id: `n1/${pid}`, node: 'n1', samples: 60, values: { 'process.cpu': 0.99 } }));
    const tables = [gpu(HALF), host({ 'host.cores': 64, 'host.cpu': 0.08 }), ...loaders];
    expect(judged(tables, { cores: 4 })).toMatchObject({ bottleneck: 'host', grade: 0.85 });
    expect(judged(tables, { cores: 8 }).bottleneck).toBe('unknown');
  });
  it('a thread at its limit beside copies may poll for them: at most a half from a third of the link on', () => {
    const copies = (rate: number) => judged([gpu({ ...HALF, 'gpu.pcieRx': rate, 'gpu.pcieTx': 1e8 }), host({ 'host.cpuMaxThread': 1 }), TRAINER]);
    expect(copies(10e9)).toMatchObject({ bottleneck: 'host', grade: 0.5, candidates: ['transfer'] });
    expect(copies(5e9)).toMatchObject({ bottleneck: 'host', grade: 0.85, candidates: [] });
  });
  it('a thread at its limit is the host’s only where both ways of copies were looked at: either may be what it polls for', () => {
    const seen = (copies: Values, shown: Values = { 'host.cpuMaxThread': 1 }) => judged([gpu({ ...HALF, ...copies }), host(shown), TRAINER]);
    for (const copies of [{}, { 'gpu.pcieRx': 1e8 }, { 'gpu.pcieTx': 1e8 }]) {
      const verdict = seen(copies);
      expect(verdict).toMatchObject({ bottleneck: 'host', grade: 0.5, candidates: ['transfer'] });
      expect(verdict.missing.join()).toContain('DCGM 1009 and 1010');
      expect(verdict.gradeWhy).toMatch(/a thread that waits for one polls/);
    }
    expect(seen({ 'gpu.pcieRx': 1e8, 'gpu.pcieTx': 1e8 })).toMatchObject({ bottleneck: 'host', grade: 0.85, candidates: [] });
    // Polling takes one thread, not all cores, and leaves none of them waiting.
    expect(seen({}, { 'host.cpuMaxThread': 1, 'host.cores': 8, 'host.cpu': 0.95 })).toMatchObject({ bottleneck: 'host', grade: 0.85 });
    expect(seen({}, { 'host.cpuMaxThread': 1, 'host.psiCpu': 0.5 })).toMatchObject({ bottleneck: 'host', grade: 0.85 });
  });
  it('a thread at its limit beside an exchange with other nodes may poll for it: at most a half', () => {
    const quiet: Values = { 'gpu.pcieRx': 1e8, 'gpu.pcieTx': 1e8 };
    const line = (out: number) =>
      judged([gpu({ ...HALF, ...quiet }), host({ ...IB, 'host.cpuMaxThread': 1, 'host.ibRxRate': 4.5e9, 'host.ibTxRate': out }), TRAINER]);
    expect(line(4.5e9)).toMatchObject({ bottleneck: 'host', grade: 0.5, candidates: ['network'] });
    expect(line(1e8)).toMatchObject({ bottleneck: 'host', grade: 0.85, candidates: [] });
  });
  it('a thread of a program that nobody named may be a server’s that nobody asks, unless kernels run in nearly every sample', () => {
    const quiet: Values = { 'gpu.pcieRx': 1e8, 'gpu.pcieTx': 1e8 };
    const seen = (values: Values, more: readonly Table[] = []) => judged([gpu({ ...values, ...quiet }), host({ 'host.cpuMaxThread': 1 }), ...more]);
    expect(seen(HALF)).toMatchObject({ bottleneck: 'host', grade: 0.5, candidates: ['idle'] });
    expect(seen(HALF, [TRAINER])).toMatchObject({ bottleneck: 'host', grade: 0.85 });
    const always: Values = { 'gpu.grActive': 0.4, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.1 };
    expect(seen(always)).toMatchObject({ bottleneck: 'host', grade: 0.85 });
    // A sample of 5 s shows something of every client that asks once in 5 s.
    const coarse = (table: Table): Table => ({ ...table, t: table.t.map((at) => 5 * at) });
    const seldom = judged([coarse(gpu({ ...always, ...quiet })), coarse(host({ 'host.cpuMaxThread': 1 }))]);
    expect(seldom).toMatchObject({ bottleneck: 'host', grade: 0.5, candidates: ['idle'] });
  });
  it('copies of a card that shares its memory with the CPU pass PCIe by: its counters prove nothing', () => {
    const chip = made('gpu', {
      id: 'GPU-0',
      node: 'n1',
      samples: 60,
      facts: { name: 'NVIDIA GH200 480GB' },
      values: { ...HALF, 'gpu.pcieRx': 0, 'gpu.pcieTx': 0 },
    });
    const verdict = judged([chip, host({ 'host.cpuMaxThread': 1 }), TRAINER]);
    expect(verdict).toMatchObject({ bottleneck: 'host', grade: 0.5 });
    expect(verdict.missing.join()).toContain('PCIe does not carry them here');
  });
  it('of a shared node’s cores proves nothing', () => {
    expect(judged([gpu(HALF), host({ 'host.cores': 48, 'host.cpu': 0.95 })], { cores: 8 }).bottleneck).toBe('unknown');
  });
});
