import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number>>;
const LLAMA: AnalyseOptions = { model: 'llama-3.1-8b', dtype: 'bfloat16' };
const gpu = (values: Values): Table =>
  made('gpu', { node: 'n1', samples: 60, facts: { name: 'NVIDIA A100-SXM4-40GB' }, values: { 'gpu.grActive': 0.98, ...values } });
const without = (values: Values, ...ids: readonly MetricId[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([id]) => !ids.some((one) => one === id)));
const server = (values: Values): Table => made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 60, values });
const judged = (tables: readonly Table[], options: AnalyseOptions = {}) => analyse(runOf(...tables), options).verdict;

describe('memory against pipes that nobody looked at', () => {
  const half: Values = { 'gpu.dramActive': 0.52, 'gpu.tensorActive': 0.01, 'gpu.fp32Active': 0.05, 'gpu.fp64Active': 0 };
  it('is sure where every pipe that may work was collected', () => {
    expect(judged([gpu(half)])).toMatchObject({ bottleneck: 'memory', grade: 0.85 });
    expect(judged([gpu({ 'gpu.dramActive': 0.52, 'gpu.tensorActive': 0.2 })])).toMatchObject({ bottleneck: 'memory', grade: 0.85 });
  });
  it.each([
    ['the tensor pipe', ['gpu.tensorActive'], /tensor cores work \(DCGM 1004\)/],
    ['the FP32 pipe, where the tensor cores rest', ['gpu.fp32Active'], /DCGM 1007/],
    ['the FP64 pipe, where the tensor cores rest', ['gpu.fp64Active'], /1006/],
  ] as const)('without %s is at most half sure, and the field is named', (_, ids, field) => {
    const { bottleneck, grade, candidates, missing } = judged([gpu(without(half, ...ids))]);
    expect({ bottleneck, grade, candidates }).toEqual({ bottleneck: 'memory', grade: 0.5, candidates: ['compute'] });
    expect(missing.join()).toMatch(field);
  });
  it('is sure without them where it is saturated: nothing is more than all of the time', () => {
    expect(judged([gpu({ 'gpu.dramActive': 0.641 })])).toMatchObject({ bottleneck: 'memory', grade: 0.85 });
    expect(judged([gpu({ 'gpu.dramActive': 0.639 })])).toMatchObject({ bottleneck: 'memory', grade: 0.5 });
  });
  it('is sure without them at low power, which no pipe at work leaves', () => {
    const watts = (power: number) => judged([gpu({ 'gpu.dramActive': 0.52, 'gpu.tensorActive': 0.01, 'gpu.power': power, 'gpu.powerLimit': 400 })]).grade;
    expect(watts(180)).toBe(0.85);
    expect(watts(300)).toBe(0.5);
  });
});

describe('compute against memory that nobody looked at', () => {
  const half: Values = { 'gpu.tensorActive': 0.56, 'gpu.dramActive': 0.2 };
  it('is at most half sure, and the field is named, unless it is saturated', () => {
    expect(judged([gpu(half)])).toMatchObject({ bottleneck: 'compute', grade: 0.85 });
    const unseen = judged([gpu(without(half, 'gpu.dramActive'))]);
    expect(unseen).toMatchObject({ bottleneck: 'compute', grade: 0.5, candidates: ['memory'] });
    expect(unseen.missing.join()).toMatch(/DCGM 1005/);
    expect(judged([gpu({ 'gpu.tensorActive': 0.7 })])).toMatchObject({ bottleneck: 'compute', grade: 0.85 });
  });
  it('of a server needs the requests that ran, or its steps: without them nobody knows how often the weights are read', () => {
    const prefills: Values = {
      'engine.running': 8,
      'engine.waiting': 0,
      'engine.promptTokens': 13_000,
      'engine.generationTokens': 100,
      'engine.kvTokens': 9000,
    };
    const of = (values: Values) => judged([gpu({}), server(values)], LLAMA);
    expect(of(prefills)).toMatchObject({ bottleneck: 'compute', candidates: [] });
    expect(of(prefills).grade).toBeGreaterThan(0.8);
    expect(of(without(prefills, 'engine.running'))).toMatchObject({ bottleneck: 'compute', grade: 0.5, candidates: ['memory'] });
  });
});

describe('a server whose prompt tokens nobody counted', () => {
  const decodes: Values = {
    'engine.running': 4,
    'engine.waiting': 0,
    'engine.promptTokens': 40,
    'engine.generationTokens': 80,
    'engine.steps': 20,
    'engine.kvTokens': 2000,
  };
  it('is not known to be overhead: its prompts may be the work', () => {
    expect(judged([gpu({}), server(decodes)], LLAMA)).toMatchObject({ bottleneck: 'overhead', grade: 0.85 });
    const unseen = judged([gpu({}), server(without(decodes, 'engine.promptTokens'))], LLAMA);
    expect(unseen).toMatchObject({ bottleneck: 'unknown', grade: 0 });
    expect(unseen.candidates).toContain('compute');
    expect(unseen.missing.join()).toMatch(/prompt tokens/);
  });
});

describe('a tensor pipe that nobody looked at', () => {
  it('leaves the compute share to the engine’s work where the other pipes show less', () => {
    const values: Values = { 'engine.running': 8, 'engine.waiting': 0, 'engine.promptTokens': 13_000, 'engine.generationTokens': 100, 'engine.kvTokens': 9000 };
    const compute = (pipes: Values) => judged([gpu(pipes), server(values)], LLAMA).shares.compute ?? Number.NaN;
    expect(compute({ 'gpu.fp32Active': 0.03 })).toBe(compute({}));
    expect(compute({ 'gpu.fp32Active': 0.03, 'gpu.tensorActive': 0.5 })).toBeCloseTo(0.5 / 0.87, 6);
  });
});

describe('a GPU at rest on a node that others use', () => {
  const reads = made('host', { id: 'n1', samples: 60, values: { 'host.cores': 64, 'host.ibSpeed': 12.5e9, 'host.ibRxRate': 6e9, 'host.ibTxRate': 1e7 } });
  it('is idle whatever the node’s NIC carries, as it is without that NIC; on a node of its own the job may be reading', () => {
    const rests = gpu({ 'gpu.grActive': 0, 'gpu.memUsed': 30e9 });
    expect(judged([rests, reads], { cores: 16 })).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
    expect(judged([rests], { cores: 16 })).toMatchObject({ bottleneck: 'idle', grade: 0.85 });
    expect(judged([rests, reads]).bottleneck).not.toBe('idle');
  });
});
