import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import type { FactName, MetricId, Table } from '../../../core/readings/index.ts';
import { made, runOf, SERVING } from '../../support/telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;

const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const LLAMA: AnalyseOptions = { model: 'llama-3.1-8b', dtype: 'bfloat16' };
const BUSY: Values = { 'gpu.util': 0.97 };
const gpu = (values: Values = BUSY, samples = 60, id = 'GPU-0'): Table => made('gpu', { id, node: 'n1', samples, facts: A100, values });
const engine = (values: Values, samples = 60, facts: Partial<Record<FactName, string>> = {}, id = 'vllm@n1:8000'): Table =>
  made('engine', { id, node: 'n1', samples, values, facts });

const verdictOf = (tables: readonly Table[], options: AnalyseOptions = LLAMA) => analyse(runOf(...tables), options).verdict;
const figure = (tables: readonly Table[], label: string, options: AnalyseOptions = LLAMA): number =>
  verdictOf(tables, options).figures.find((one) => one.label === label)?.value ?? Number.NaN;

describe('an engine’s work', () => {
  it('leaves out the first token of each request, which its prefill computed: short answers would count twice', () => {
    expect(figure([gpu(), engine({ ...SERVING, 'engine.requests': 100 })], 'Decode')).toBeCloseTo(302, 6);
    expect(figure([gpu(), engine({ ...SERVING, 'engine.requests': 500 })], 'Decode')).toBe(0);
  });
  it('leaves out prompt tokens that came from the prefix cache: nothing computed them', () => {
    const cached = { ...SERVING, 'engine.prefixQueries': 400, 'engine.prefixHits': 300 };
    expect(figure([gpu(), engine(cached)], 'Prefill')).toBeCloseTo(100, 6);
    expect(figure([gpu(), engine({ ...SERVING, 'engine.cacheHitRatio': 0.25 })], 'Prefill')).toBeCloseTo(300, 6);
    expect(figure([gpu(), engine({ ...cached, 'engine.promptTokensComputed': 120 })], 'Prefill')).toBeCloseTo(120, 6);
  });
  it('on a slowed card takes more of what the card can do at that clock', () => {
    const compute = (hertz: number) => verdictOf([gpu({ ...BUSY, 'gpu.smClock': hertz }), engine(SERVING)]).shares.compute;
    expect(compute(1.41e9)).toBeCloseTo(0.0432, 4);
    expect(compute(0.705e9)).toBeCloseTo(0.0864, 4);
    expect(compute(2.82e9)).toBeCloseTo(0.0432, 4); // no clock is above the peak's own
  });
  it('of replicas is shared by their GPUs', () => {
    const two = [gpu(), gpu(BUSY, 60, 'GPU-1'), engine(SERVING)];
    expect(figure(two, 'Compute', { ...LLAMA, tensorParallel: 1, dataParallel: 2 })).toBeCloseTo(5.86e12, -11);
    expect(figure([gpu(), engine(SERVING)], 'Compute')).toBeCloseTo(11.72e12, -11); // 400 × 14.0 + 400 × 15.0 GFLOP and attention
  });
  it('reads of the KV cache what is in it, not what would fit', () => {
    const gauge = { ...SERVING, 'engine.kvTokens': Number.NaN, 'engine.kvUsage': 0.3, 'engine.kvTokensMax': 100_000 };
    // 50 steps × 30,000 tokens × 131,072 B = 197 GB of 947 GB
    expect(verdictOf([gpu(), engine(gauge)]).split?.bytes?.kv).toBeCloseTo(0.2075, 3);
  });
  it('holds of each request its prompt and half its output, where nothing tells the cache: on average it is half written', () => {
    const lengths: Values = {
      'engine.running': 16,
      'engine.waiting': 0,
      'engine.promptTokens': 40,
      'engine.requests': 0.1,
      'engine.steps': 25,
      'engine.generationTokens': 400,
    };
    const verdict = verdictOf([gpu(BUSY, 200), engine(lengths, 200)]);
    // 25 steps × 16 × (400 + 2000) tokens × 131,072 B = 126 GB of 501 GB
    expect(verdict.split?.bytes?.kv).toBeCloseTo(0.251, 3);
    expect(verdict.why.join()).toContain('requests hold their prompt and half their output');
  });
  it('reads a cache in FP8 as one byte per element: its share would be twice as large', () => {
    const gauge = { ...SERVING, 'engine.kvTokens': Number.NaN, 'engine.kvUsage': 0.3, 'engine.kvTokensMax': 100_000 };
    // 50 steps × 30,000 tokens × 65,536 B = 98 GB of 849 GB
    expect(verdictOf([gpu(), engine(gauge, 60, { kvDtype: 'fp8_e4m3' })]).split?.bytes?.kv).toBeCloseTo(0.1158, 3);
  });
  it('of a model that is quantised by its name reads so few bits, though the server names a way of packing only', () => {
    // 50 steps × (4.7 GB of weights and 0.5 GB of cache), where 16 bits make 776 GB
    const named = { model: 'Llama-3.1-8B-Instruct-AWQ', quantization: 'compressed-tensors' };
    expect(figure([gpu(), engine(SERVING)], 'Memory bandwidth', named)).toBeCloseTo(260.3e9, -8);
  });
  it('on a V100 multiplies a model published in BF16 in FP16, which is what engines do there: it has a compute share', () => {
    // 11.72 of 0.752 × 125 TFLOP/s
    const v100 = made('gpu', { node: 'n1', samples: 60, facts: { name: 'Tesla V100-SXM2-32GB' }, values: BUSY });
    expect(verdictOf([v100, engine(SERVING)], { model: 'llama-3.1-8b' }).shares.compute).toBeCloseTo(0.1246, 4);
  });
  it('of a model published in FP32 is done in 16 bits, as engines do unless told otherwise: half the bytes, and products on tensor cores', () => {
    const gpt2 = (dtype?: string) =>
      verdictOf([gpu(), engine({ ...SERVING, 'engine.steps': 50, 'engine.kvTokens': 2000 })], { model: 'gpt2-xl', ...(dtype === undefined ? {} : { dtype }) });
    const { shares, why } = gpt2();
    expect(shares).toEqual(gpt2('float16').shares);
    expect(shares.compute ?? Number.NaN).toBeLessThan(0.1 * (gpt2('float32').shares.compute ?? Number.NaN));
    expect(why.join()).toContain('weights in fp16: engines run in 16 bits what was published in fp32');
  });
  it('waits on a GPU that holds its model and rests: less memory than a model takes is nobody’s', () => {
    const resting = (used: number) => gpu({ 'gpu.util': 0, 'gpu.memUsed': used }, 60, 'GPU-1');
    const second = (used: number) => analyse(runOf(gpu(), resting(used), engine(SERVING)), LLAMA).gpus[1]?.verdict.bottleneck;
    expect(second(2e9)).toBe('host');
    expect(second(1.9e9)).toBe('idle');
  });
  it('of two servers on a node is spread over its GPUs: each works for one of them', () => {
    const two = [gpu(), gpu(BUSY, 60, 'GPU-1'), engine(SERVING), engine(SERVING, 60, {}, 'vllm@n1:8001')];
    expect(figure(two, 'Compute', { ...LLAMA, tensorParallel: 1 })).toBeCloseTo(11.72e12, -11);
  });
});

describe('lengths of requests', () => {
  const RUNNING: Values = { 'engine.running': 16, 'engine.waiting': 0, 'engine.steps': 25 };
  it('of a phase in which few finished are those of the run so far: three short answers do not empty the cache', () => {
    const later = (i: number): boolean => i >= 260;
    const rests = (i: number): boolean => i >= 200 && i < 260;
    const busy: Values = { 'gpu.util': (i) => (rests(i) ? 0 : 0.97) };
    const lengths: Values = {
      'engine.running': (i) => (rests(i) ? 0 : 16),
      'engine.waiting': 0,
      'engine.steps': (i) => (rests(i) ? 0 : 25),
      'engine.promptTokens': (i) => (rests(i) ? 0 : later(i) ? 2 : 40),
      'engine.requests': (i) => (rests(i) ? 0 : later(i) ? 0.05 : 0.1),
      'engine.generationTokens': (i) => (rests(i) ? 0 : later(i) ? 2 : 400),
    };
    const { phases } = analyse(runOf(gpu(busy, 320), engine(lengths, 320)), LLAMA);
    expect(phases.map(({ verdict }) => verdict.activity)).toEqual(['decode', 'idle', 'decode']);
    expect(phases[2]?.verdict.split?.bytes?.kv).toBeGreaterThan(0.2);
  });
  it('of a long phase are those of all of it: its first requests say little of a day', () => {
    const finished = [100, 200, 400, 410, 420, 430, 440, 450];
    const lengths: Values = {
      ...RUNNING,
      'engine.running': 4,
      'engine.promptTokens': 4,
      'engine.requests': (i) => (finished.includes(i) ? 1 : 0),
      'engine.generationTokens': 40,
    };
    const { phases } = analyse(runOf(gpu(BUSY, 1200), engine(lengths, 1200)), LLAMA);
    expect(phases).toHaveLength(1);
    // 4 × (600 + 5995 ÷ 2) tokens × 131,072 B = 1.89 GB of 16.9 GB a step
    expect(phases[0]?.verdict.split?.bytes?.kv).toBeCloseTo(0.1116, 3);
  });
});

describe('a trainer’s work', () => {
  const TRAINS: Values = { 'engine.trainTokenRate': 2000, 'engine.trainSteps': 1 };
  const trainer = (facts: Partial<Record<FactName, string>> = {}): Table => engine(TRAINS, 60, facts, 'trainer@n1');
  it('is shared by its GPUs', () => {
    const one = figure([gpu(), trainer()], 'Compute');
    expect(one).toBeCloseTo(90.06e12, -11); // 6 × 7.505 G × 2000
    expect(figure([gpu(), gpu(BUSY, 60, 'GPU-1'), trainer()], 'Compute')).toBeCloseTo(45.03e12, -11);
  });
  it('keeps a model published in FP32 as it is: a trainer rounds nothing by itself', () => {
    const trained = (dtype?: string) => verdictOf([gpu(), trainer()], { model: 'gpt2-xl', ...(dtype === undefined ? {} : { dtype }) }).shares.compute;
    expect(trained()).toBe(trained('float32'));
  });
  it('of adapters is two thirds: frozen weights have no gradients', () => {
    expect(figure([gpu(), trainer({ trainer: 'peft', workload: 'lora' })], 'Compute')).toBeCloseTo(60.04e12, -11); // 4 × 7.505 G × 2000
  });
});
