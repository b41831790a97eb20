import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf, SERVING } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number>>;
const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const gpu = (values: Values): Table => made('gpu', { samples: 60, facts: A100, values });
const judged = (tables: readonly Table[], options: AnalyseOptions = {}) => analyse(runOf(...tables), options).verdict;

describe('a share of more than everything', () => {
  it('is all of it within the error of the achievable fraction: DCGM’s own test shows 0.93 of the tensor pipe', () => {
    const verdict = judged([gpu({ 'gpu.grActive': 1, 'gpu.tensorActive': 0.93, 'gpu.dramActive': 0.2 })]);
    expect(verdict).toMatchObject({ bottleneck: 'compute', headroom: 1, shares: { tensor: 1, compute: 1 } });
  });
  it('is all of it up to the peak: an H100 that copies within its memory reads 0.88 to 0.97 on DRAM', () => {
    for (const dram of [0.88, 0.97]) {
      const verdict = judged([gpu({ 'gpu.grActive': 0.97, 'gpu.tensorActive': 0, 'gpu.fp32Active': 0, 'gpu.dramActive': dram })]);
      expect(verdict).toMatchObject({ bottleneck: 'memory', headroom: 1, shares: { memory: 1 } });
    }
  });
  it('is no share beyond the peak: what the counter shows is left out, said and asked for', () => {
    const verdict = judged([gpu({ 'gpu.grActive': 1, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 1.11 })]);
    expect(verdict).toMatchObject({ bottleneck: 'unknown', shares: { memory: null }, headroom: null });
    expect(verdict.why.join(' ')).toMatch(/DRAM would be 111 % of its peak/);
    expect(verdict.missing.join(' ')).toMatch(/scale or its sampler/);
  });
  it('of a link: a rate over its raw line is not told', () => {
    const full = { 'gpu.grActive': 0.9, 'gpu.tensorActive': 0.3, 'gpu.dramActive': 0.3 };
    // PCIe 4.0 x16 carries 31.5 GB/s each way.
    expect(judged([gpu({ ...full, 'gpu.pcieRx': 31e9 })])).toMatchObject({ bottleneck: 'transfer', shares: { transfer: 1 } });
    expect(judged([gpu({ ...full, 'gpu.pcieRx': 40e9 })])).toMatchObject({ shares: { transfer: null } });
  });
  it('of the model of an engine’s work: neither its bytes nor its FLOPs are told, and what is wrong is asked for', () => {
    // 15 GB of weights 500 times a second are 7.5 TB/s on a card of 1.56 TB/s.
    const engine = made('engine', { samples: 60, values: { ...SERVING, 'engine.steps': 500, 'engine.generationTokens': 4002 } });
    const verdict = judged([gpu({ 'gpu.util': 0.97 }), engine], { model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16' });
    expect(verdict).toMatchObject({ shares: { memory: null, compute: null }, bottleneck: 'unknown', headroom: null });
    expect(verdict.figures.filter(({ unit }) => unit === 'bytes/s' || unit === 'flop/s')).toEqual([]);
    expect(verdict.split?.bytes ?? null).toBeNull();
    expect(verdict.missing.join(' ')).toMatch(/its name or config\.json.*data type/);
  });
  it('of the model leaves the counters their word, under a cap', () => {
    const engine = made('engine', { samples: 60, values: { ...SERVING, 'engine.steps': 500, 'engine.generationTokens': 4002 } });
    const counters = { 'gpu.grActive': 1, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.72 };
    const verdict = judged([gpu(counters), engine], { model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16' });
    expect(verdict).toMatchObject({ bottleneck: 'memory', grade: 0.6 });
    expect(verdict.gradeWhy).toMatch(/would need more memory bandwidth than this GPU has/);
  });
});
