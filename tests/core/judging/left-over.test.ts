import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;
const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const T4 = { name: 'Tesla T4' };
const gpu = (values: Values, id = 'GPU-0', facts: Readonly<Record<string, string>> = A100): Table =>
  made('gpu', { id, node: 'n1', samples: 80, facts, values });
const node = (values: Values): Table => made('host', { id: 'n1', samples: 80, values });
const judged = (tables: readonly Table[], options: AnalyseOptions = {}) => analyse(runOf(...tables), options).verdict;

/** Nothing reaches a half; η of the pipes is 0.87, of DRAM 0.80. */
const LOOSE: Values = { 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.1, 'gpu.fp32Active': 0.05, 'gpu.fp64Active': 0, 'gpu.dramActive': 0.12 };
/** The same on a GPU that exchanges nothing with anybody. */
const ALONE: Values = { ...LOOSE, 'gpu.pcieRx': 1e6, 'gpu.pcieTx': 1e6 };
const IB: Values = { 'host.ibSpeed': 12.5e9, 'host.ibRxRate': 1e7, 'host.ibTxRate': 1e7 };

describe('overhead against what is measured', () => {
  it('is sure where the time left over outweighs every share, though all of them were taken one after another', () => {
    expect(judged([gpu(ALONE)])).toMatchObject({ bottleneck: 'overhead', grade: 0.85 });
  });
  it('is at most half sure where stages of products and of memory may alternate: little is left of the time then', () => {
    const { bottleneck, grade, gradeWhy, candidates } = judged([gpu({ ...ALONE, 'gpu.tensorActive': 0.35, 'gpu.dramActive': 0.3 })]);
    expect({ bottleneck, grade }).toEqual({ bottleneck: 'overhead', grade: 0.5 });
    expect(gradeWhy).toMatch(/19 % to 57 % of the time is left unexplained, not surely more than compute takes \(40 %\)/);
    expect(candidates).toEqual(['memory', 'compute']);
  });
  it('is not named where even with all of them at once less is left than one takes', () => {
    const verdict = judged([gpu({ ...ALONE, 'gpu.grActive': 0.7, 'gpu.dramActive': 0.344 })]);
    expect(verdict).toMatchObject({ bottleneck: 'unknown', grade: 0, candidates: ['memory'] });
    expect(verdict.why[0]).toMatch(/16 % to 27 % of the time is left unexplained, less than memory bandwidth takes \(43 %\)/);
  });
  it('is at most half sure beside empty time that is as much', () => {
    const { bottleneck, grade } = judged([gpu({ ...ALONE, 'gpu.grActive': 0.7, 'gpu.tensorActive': 0.22, 'gpu.dramActive': 0.16 })]);
    expect(bottleneck).toBe('overhead');
    expect(grade).toBeLessThanOrEqual(0.5);
  });
  it('is at most half sure where a tenth more of one share would take the lead away', () => {
    // 0.97 − 0.30 − 0.30 = 0.37 is more than 0.30, and 0.97 − 0.32 − 0.32 = 0.33 as well, but by less than the error of one of them
    const at = (share: number) => judged([gpu({ ...ALONE, 'gpu.tensorActive': 0.87 * share, 'gpu.dramActive': 0.8 * share })]);
    expect(at(0.3)).toMatchObject({ bottleneck: 'overhead', grade: 0.85 });
    expect(at(0.32)).toMatchObject({ bottleneck: 'overhead', grade: 0.5 });
  });
  it('leaves out of the unexplained what kernels may have spun on: an exchange over the NIC, and not reads', () => {
    const half = 0.4 * 0.85 * 12.5e9;
    expect(judged([gpu(ALONE), node({ ...IB, 'host.ibRxRate': half })])).toMatchObject({ bottleneck: 'overhead', grade: 0.85 });
    const exchange = judged([gpu(ALONE), node({ ...IB, 'host.ibRxRate': half, 'host.ibTxRate': half })]);
    expect(exchange).toMatchObject({ bottleneck: 'overhead', grade: 0.5, candidates: ['network'] });
    expect(exchange.tree.unexplainedAtLeast).toBeCloseTo(0.97 - 0.1 / 0.87 - 0.12 / 0.8 - 0.4, 6);
  });
});

describe('overhead of several GPUs', () => {
  const links: Values = { 'gpu.nvlinkRx': 1e6, 'gpu.nvlinkTx': 1e6 };
  const two = (values: Values, facts = A100) => [gpu(values, 'GPU-0', facts), gpu(values, 'GPU-1', facts)];
  it('is at most half sure while nobody looked at the links between them, whose fields are named: collectives look the same', () => {
    const { bottleneck, grade, gradeWhy, candidates, missing } = judged(two(LOOSE));
    expect({ bottleneck, grade, candidates }).toEqual({ bottleneck: 'overhead', grade: 0.5, candidates: ['network'] });
    expect(gradeWhy).toMatch(/links between the GPUs of this job were not measured/);
    expect(missing.join()).toMatch(/NVLink \(DCGM 1011, 1012\).*other nodes/);
  });
  it('needs NVLink and the NIC: either may carry it', () => {
    expect(judged(two({ ...LOOSE, ...links })).grade).toBe(0.5);
    expect(judged([...two(LOOSE), node(IB)]).grade).toBe(0.5);
    expect(judged([...two({ ...LOOSE, ...links }), node(IB)])).toMatchObject({ bottleneck: 'overhead', grade: 0.85 });
  });
  it('and of one whose node exchanges with others over a line of unknown speed, needs that speed', () => {
    const exchange = (rate: number) => judged([gpu(ALONE), node({ 'host.ibRxRate': rate, 'host.ibTxRate': rate })]);
    expect(exchange(9.5e9)).toMatchObject({ bottleneck: 'overhead', grade: 0.5 });
    expect(exchange(9.5e9).missing.join()).toMatch(/port’s bytes and its speed/);
    expect(exchange(9e7).grade).toBe(0.85);
  });
  it('asks for the links that their node has between them, where nvidia-smi topo -m told it', () => {
    const A40 = { name: 'NVIDIA A40' };
    const at = (nvlink: readonly [string, string]) =>
      judged([
        gpu(LOOSE, 'GPU-0', { ...A40, index: '0', nvlink: nvlink[0] }),
        gpu(LOOSE, 'GPU-1', { ...A40, index: '1', nvlink: nvlink[1] }),
        node(IB),
      ]).missing.join();
    expect(at(['NV4 to GPU1', 'NV4 to GPU0'])).toMatch(/over NVLink \(DCGM 1011, 1012\)/);
    expect(at(['NV4 to GPU1', 'NV4 to GPU0'])).not.toMatch(/over PCIe/);
    expect(at(['none', 'none'])).toMatch(/over PCIe \(DCGM 1009, 1010\)/);
    expect(at(['none', 'none'])).not.toMatch(/over NVLink/);
    // Each is bridged to a card that is not this job's.
    expect(at(['NV4 to GPU2', 'NV4 to GPU3'])).not.toMatch(/over NVLink/);
  });

  it('and of one that is seen alone, a sign that it exchanges nothing with other nodes: its copies both ways, or their line', () => {
    const verdict = judged([gpu(LOOSE)]);
    expect(verdict).toMatchObject({ bottleneck: 'overhead', grade: 0.5, candidates: ['network'] });
    expect(verdict.missing.join()).toContain('what goes to other nodes: PCIe both ways');
    expect(verdict.gradeWhy).toContain('GPUs of other nodes');
    expect(judged([gpu(ALONE)]).grade).toBe(0.85);
    expect(judged([gpu({ ...LOOSE, 'gpu.pcieRx': 2e8, 'gpu.pcieTx': 2e8 })]).grade).toBe(0.5);
    expect(judged([gpu({ ...LOOSE, 'gpu.pcieRx': 2e8, 'gpu.pcieTx': 1e6 })]).grade).toBe(0.85);
    expect(judged([gpu(LOOSE), node(IB)]).grade).toBe(0.85);
  });
  it('of cards without NVLink needs PCIe', () => {
    const pcie: Values = { 'gpu.pcieRx': 1e6, 'gpu.pcieTx': 1e6 };
    expect(judged([...two(LOOSE, T4), node(IB)]).missing.join()).toMatch(/over PCIe \(DCGM 1009, 1010\)/);
    expect(judged([...two({ ...LOOSE, ...pcie }, T4), node(IB)])).toMatchObject({ bottleneck: 'overhead', grade: 0.85 });
    const both = 0.4 * 0.8 * 15.75e9;
    expect(judged([...two({ ...LOOSE, 'gpu.pcieRx': both, 'gpu.pcieTx': both }, T4), node(IB)])).toMatchObject({ bottleneck: 'overhead', grade: 0.5 });
  });
  it('asks for no link of a GPU that works alone: one of several that rest, or a server of one GPU each', () => {
    expect(judged([gpu(LOOSE), gpu({ 'gpu.grActive': 0, 'gpu.memUsed': 1e8 }, 'GPU-1')]).gradeWhy).not.toMatch(/links/);
    const server = (port: number): Table =>
      made('engine', {
        id: `vllm@n1:${port}`,
        node: 'n1',
        samples: 80,
        values: { 'engine.running': 4, 'engine.waiting': 0, 'engine.generationTokens': 40, 'engine.promptTokens': 10 },
      });
    expect(judged([...two(LOOSE), server(8000), server(8001)]).grade).toBe(0.85);
    expect(judged([...two(LOOSE), server(8000)]).grade).toBe(0.5);
  });
});
