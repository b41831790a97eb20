import { describe, expect, it } from 'vitest';
import { findFindings } from '../../../../core/telling/index.ts';
import type { GpuId } from '../../../../core/knowledge/index.ts';
import { judged, type GpuSpec, type PhaseSpec, type RunSpec } from './judged.ts';
import { table } from '../../../support/telemetry.ts';

const found = (spec: RunSpec) => findFindings(judged(spec));
const ids = (spec: RunSpec) => found(spec).map(({ id }) => id);

describe('FP32 without tensor cores', () => {
  const fp32 = (isWithoutTensorCores = true, seconds = 300): PhaseSpec => ({
    seconds,
    busy: 0.98,
    bottleneck: 'compute',
    shares: { fp32: 0.9, tensor: 0 },
    states: { isWithoutTensorCores },
  });

  it.each<[string, PhaseSpec, boolean]>([
    ['where judging says so', fp32(), true],
    ['not where it does not', fp32(false), false],
    ['by ten samples', fp32(true, 100), true],
    ['not by nine', fp32(true, 90), false],
  ])('%s', (_, phase, expected) => {
    expect(ids({ gpus: [{ phases: [phase] }] })).toEqual(expected ? ['no-tensor-cores'] : []);
  });

  it.each<[GpuId, string]>([
    ['A100-40', "TF32 by one line, torch.set_float32_matmul_precision('high') (8 ×), or BF16 by torch.autocast (16 ×)"],
    ['V100-32', 'use FP16 with a gradient scaler (8 ×); this card has no BF16'],
    ['T4', 'Its peak in FP32 is 8.10 TFLOP/s; use FP16 with a gradient scaler (8 ×); this card has no BF16'],
  ])('on %s says what its tensor cores take', (type, text) => {
    expect(found({ gpus: [{ type, phases: [fp32()] }] })[0]?.text).toContain(text);
  });

  it('is told once for all GPUs of the job', () => {
    expect(found({ gpus: [{ phases: [fp32()] }, { phases: [fp32()] }] }).map(({ entity }) => entity)).toEqual([null]);
  });
});

describe('a data type without hardware', () => {
  const work: PhaseSpec = { seconds: 300, busy: 0.9, bottleneck: 'overhead' };
  const on = (type: GpuId, workload: RunSpec['workload'], phase = work): RunSpec => ({
    gpus: [{ type, phases: [phase] }],
    ...(workload === undefined ? {} : { workload }),
  });

  it.each<[string, GpuId, NonNullable<RunSpec['workload']>, boolean]>([
    ['BF16', 'V100-16', { dtype: 'bf16' }, true],
    ['BF16', 'T4', { dtype: 'torch.bfloat16' }, true],
    ['BF16', 'A40', { dtype: 'bf16' }, false],
    ['BF16', 'A100-80', { dtype: 'bfloat16' }, false],
    ['FP16', 'T4', { dtype: 'half' }, false],
    ['no type', 'T4', { dtype: null }, false],
    ['INT8 arithmetic', 'V100-32', { quantization: 'w8a8' }, true],
    ['bitsandbytes INT8', 'V100-16', { quantization: 'bitsandbytes-int8' }, true],
    ['INT8 arithmetic', 'T4', { quantization: 'w8a8' }, false],
    ['4-bit weights with FP16 arithmetic', 'V100-16', { quantization: 'awq' }, false],
    ['FP8 weights, unpacked for every product', 'A100-40', { quantization: 'fp8' }, false],
  ])('%s on %s', (_, type, workload, expected) => {
    expect(ids(on(type, workload))).toEqual(expected ? ['unsupported-dtype'] : []);
  });

  it('says what happens instead, what is faster and who said so', () => {
    const [finding] = found(on('T4', { dtype: 'bf16', from: ['dtype from the command line of process n1/4', 'model given'] }));
    expect(finding?.text).toContain('BF16 has no hardware on T4 16 GB: it is emulated, or done in FP32 at 8.10 TFLOP/s where FP16 reaches 65.0 TFLOP/s');
    expect(finding?.evidence).toEqual(['dtype from the command line of process n1/4', 'on GPU 0']);
  });

  it('matters on a card that works a fifth of the time, and on one that only loads as yet', () => {
    expect(ids(on('T4', { dtype: 'bf16' }, { seconds: 300, busy: 0.2, bottleneck: 'host' }))).toEqual(['unsupported-dtype']);
    expect(ids(on('T4', { dtype: 'bf16' }, { seconds: 100, busy: 0, bottleneck: 'storage', activity: 'loading' }))).toEqual(['unsupported-dtype']);
  });

  it('does not matter on a card that nothing runs on', () => {
    expect(ids(on('T4', { dtype: 'bf16' }, { seconds: 300, busy: 0 }))).toEqual([]);
  });
});

describe('a model spread over more GPUs than pay', () => {
  const serving: PhaseSpec = { seconds: 600, busy: 0.9, bottleneck: 'overhead', activity: 'decode', mean: { 'engine.running': 1, 'engine.kvTokens': 500 } };
  const job = (model: string, count: number, type: GpuId, workload: RunSpec['workload'] = {}, phase = serving): RunSpec => ({
    gpus: Array.from({ length: count }, (): GpuSpec => ({ type, phases: [phase], engines: [0] })),
    engines: [table('engine', 'vllm@?', {})],
    workload: { model, dtype: 'fp16', tensorParallel: count, ...workload },
  });

  it.each<[string, RunSpec, boolean]>([
    ['7B on eight A100', job('meta-llama/Llama-2-7b-hf', 8, 'A100-80'), true],
    ['7B on two A100', job('meta-llama/Llama-2-7b-hf', 2, 'A100-80'), false],
    ['8B on four A40', job('meta-llama/Llama-3.1-8B', 4, 'A40'), false],
    ['70B on four A100-80, which takes as many', job('meta-llama/Llama-3.1-70B', 4, 'A100-80'), false],
    ['70B on eight A100-40, which hold it only together', job('meta-llama/Llama-3.1-70B', 8, 'A100-40'), false],
    [
      '1.3B on eight A100 at 64 requests',
      job('facebook/opt-1.3b', 8, 'A100-40', {}, { ...serving, mean: { 'engine.running': 64, 'engine.kvTokens': 32_000 } }),
      true,
    ],
    ['7B on eight A100 as replicas', job('meta-llama/Llama-2-7b-hf', 8, 'A100-80', { tensorParallel: 1, dataParallel: 8 }), false],
    ['a model that is not known', job('our/own-model', 8, 'A100-80'), false],
    ['one of which no request is known', job('meta-llama/Llama-2-7b-hf', 8, 'A100-80', {}, { ...serving, mean: {} }), false],
  ])('%s', (_, spec, expected) => {
    expect(ids(spec)).toEqual(expected ? ['over-sharded'] : []);
  });

  it('says by how little it is faster, and for which load', () => {
    const [finding] = found(job('meta-llama/Llama-2-7b-hf', 8, 'A100-80'));
    expect(finding?.text).toMatch(/8 GPUs decode only \d\.\d × as fast as one would/);
    expect(finding?.evidence[0]).toBe('tensor parallelism 8, 1 requests at once of about 500 tokens (means of the time with requests)');
  });

  it('is reckoned with the cache that its engine tells in per cent, too: with a guess it would be found or missed by accident', () => {
    const full = { ...serving, mean: { 'engine.running': 2, 'engine.kvUsage': 0.03, 'engine.kvTokensMax': 20_000 } };
    const [finding] = found(job('meta-llama/Llama-2-7b-hf', 8, 'A100-80', {}, full));
    expect(finding?.evidence[0]).toContain('2 requests at once of about 300 tokens');
  });

  it('is not reckoned with rest: the one request of an idle hour would weigh as much as the hour', () => {
    const rest: PhaseSpec = { seconds: 6000, busy: 0, mean: { 'engine.running': 64, 'engine.kvTokens': 500 } };
    const { gpus, ...more } = job('meta-llama/Llama-2-7b-hf', 8, 'A100-80');
    const [finding] = found({ ...more, gpus: gpus.map((gpu) => ({ ...gpu, phases: [rest, serving] })) }).filter(({ id }) => id === 'over-sharded');
    expect(finding).toMatchObject({ from: 6000, to: 6600 });
    expect(finding?.evidence[0]).toContain('1 requests at once of about 500 tokens');
  });
});

describe('a slow load', () => {
  /** Memory that fills evenly to so many bytes over so many seconds, by rows of ten seconds. */
  const load = (bytes: number, seconds: number, more: Partial<GpuSpec> = {}): GpuSpec => ({
    phases: [
      { seconds, busy: 0.01, bottleneck: 'storage', activity: 'loading', verdict: { why: ['loading: device memory rose with no token out, 90.0 MB/s read'] } },
    ],
    series: { 'gpu.memUsed': Array.from({ length: seconds / 10 + 1 }, (_, i) => (bytes * i * 10) / seconds) },
    ...more,
  });
  const host = (speed: number) => table('host', 'n1', { 'host.netSpeed': [speed, speed] });

  it.each<[string, RunSpec, boolean]>([
    // 16 GB: 5.12 s over 25 Gbit and 0.51 s over PCIe make 5.63 s; ten times that is less than two minutes.
    ['16 GB in two minutes over 25 Gbit', { gpus: [load(16e9, 120, { host: 0 })], hosts: [host(3.125e9)] }, true],
    ['16 GB in 110 s', { gpus: [load(16e9, 110, { host: 0 })], hosts: [host(3.125e9)] }, false],
    // 40 GB: 12.8 s and 1.27 s make 14.07 s; ten times that is 140.7 s.
    ['40 GB in 140 s over 25 Gbit', { gpus: [load(40e9, 140, { host: 0 })], hosts: [host(3.125e9)] }, false],
    ['40 GB in 150 s', { gpus: [load(40e9, 150, { host: 0 })], hosts: [host(3.125e9)] }, true],
    // Four GPUs share their node's line: 160 GB take 51.2 s and 1.27 s.
    ['4 × 40 GB in 500 s on one node', { gpus: Array.from({ length: 4 }, () => load(40e9, 500, { host: 0, node: 'n1' })), hosts: [host(3.125e9)] }, false],
    ['4 × 40 GB in 530 s on one node', { gpus: Array.from({ length: 4 }, () => load(40e9, 530, { host: 0, node: 'n1' })), hosts: [host(3.125e9)] }, true],
  ])('%s', (_, spec, expected) => {
    expect(ids(spec)).toEqual(expected ? ['loading-slow'] : []);
  });

  it('says how far from the floor it was, and why', () => {
    const [finding] = found({ gpus: [load(16e9, 600, { host: 0 })], hosts: [host(12.5e9)] });
    expect(finding).toMatchObject({ id: 'loading-slow', from: 0, to: 600 });
    expect(finding?.text).toContain("Loading 16.0 GB took 10 min (26.7 MB/s); the node's links would do it in 1.8 s");
    expect(finding?.evidence).toContain('loading: device memory rose with no token out, 90.0 MB/s read');
  });

  it('without a reported line takes the one that such a node has', () => {
    expect(found({ gpus: [load(16e9, 600)] })[0]?.evidence[0]).toBe('floor: 12.5 GB/s network, as nodes of type A100 have it and 31.5 GB/s PCIe at line rate');
  });

  it.each([
    [0.9, true],
    [0.899, false],
  ])('with a thread at %d of a core may be unpacking, from a hot thread on: %s', (thread, told) => {
    const phases: PhaseSpec[] = [{ seconds: 600, busy: 0.01, bottleneck: 'storage', activity: 'loading', mean: { 'host.cpuMaxThread': thread } }];
    const [finding] = found({ gpus: [load(16e9, 600, { host: 0, phases })], hosts: [host(3.125e9)] });
    expect(finding?.evidence.some((line) => line.includes('unpacking, not reading'))).toBe(told);
  });

  it('is not told where the line is not known: PCIe alone is no floor', () => {
    expect(ids({ gpus: [load(80e9, 600, { type: 'H100-80' })] })).toEqual([]);
    expect(ids({ gpus: [load(80e9, 600, { type: 'H100-80', host: 0 })], hosts: [host(50e9)] })).toEqual(['loading-slow']);
  });

  it('does not count imports before the load, nor compilation after it', () => {
    const memory = Array.from({ length: 61 }, (_, i) => 16e9 * Math.min(1, Math.max(0, (i - 20) / 10)));
    const start = { phases: load(16e9, 600).phases, series: { 'gpu.memUsed': memory }, host: 0 };
    expect(ids({ gpus: [start], hosts: [host(3.125e9)] })).toEqual([]);
  });

  it('counts the weights, not the cache that an engine takes after them', () => {
    const spec = (model: string | null): RunSpec => ({ gpus: [load(36e9, 130, { host: 0 })], hosts: [host(3.125e9)], workload: { model, dtype: 'fp16' } });
    // 36 GB would be 12.7 s, and ten times that 127 s; OPT-1.3B has 2.6 GB.
    expect(ids(spec(null))).toEqual(['loading-slow']);
    expect(ids(spec('facebook/opt-1.3b'))).toEqual([]);
  });
});
