import { describe, expect, it } from 'vitest';
import type { GpuId } from '../../../../core/knowledge/index.ts';
import type { MetricId } from '../../../../core/readings/index.ts';
import { rooflineOf } from '../../../../core/telling/index.ts';
import { judged, type GpuSpec, type PhaseSpec, type RunSpec } from '../findings/judged.ts';
import { table } from '../../../support/telemetry.ts';

const rows = (count: number, value: number): number[] => Array.from({ length: count }, () => value);
const series = (values: Partial<Record<MetricId, number>>, count = 60): NonNullable<GpuSpec['series']> =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, rows(count, value)]));
const phase = (more: Partial<PhaseSpec> = {}): PhaseSpec => ({ seconds: 600, busy: 0.95, bottleneck: 'memory', activity: 'decode', ...more });
const gpu = (type: GpuId | null, values: Partial<Record<MetricId, number>>, more: Partial<PhaseSpec> = {}): GpuSpec => ({
  type,
  phases: [phase(more)],
  series: { 'gpu.util': rows(60, 0.95), ...series(values) },
});
const run = (spec: Partial<RunSpec> & Pick<RunSpec, 'gpus'>) => rooflineOf(judged({ workload: { dtype: 'fp16' }, ...spec }));

describe('the roofline', () => {
  it('places a GPU by its counters: pipe time × peak × clock, DRAM time × bandwidth', () => {
    const drawn = run({ gpus: [gpu('A100-40', { 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.5, 'gpu.fp32Active': 0.02, 'gpu.smClock': 705e6 })] });
    // Half the boost clock: 0.5 × 0.1 × 312 TFLOP/s of the pipe that does most, as the verdict's figure; half of 1555 GB/s.
    expect(drawn?.points[0]?.flops).toBeCloseTo(15.6e12, -7);
    expect(drawn?.points[0]?.intensity).toBeCloseTo(20.064, 3);
    expect(drawn).toMatchObject({ gpu: 'A100-40', dtype: 'fp16', bandwidth: 1555e9, practicalBandwidth: 1244e9, practicalFraction: 0.87 });
    expect(drawn?.peaks).toEqual({ fp64: 9.7e12, fp32: 19.5e12, tf32: 156e12, fp16: 312e12, bf16: 312e12, int8: 624e12, int4: 1248e12 });
    expect(drawn?.assumed).toBeUndefined();
  });

  it('places a GPU by its engine where nothing counts: tokens, steps and the model', () => {
    const engine = table('engine', 'vllm@?', {
      'engine.running': rows(60, 32),
      'engine.generationRate': rows(60, 1000),
      'engine.promptRate': rows(60, 0),
      'engine.kvTokens': rows(60, 0),
      'engine.requests': rows(60, 0),
    });
    const drawn = run({ gpus: [{ ...gpu('A100-40', {}), engines: [0] }], engines: [engine], workload: { model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' } });
    // 1000 tokens/s × 15.0 GFLOP; 31.25 steps/s × 15.0 GB of weights.
    expect((drawn?.points[0]?.flops ?? Number.NaN) / 1e12).toBeCloseTo(15.0, 1);
    expect(drawn?.points[0]?.intensity).toBeCloseTo(32, 1);
    // The ceilings of the model’s shares; the counters’ are 0.80 and 0.87.
    expect(drawn).toMatchObject({ practicalBandwidth: 1290.65e9, practicalFraction: 0.869 });
  });

  it('divides an engine’s work among its GPUs', () => {
    const engine = table('engine', 'vllm@?', {
      'engine.running': rows(60, 32),
      'engine.generationRate': rows(60, 1000),
      'engine.promptRate': rows(60, 0),
      'engine.kvTokens': rows(60, 0),
      'engine.requests': rows(60, 0),
    });
    const one = { ...gpu('A100-40', {}), engines: [0] };
    const drawn = run({ gpus: [one, one, one, one], engines: [engine], workload: { model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16', tensorParallel: 4 } });
    expect((drawn?.points[0]?.flops ?? Number.NaN) / 1e12).toBeCloseTo(3.75, 1);
    expect(drawn?.points).toHaveLength(60); // once, not once per GPU
    const untold = run({ gpus: [one, one, one, one], engines: [engine], workload: { model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' } });
    expect((untold?.points[0]?.flops ?? Number.NaN) / 1e12).toBeCloseTo(3.75, 1);
  });

  it('takes requests for as long as all of the run’s were, where none ended in a moment: its cache is read all the same', () => {
    const half = (first: number, second: number): number[] => Array.from({ length: 60 }, (_, i) => (i < 30 ? first : second));
    const engine = table('engine', 'vllm@?', {
      'engine.running': rows(60, 32),
      'engine.generationRate': rows(60, 1000),
      'engine.promptRate': half(2000, 0),
      'engine.requests': half(1, 0),
    });
    const drawn = run({ gpus: [{ ...gpu('A100-40', {}), engines: [0] }], engines: [engine], workload: { model: 'meta-llama/Llama-3.1-8B', dtype: 'fp16' } });
    expect(drawn?.assumed).toBeUndefined();
    // 31.25 steps/s × (15.0 GB of weights and 32 × 3000 tokens of 131,072 B) for 1000 tokens × 16.6 GFLOP; 32 without the cache.
    expect(drawn?.points.at(-1)?.intensity).toBeCloseTo(19.2, 1);
  });

  it('is null where the card is not known or nothing can be placed', () => {
    expect(run({ gpus: [gpu(null, { 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.5 })] })).toBeNull();
    expect(run({ gpus: [gpu('A100-40', { 'gpu.memUtil': 0.4, 'gpu.power': 300 })] })).toBeNull();
    expect(run({ gpus: [gpu('A100-40', { 'gpu.tensorActive': 0.1 })] })).toBeNull();
    expect(run({ gpus: [] })).toBeNull();
  });

  it('has at most 300 points, each within one phase of the job', () => {
    const long: GpuSpec = {
      type: 'A100-40',
      phases: [phase({ seconds: 2550 }), phase({ seconds: 2550, bottleneck: 'compute' })],
      series: series({ 'gpu.util': 0.9, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.5 }, 510),
    };
    const drawn = run({ gpus: [long, long, long, long] });
    expect(drawn?.points.length).toBeLessThanOrEqual(300);
    expect(drawn?.points.length).toBeGreaterThan(200);
    expect(new Set(drawn?.points.map((point) => point.phase))).toEqual(new Set([0, 1]));
    for (const { at, phase: index } of drawn?.points ?? []) expect(index).toBe(at < 2550 ? 0 : 1);
  });

  it('has as many points of every GPU: the first ones must not fill the picture', () => {
    const long = (tensor: number): GpuSpec => ({
      type: 'A100-40',
      phases: [phase({ seconds: 5100 })],
      series: series({ 'gpu.util': 0.9, 'gpu.tensorActive': tensor, 'gpu.dramActive': 0.5 }, 510),
    });
    const drawn = run({ gpus: [long(0.1), long(0.4)] });
    const count = (teraflops: number) => drawn?.points.filter(({ flops }) => Math.abs(flops / 1e12 - teraflops) < 0.1).length;
    expect([count(31.2), count(124.8)]).toEqual([128, 128]);
  });

  it('draws no mean of two phases: work that nobody did would lie between them', () => {
    const step = (first: number, second: number): number[] => Array.from({ length: 510 }, (_, i) => (i < 255 ? first : second));
    const two: GpuSpec = {
      type: 'A100-40',
      phases: [phase({ seconds: 2550 }), phase({ seconds: 2550, bottleneck: 'compute' })],
      series: { 'gpu.util': step(0.9, 0.9), 'gpu.tensorActive': step(0.1, 0.4), 'gpu.dramActive': step(0.5, 0.5) },
    };
    const drawn = run({ gpus: [two, two, two, two] });
    expect(new Set(drawn?.points.map(({ flops }) => (flops / 1e12).toFixed(1)))).toEqual(new Set(['31.2', '124.8']));
  });

  it('leaves out time in which the GPU did nothing', () => {
    const half: GpuSpec = {
      type: 'A100-40',
      phases: [phase({ seconds: 300 }), { seconds: 300, busy: 0 }],
      series: { ...series({ 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.5 }) },
    };
    expect(run({ gpus: [half] })?.points.every(({ at }) => at < 300)).toBe(true);
  });

  it('draws the type of card that did most of the work', () => {
    const idle: GpuSpec = { type: 'T4', phases: [{ seconds: 600, busy: 0 }], series: series({ 'gpu.tensorActive': 0, 'gpu.dramActive': 0 }) };
    expect(run({ gpus: [idle, idle, gpu('A40', { 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.5 })] })?.gpu).toBe('A40');
  });
});

describe('the data type in use', () => {
  const counters = (values: Partial<Record<MetricId, number>>, workload: RunSpec['workload'], type: GpuId = 'A100-40') =>
    run({ gpus: [gpu(type, { 'gpu.dramActive': 0.3, ...values })], ...(workload === undefined ? {} : { workload }) });

  it.each<[string, Partial<Record<MetricId, number>>, NonNullable<RunSpec['workload']>, string, string[] | undefined]>([
    ['is what the job says', { 'gpu.tensorActive': 0.3 }, { dtype: 'bf16' }, 'bf16', undefined],
    [
      'is FP32 where only that pipe works, whatever was said',
      { 'gpu.tensorActive': 0.01, 'gpu.fp32Active': 0.5 },
      { dtype: 'bf16' },
      'fp32',
      ['the job says bf16, the pipes show fp32'],
    ],
    [
      'is what the job says where the FP32 pipe works beside tensor cores: mixed precision does',
      { 'gpu.tensorActive': 0.3, 'gpu.fp32Active': 0.6 },
      { dtype: 'bf16' },
      'bf16',
      undefined,
    ],
    [
      'is what the job says where FP64 works beside tensor cores, which multiply it, too',
      { 'gpu.tensorActive': 0.3, 'gpu.fp64Active': 0.6 },
      { dtype: 'bf16' },
      'bf16',
      undefined,
    ],
    ['is TF32 where FP32 work runs on tensor cores', { 'gpu.tensorActive': 0.3 }, { dtype: 'fp32' }, 'tf32', undefined],
    ['is INT8 where that pipe leads', { 'gpu.tensorActive': 0.3, 'gpu.immaActive': 0.25, 'gpu.hmmaActive': 0.02 }, {}, 'int8', undefined],
    ['is INT8 where weights and activations are quantised to it', { 'gpu.tensorActive': 0.3 }, { dtype: 'fp16', quantization: 'w8a8' }, 'int8', undefined],
    ['is the type beside weights that are unpacked', { 'gpu.tensorActive': 0.3 }, { dtype: 'fp16', quantization: 'awq' }, 'fp16', undefined],
    [
      'is taken as 16 bits where nobody says it, and it is said so',
      { 'gpu.tensorActive': 0.3 },
      {},
      'bf16',
      ['tensor work in bf16, as nothing tells the data type'],
    ],
    ['is the model’s own where only that is known', { 'gpu.tensorActive': 0.3 }, { model: 'facebook/opt-1.3b' }, 'fp16', ['weights in fp16, as published']],
    [
      'is 16 bits where an engine serves what was published in FP32',
      { 'gpu.tensorActive': 0.3 },
      { model: 'openai-community/gpt2', engine: 'vllm' },
      'fp16',
      ['weights in fp16, though published in fp32'],
    ],
    [
      'is FP32 where a trainer takes what was published in it',
      { 'gpu.tensorActive': 0.3 },
      { model: 'openai-community/gpt2', engine: 'hf-trainer' },
      'fp32',
      ['weights in fp32, as published'],
    ],
  ])('%s', (_, values, workload, dtype, assumed) => {
    expect(counters(values, workload)).toMatchObject({ dtype, ...(assumed === undefined ? {} : { assumed }) });
  });

  it('on a card without BF16 is FP16 by default', () => {
    expect(counters({ 'gpu.tensorActive': 0.3 }, {}, 'T4')).toMatchObject({ dtype: 'fp16' });
  });
});

describe('the roof to move to', () => {
  const advice = (
    values: Partial<Record<MetricId, number>>,
    workload: NonNullable<RunSpec['workload']>,
    activity: PhaseSpec['activity'] = 'training',
    type: GpuId = 'A100-40',
  ) => run({ gpus: [gpu(type, values, { activity, bottleneck: 'compute' })], workload })?.advice;

  it('of FP32 work on an A100 is TF32’s', () => {
    // 0.8 × 19.5 = 15.6 TFLOP/s at 0.1 × 1555 GB/s: 100 FLOP per byte, where TF32 ends at 156 TFLOP/s; 0.869 of that is 8.7 ×.
    expect(advice({ 'gpu.tensorActive': 0, 'gpu.fp32Active': 0.8, 'gpu.dramActive': 0.1 }, { dtype: 'fp32' })).toBe(
      'FP32 ends at 19.5 TFLOP/s; TF32 on this card at 156 TFLOP/s: up to 8.7 × from here',
    );
  });

  it('of FP32 work on a V100 is FP16’s: it has no TF32 and no BF16', () => {
    expect(advice({ 'gpu.tensorActive': 0, 'gpu.fp32Active': 0.8, 'gpu.dramActive': 0.05 }, { dtype: 'fp32' }, 'training', 'V100-32')).toContain(
      'FP32 ends at 15.7 TFLOP/s; FP16 on this card at 125 TFLOP/s',
    );
  });

  it('of TF32 work is BF16’s, whose half as many bytes move its slope too', () => {
    // 0.8 × 156 TFLOP/s at 115 FLOP per byte: 229 in half the bytes, past the ridge of BF16; 0.869 × 312 is 2.2 times as fast.
    expect(advice({ 'gpu.tensorActive': 0.8, 'gpu.dramActive': 0.7 }, { dtype: 'fp32' })).toBe(
      'TF32 ends at 156 TFLOP/s; BF16 on this card at 312 TFLOP/s: up to 2.2 × from here',
    );
  });

  it('is none where memory would end the next type hardly later', () => {
    expect(advice({ 'gpu.tensorActive': 0, 'gpu.fp32Active': 0.8, 'gpu.dramActive': 0.79 }, { dtype: 'fp32' })).toBeNull();
  });

  it('is none for 16-bit training under its own roof', () => {
    expect(advice({ 'gpu.tensorActive': 0.6, 'gpu.dramActive': 0.4 }, { dtype: 'bf16' })).toBeNull();
  });

  it('of prefill in 16 bits is INT8’s, where tensor cores have it', () => {
    expect(advice({ 'gpu.tensorActive': 0.6, 'gpu.dramActive': 0.3 }, { dtype: 'fp16' }, 'prefill')).toContain('INT8 on this card at 624 TFLOP/s');
    expect(advice({ 'gpu.tensorActive': 0.6, 'gpu.dramActive': 0.3 }, { dtype: 'fp16' }, 'prefill', 'V100-32')).toBeNull();
  });

  it('of decode is to the right: the memory ends it first', () => {
    expect(advice({ 'gpu.tensorActive': 0.08, 'gpu.dramActive': 0.7 }, { dtype: 'fp16' }, 'decode')).toBe(
      'at 23 FLOP per byte memory ends it at 35.7 TFLOP/s, 8.8 × under the FP16 roof, which begins at 201: more requests at once, or fewer bytes per weight (INT8, INT4), move it to the right',
    );
  });
});
