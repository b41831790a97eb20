import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf, SERVING } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number>>;
const LLAMA = { model: 'llama-3.1-8b', dtype: 'bfloat16' };
const assumed = (clock: string | null) => (clock === null ? {} : { clock });
const gpu = (values: Values, clock: string | null = null): Table =>
  made('gpu', { node: 'n1', samples: 60, facts: { name: 'NVIDIA A100-SXM4-40GB', ...assumed(clock) }, values });
const engine = (values: Values, clock: string | null, id = 'vllm@n1:8000'): Table =>
  made('engine', { id, node: 'n1', samples: 60, facts: assumed(clock), values });
const verdictOf = (...tables: readonly Table[]) => analyse(runOf(...tables), LLAMA).verdict;

/** Modelled, saturated: 70 passes a second over 15 GB and a cache. */
const SATURATED: Values = { ...SERVING, 'engine.steps': 70, 'engine.generationTokens': 562 };
const BUSY: Values = { 'gpu.util': 0.97 };
const COUNTED: Values = { 'gpu.grActive': 0.97, 'gpu.dramActive': 0.7, 'gpu.tensorActive': 0.1 };

describe('a share by an engine’s rates', () => {
  it('is sure where both clocks are known, or are one', () => {
    expect(verdictOf(gpu(BUSY), engine(SATURATED, null)).grade).toBeGreaterThan(0.5);
    expect(verdictOf(gpu(BUSY, 'period of a.log'), engine(SATURATED, 'period of a.log')).grade).toBeGreaterThan(0.5);
  });
  it.each([
    ['a period', 'period of a.log', null, /carry no times/],
    ['a period of the GPU', null, 'period of b.txt', /the GPU carry no times/],
  ])('is at most half sure where %s is assumed, says so, and asks for times', (_, ofEngine, ofGpu, words) => {
    const { bottleneck, grade, gradeWhy, why, missing } = verdictOf(gpu(BUSY, ofGpu), engine(SATURATED, ofEngine));
    expect({ bottleneck, grade }).toEqual({ bottleneck: 'memory', grade: 0.5 });
    expect(gradeWhy).toMatch(/assumed clock/);
    expect(why.join()).toMatch(words);
    expect(missing.join()).toMatch(/print a date before it/);
  });
  it.each([
    ['zone', /assumed: vllm names no time zone/],
    ['start', /assumed: vllm counts seconds from its own start/],
  ])('says that a %s is assumed, which changes no rate', (kind, words) => {
    const { grade, why } = verdictOf(gpu(BUSY), engine(SATURATED, `${kind} of a.log`));
    expect(grade).toBe(verdictOf(gpu(BUSY), engine(SATURATED, null)).grade);
    expect(why.join()).toMatch(words);
  });
});

describe('a share by the GPU’s own counters', () => {
  it('stays as sure, since a mean does not depend on when it was taken, and no surer: what agrees may be of another time', () => {
    const grade = (clock: string | null) => verdictOf(gpu({ ...COUNTED }), engine({ ...SATURATED, 'engine.steps': 65 }, clock)).grade;
    const alone = verdictOf(gpu(COUNTED)).grade;
    expect(grade(null)).toBeGreaterThan(alone);
    expect(grade('period of a.log')).toBe(alone);
    expect(verdictOf(gpu(COUNTED, 'period of b.txt')).grade).toBe(alone);
  });
});

describe('a trainer’s rates over its step times added up', () => {
  const TRAINS: Values = { 'engine.trainTokens': 4800, 'engine.trainSteps': 1 };
  it('leave out the pauses between steps: at most half sure', () => {
    const sure = verdictOf(gpu(BUSY), engine(TRAINS, null, 'trainer@n1'));
    expect(sure).toMatchObject({ bottleneck: 'compute' });
    expect(sure.grade).toBeGreaterThan(0.5);
    const summed = verdictOf(gpu(BUSY), engine(TRAINS, 'steps of a.log', 'trainer@n1'));
    expect(summed).toMatchObject({ bottleneck: 'compute', grade: 0.5 });
    expect(summed.why.join()).toMatch(/assumed: the times of trainer are its step times added up/);
    expect(summed.missing.join()).toMatch(/print a date/);
  });
});

describe('what a host shows beside a GPU', () => {
  const waits = gpu({ 'gpu.util': 0.3, 'gpu.power': 120 });
  const host = (clock: string | null): Table =>
    made('host', { id: 'n1', samples: 60, facts: assumed(clock), values: { 'host.cpu': 0.97, 'host.cores': 16, 'host.psiCpu': 0.6 } });
  it('is at most half sure where the two are laid beside each other by assumption', () => {
    const sure = verdictOf(waits, host(null));
    expect(sure).toMatchObject({ bottleneck: 'host' });
    expect(sure.grade).toBeGreaterThan(0.5);
    const placed = verdictOf(waits, host('period of top.txt'));
    expect(placed).toMatchObject({ bottleneck: 'host', grade: 0.5 });
    expect(placed.why.join()).toMatch(/the samples of the host carry no times/);
  });
});

describe('a finding over samples that carry no times', () => {
  const rests = (clock: string | null) =>
    made('gpu', {
      node: 'n1',
      samples: 1200,
      facts: { name: 'NVIDIA A100-SXM4-40GB', ...assumed(clock) },
      values: { 'gpu.util': 0, 'gpu.memUsed': 4e8, 'gpu.power': 55 },
    });
  it('says that its times are assumed', () => {
    const evidence = (clock: string | null) =>
      analyse(runOf(rests(clock)), {})
        .findings.flatMap((one) => one.evidence)
        .join();
    expect(evidence('period of dmon.txt')).toMatch(/its times are by an assumed clock/);
    expect(evidence(null)).not.toMatch(/assumed clock/);
  });
});
