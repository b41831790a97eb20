import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { FactName, MetricId, Table } from '../../../core/readings/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;

const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const gpu = (values: Values, id = 'GPU-0') => made('gpu', { id, node: 'n1', samples: 60, facts: A100, values });
const engine = (values: Values, id = 'vllm@n1:8000', facts: Partial<Record<FactName, string>> = {}) =>
  made('engine', { id, node: 'n1', samples: 60, values, facts });
const process = (facts: Partial<Record<FactName, string>>) => made('process', { id: 'n1/1', node: 'n1', samples: 60, values: { 'process.cpu': 1 }, facts });
const doing = (tables: readonly Table[], options: AnalyseOptions = {}) => {
  const { activity, activityGrade } = analyse(runOf(...tables), options).verdict;
  return { activity, activityGrade };
};
const DECODING = gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.05, 'gpu.dramActive': 0.7 });
const TRAINING_LIKE = gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7, 'gpu.dramActive': 0.3 });

describe('activity without an engine', () => {
  it('few tokens per pass over the weights are decode: tensor ÷ DRAM × 201 FLOP/byte ≤ 32 on an A100-40', () => {
    expect(doing([DECODING])).toEqual({ activity: 'decode', activityGrade: 0.6 });
    const at = (tensor: number) => doing([gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': tensor, 'gpu.dramActive': 0.7 })]).activity;
    expect(at(0.1116)).toBe('decode'); // 31.99 tokens
    expect(at(0.1118)).toBe('unknown'); // 32.05
  });
  it('asks for a dominant memory share', () => {
    expect(doing([gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.02, 'gpu.dramActive': 0.399 })]).activity).toBe('unknown');
    expect(doing([gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.02, 'gpu.dramActive': 0.4 })]).activity).toBe('decode');
  });
  it('means nothing where the tensor cores rest and another pipe works', () => {
    expect(doing([gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.01, 'gpu.dramActive': 0.7, 'gpu.fp32Active': 0.2 })]).activity).toBe('unknown');
    // A twentieth of the time is decode's share of them: it must not vanish because another pipe works, too.
    expect(doing([gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.05, 'gpu.dramActive': 0.7, 'gpu.fp32Active': 0.2 })]).activity).toBe('decode');
  });
  it('busy tensor cores could be prefill or training: unknown', () => {
    expect(doing([TRAINING_LIKE])).toEqual({ activity: 'unknown', activityGrade: 0 });
  });
  it('NVLink traffic of a sharded server is never training', () => {
    const sharded = [0, 1, 2, 3].map((i) =>
      gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.12, 'gpu.dramActive': 0.6, 'gpu.nvlinkRx': 80e9, 'gpu.nvlinkTx': 80e9 }, `GPU-${i}`),
    );
    expect(doing(sharded).activity).not.toBe('training');
  });
  it('a process’s name is weak evidence', () => {
    expect(doing([TRAINING_LIKE, process({ trainer: 'torchrun', command: 'torchrun train.py' })])).toEqual({ activity: 'training', activityGrade: 0.4 });
    expect(doing([TRAINING_LIKE, process({ trainer: 'script', command: 'python finetune_lora.py' })])).toEqual({ activity: 'fine-tuning', activityGrade: 0.4 });
    expect(doing([TRAINING_LIKE, process({ engine: 'vllm', command: 'vllm serve x' })])).toEqual({ activity: 'serving', activityGrade: 0.4 });
  });
  it('symmetric bursts of traffic with no serving process look like training, graded at most a half', () => {
    const burst = (i: number) => (i % 8 < 3 ? 8e9 : 0);
    const node = made('host', { id: 'n1', samples: 60, values: { 'host.ibRxRate': burst, 'host.ibTxRate': burst, 'host.ibSpeed': 12.5e9 } });
    expect(doing([TRAINING_LIKE, node, process({ command: 'python job.py' })])).toEqual({ activity: 'training', activityGrade: 0.5 });
    expect(doing([TRAINING_LIKE, node]).activity).toBe('unknown');
    const reading = made('host', { id: 'n1', samples: 60, values: { 'host.ibRxRate': burst, 'host.ibTxRate': 1e6, 'host.ibSpeed': 12.5e9 } });
    expect(doing([TRAINING_LIKE, reading, process({ command: 'python job.py' })]).activity).toBe('unknown'); // a loader’s batches
    expect(doing([TRAINING_LIKE, node, process({ engine: 'vllm' })]).activity).toBe('serving');
  });
  it('memory that rises without a token is loading', () => {
    const loading = gpu({ 'gpu.util': 0.01, 'gpu.memUsed': (i) => 1e9 + i * 0.5e9 });
    expect(doing([loading]).activity).toBe('loading');
  });
  it('not while the GPU works or tokens come: a cache that grows is no load', () => {
    const rising = (i: number): number => 1e9 + i * 0.5e9;
    expect(doing([gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.7, 'gpu.dramActive': 0.3, 'gpu.memUsed': rising })]).activity).toBe('unknown');
    const server = engine({ 'engine.running': 4, 'engine.waiting': 0, 'engine.generationTokens': 100, 'engine.promptTokens': 10 });
    expect(doing([gpu({ 'gpu.util': 0.3, 'gpu.memUsed': rising }), server]).activity).toBe('decode');
  });
  it('a rise of three deviations is loading, less is the noise of a memory that goes up and down: a load is not told as idle time', () => {
    const noisy = (rise: number) => gpu({ 'gpu.util': 0.01, 'gpu.memUsed': (i) => 5e9 + (i % 2 === 0 ? 0.4e9 : -0.4e9) + (i < 30 ? 0 : rise) });
    expect(doing([noisy(1.3e9)]).activity).toBe('loading'); // 3.25 deviations
    expect(doing([noisy(1.1e9)]).activity).toBe('idle'); // 2.75
  });
});

describe('activity with an engine', () => {
  const timed = (prefill: number, decode: number) =>
    doing([
      gpu({ 'gpu.util': 0.9 }),
      engine(
        { 'engine.running': 4, 'engine.promptTokens': 100, 'engine.generationTokens': 100, 'engine.prefillTime': prefill, 'engine.decodeTime': decode },
        'llamacpp@n1',
      ),
    ]);
  it('goes by the time that the engine measured', () => {
    expect(timed(0.18, 0.72)).toEqual({ activity: 'decode', activityGrade: 0.475 });
    expect(timed(0.1801, 0.7199).activity).toBe('serving');
    expect(timed(0.72, 0.18)).toEqual({ activity: 'prefill', activityGrade: 0.475 });
    expect(timed(0, 0.9)).toEqual({ activity: 'decode', activityGrade: 0.95 });
    expect(timed(0.45, 0.45)).toEqual({ activity: 'serving', activityGrade: 0.95 });
  });
  it('not by counting tokens: as many prompt as output tokens are decode by time', () => {
    const tables = [
      gpu({ 'gpu.util': 0.95 }),
      engine({
        'engine.running': 8,
        'engine.waiting': 0,
        'engine.promptTokens': 400,
        'engine.generationTokens': 402,
        'engine.requests': 2,
        'engine.steps': 50,
        'engine.kvTokens': 4000,
      }),
    ];
    expect(doing(tables, { model: 'llama-3.1-8b' }).activity).toBe('decode');
  });
  it('without the model only extremes are named', () => {
    const tokens = (prompt: number, output: number) =>
      doing([gpu({ 'gpu.util': 0.95 }), engine({ 'engine.running': 8, 'engine.promptTokens': prompt, 'engine.generationTokens': output })]);
    expect(tokens(25, 100)).toEqual({ activity: 'decode', activityGrade: 0.6 });
    expect(tokens(26, 100)).toEqual({ activity: 'serving', activityGrade: 0.5 });
    expect(tokens(100, 0)).toEqual({ activity: 'prefill', activityGrade: 0.6 });
  });
  it('a trainer’s log says training, and fine-tuning where it says so', () => {
    const log = { 'engine.trainTokenRate': 5000, 'engine.trainSteps': 0.5 };
    expect(doing([TRAINING_LIKE, engine(log, 'hf-trainer@log')])).toEqual({ activity: 'training', activityGrade: 0.85 });
    expect(doing([TRAINING_LIKE, engine(log, 'hf-trainer@log', { workload: 'LoRA fine-tuning' })])).toEqual({ activity: 'fine-tuning', activityGrade: 0.85 });
  });
  it('a server that has made no token yet does not decode', () => {
    const silent = engine({ 'engine.running': 2, 'engine.waiting': 0, 'engine.generationTokens': 0, 'engine.promptTokens': 0 });
    expect(doing([TRAINING_LIKE, silent]).activity).toBe('serving');
  });
  it('a trainer that stands still while gigabytes are written saves; one that works and logs does not', () => {
    const trainer = engine({ 'engine.trainTokenRate': 0, 'engine.trainSteps': 0 }, 'trainer@n1');
    const writes = (rate: number) => made('host', { id: 'n1', samples: 60, values: { 'host.diskWriteRate': rate } });
    const at = (busy: number, rate: number) => doing([gpu({ 'gpu.util': busy }), trainer, writes(rate)]).activity;
    expect(at(0.3, 1e8)).toBe('checkpointing');
    expect(at(0.3, 1e7)).toBe('training');
    expect(at(0.9, 1e8)).toBe('training');
  });
});
