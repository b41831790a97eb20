import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf, SERVING } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;
const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const gpu = (values: Values, samples = 70): Table => made('gpu', { node: 'n1', samples, period: 10, facts: A100, values });
const analysed = (tables: readonly Table[], options: AnalyseOptions = {}) => analyse(runOf(...tables), options);
const ids = (tables: readonly Table[], options: AnalyseOptions = {}) => analysed(tables, options).findings.map(({ id }) => id);

describe('profiling that is paused', () => {
  const zero = { 'gpu.grActive': 0, 'gpu.tensorActive': 0, 'gpu.dramActive': 0, 'gpu.fp32Active': 0 };
  const works = { 'gpu.util': 0.97, 'gpu.memUtil': 0.6, 'gpu.power': 272, 'gpu.powerLimit': 400 };
  it('is no idle GPU: its fields are absent, the disagreement is told first and nothing is sure', () => {
    const { verdict, findings } = analysed([gpu({ ...works, ...zero })]);
    expect(verdict.bottleneck).toBe('unknown');
    expect(verdict.why[0]).toMatch(/profiling fields stood at 0 in 100 % of the samples while nvidia-smi saw the GPU busy/);
    expect(verdict.shares).toMatchObject({ busy: 0.97, memory: null, compute: null });
    expect(findings.map(({ id }) => id)).toEqual(['sources-disagree']);
  });
  it('for a part of the time leaves the rest its word', () => {
    const part = (value: number) => (i: number) => (i % 6 < 3 ? 0 : value);
    const { verdict } = analysed([gpu({ 'gpu.util': 0.97, 'gpu.grActive': part(0.97), 'gpu.tensorActive': part(0.1), 'gpu.dramActive': part(0.7) })]);
    expect(verdict).toMatchObject({ bottleneck: 'memory' });
    expect(verdict.shares.memory).toBeCloseTo(0.875, 10);
    expect(verdict.grade).toBeLessThanOrEqual(0.5);
  });
  it('is not a GPU at rest, nor one sample of two clocks that differ', () => {
    expect(ids([gpu({ 'gpu.util': 0, ...zero })])).toEqual(['idle']);
    const skewed = gpu({ 'gpu.util': 0.97, 'gpu.grActive': (i) => (i === 30 ? 0 : 0.97), 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.7 });
    expect(ids([skewed])).toEqual([]);
  });
  it('is not told of kernels that spin: those are resident', () => {
    const { verdict } = analysed([gpu({ 'gpu.util': 1, 'gpu.grActive': 0.99, 'gpu.tensorActive': 0, 'gpu.fp32Active': 0, 'gpu.dramActive': 0 })]);
    expect(verdict.modifiers).toContain('no progress');
  });
});

describe('an engine whose GPUs are not those given', () => {
  const engine = (values: Values) => made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: 70, period: 10, values });
  it('makes no idle GPU of them: nobody is told to cancel a job that produces tokens', () => {
    const { verdict, findings } = analysed([gpu({ 'gpu.util': 0, 'gpu.memUsed': 4e8, 'gpu.power': 55 }), engine(SERVING)]);
    expect(verdict).toMatchObject({ bottleneck: 'unknown', grade: 0 });
    expect(verdict.why[0]).toMatch(/vllm produced tokens while no GPU that is shown did anything/);
    expect(findings.map(({ id }) => id)).toEqual(['sources-disagree']);
  });
  it('is not one that rests as they do', () => {
    const rests = engine({ 'engine.running': 0, 'engine.waiting': 0, 'engine.generationTokens': 0 });
    expect(ids([gpu({ 'gpu.util': 0, 'gpu.memUsed': 4e8 }), rests])).toEqual(['idle']);
  });
  it('is not one that works on another GPU that is shown', () => {
    const other = made('gpu', { id: 'GPU-1', node: 'n1', samples: 70, period: 10, facts: A100, values: { 'gpu.util': 0.9 } });
    expect(ids([gpu({ 'gpu.util': 0, 'gpu.memUsed': 4e8 }), other, engine(SERVING)])).not.toContain('sources-disagree');
  });
});

describe('power against pipes', () => {
  const rests = { 'gpu.grActive': 0.99, 'gpu.tensorActive': 0, 'gpu.fp32Active': 0, 'gpu.dramActive': 0.1 };
  const at = (watts: number, more: Values = {}) => analysed([gpu({ ...rests, 'gpu.power': watts, 'gpu.powerLimit': 400, ...more })]);
  it('half of the way from rest to the limit with nothing measured at work is a pipe that was not collected', () => {
    const { verdict, findings } = at(308);
    expect(verdict).toMatchObject({ bottleneck: 'unknown', candidates: ['compute', 'overhead'] });
    expect(verdict.missing[0]).toMatch(/FP64 is 1006/);
    expect(findings.map(({ id }) => id)).toEqual(['sources-disagree']);
    // A rest of a fifth of 400 W, half of the 320 W above it.
    expect(at(240).findings.map(({ id }) => id)).toEqual(['sources-disagree']);
    expect(at(239).verdict.bottleneck).toBe('overhead');
  });
  it('is never a hang, however little moves', () => {
    const still = { 'gpu.dramActive': 0.001 };
    expect(at(308, still).findings.map(({ id }) => id)).toEqual(['sources-disagree']);
    expect(at(100, still).findings.map(({ id }) => id)).toEqual(['hung']);
  });
  it('uses the rest that was seen', () => {
    const seen = gpu({ ...rests, 'gpu.grActive': (i) => (i < 10 ? 0 : 0.99), 'gpu.power': (i) => (i < 10 ? 20 : 215), 'gpu.powerLimit': 400 });
    expect(ids([seen])).not.toContain('hung');
  });
  it('a pipe that works, memory that moves or a link that carries explain it', () => {
    expect(at(308, { 'gpu.fp64Active': 0.6 }).verdict.bottleneck).toBe('compute');
    expect(at(308, { 'gpu.dramActive': 0.3 }).findings).toEqual([]);
    expect(at(308, { 'gpu.nvlinkRx': 100e9, 'gpu.nvlinkTx': 100e9 }).findings).toEqual([]);
  });
});

describe('memory, processes and clocks', () => {
  const rests = { 'gpu.util': 0, 'gpu.power': 55 };
  const grade = (values: Values) => analysed([gpu(values)]).verdict.grade;
  it('memory that is held while no process is listed is somebody’s: told first, and the rest is not sure', () => {
    const { findings, verdict } = analysed([gpu({ ...rests, 'gpu.memUsed': 60e9, 'gpu.processes': 0 })]);
    expect(findings[0]?.text).toMatch(/^60.0 GB of device memory are held while no process is listed on the GPU/);
    expect(verdict).toMatchObject({ bottleneck: 'idle', grade: 0.5 });
    expect(verdict.missing[0]).toMatch(/outside of containers/);
  });
  it('memory that a process holds, none that is held, and a list that was not shown contradict nothing', () => {
    expect(ids([gpu({ ...rests, 'gpu.memUsed': 60e9, 'gpu.processes': 1 })])).not.toContain('sources-disagree');
    expect(ids([gpu({ ...rests, 'gpu.memUsed': 1.9e9, 'gpu.processes': 0 })])).not.toContain('sources-disagree');
    expect(ids([gpu({ ...rests, 'gpu.memUsed': 60e9 })])).not.toContain('sources-disagree');
    // Kernels of a container that the tool cannot look into.
    expect(ids([gpu({ 'gpu.util': 0.97, 'gpu.memUsed': 60e9, 'gpu.processes': 0 })])).not.toContain('sources-disagree');
  });
  it('a process on a GPU without the memory of a context is on another one', () => {
    expect(ids([gpu({ ...rests, 'gpu.memUsed': 4e6, 'gpu.processes': 1 })])[0]).toBe('sources-disagree');
    expect(grade({ ...rests, 'gpu.memUsed': 4e6, 'gpu.processes': 1 })).toBe(0.5);
    expect(ids([gpu({ ...rests, 'gpu.memUsed': 100e6, 'gpu.processes': 1 })])).not.toContain('sources-disagree');
    expect(ids([gpu({ ...rests, 'gpu.processes': 1 })])).not.toContain('sources-disagree');
  });
  it('work at the clock of a GPU at rest is of another time or GPU, unless heat, power or a setting holds it there', () => {
    const works: Values = { 'gpu.util': 0.97, 'gpu.memUtil': 0.9, 'gpu.smClock': 210e6, 'gpu.power': 60, 'gpu.powerLimit': 400 };
    const { findings, verdict } = analysed([gpu(works)]);
    expect(findings[0]?.text).toMatch(/busy 97 % of the time while its clock stands at 210 MHz, as at rest/);
    expect(verdict.grade).toBeLessThanOrEqual(0.5);
    expect(ids([gpu({ ...works, 'gpu.smClock': 282e6 })])).not.toContain('sources-disagree');
    expect(ids([gpu({ ...works, 'gpu.capHwThermal': 1 })])).not.toContain('sources-disagree');
    expect(ids([gpu({ ...works, 'gpu.capApp': 1 })])).not.toContain('sources-disagree');
    expect(ids([gpu({ ...works, 'gpu.power': 300 })])).not.toContain('sources-disagree');
    expect(ids([gpu({ ...works, 'gpu.util': 0.3 })])).not.toContain('sources-disagree');
  });
});

describe('what was not collected', () => {
  it('is not zero: without the tensor pipe there is no overhead', () => {
    expect(analysed([gpu({ 'gpu.grActive': 0.98, 'gpu.dramActive': 0.2, 'gpu.fp32Active': 0.05 })]).verdict.bottleneck).toBe('unknown');
  });
  it('with tensor cores at rest the FP32 pipe must be there, or the power low', () => {
    const rests = { 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.01, 'gpu.dramActive': 0.2 };
    expect(analysed([gpu(rests)]).verdict.bottleneck).toBe('unknown');
    expect(analysed([gpu({ ...rests, 'gpu.fp32Active': 0.1 })]).verdict.bottleneck).toBe('overhead');
    expect(analysed([gpu({ ...rests, 'gpu.power': 120, 'gpu.powerLimit': 400 })]).verdict).toMatchObject({ bottleneck: 'overhead', grade: 0.5 });
  });
});
