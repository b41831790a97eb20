// Past the door of core/knowledge/llm-math: formulas are tried against worked examples one by one.
import { describe, expect, it } from 'vitest';
import {
  activationBytes,
  causalAttentionFlops,
  criticalBatch,
  dataParallelBalanceTokens,
  dataParallelBytes,
  decodeAttentionFlops,
  decodeFlopsPerToken,
  denseFlopsPerToken,
  findModel,
  type GpuId,
  GPUS,
  kvBytesPerSequence,
  kvBytesPerToken,
  kvFractionPerGpu,
  loadSeconds,
  loraParameters,
  type MathType,
  type OptimizerId,
  pipelineBubble,
  pipelineBytesPerToken,
  prefillFlops,
  type QuantizationId,
  ringAllReduceBytes,
  tensorParallelMessageBytes,
  trainingFlops,
  weightBytes,
  weightBytesTouched,
  weightParts,
} from '../../../../core/knowledge/index.ts';
import { expertsTouched, OPTIMIZERS } from '../../../../core/knowledge/llm-math/index.ts';

function known(name: string) {
  const found = findModel(name);
  if (found === null) throw new Error(`no row for ${name}`);
  return found.model;
}

const bf16 = { type: 'bf16', quantization: null } as const;
const GIB = 2 ** 30;

describe('weights', () => {
  it('of 8B in bf16 take 16.06 GB, of which a decode step reads 15.0: the input embedding is looked up', () => {
    const model = known('llama-3.1-8b');
    expect(weightBytes(model, bf16) / 1e9).toBeCloseTo(16.06, 2);
    expect(weightBytesTouched(model, bf16, 1) / 1e9).toBeCloseTo(15.01, 2);
  });
  it('of 8B as Q4_K_M take 4.58 GiB, embedding and head packed too', () => {
    expect(weightBytes(known('llama-3.1-8b'), { type: 'fp16', quantization: 'q4_k_m' }) / GIB).toBeCloseTo(4.57, 2);
  });
  it('of gpt-oss-20b take 13.8 GB: experts in MXFP4, the rest in bf16', () => {
    expect(weightBytes(known('gpt-oss-20b'), { type: 'bf16', quantization: 'mxfp4' }) / 1e9).toBeCloseTo(13.75, 2);
  });
  it('AWQ leaves embedding and head in 16 bits', () => {
    // 6.98 billion block weights at 4.16 bits, 1.05 billion at 16.
    expect(weightBytes(known('llama-3.1-8b'), { type: 'fp16', quantization: 'awq' }) / 1e9).toBeCloseTo(5.73, 2);
  });
  it('a tied head is stored once and read by every step', () => {
    const model = known('qwen2.5-0.5b');
    expect(weightBytes(model, bf16)).toBe(988_065_536);
    expect(weightBytesTouched(model, bf16, 1)).toBe(988_065_536);
  });
  it.each(['llama-3.1-8b', 'qwen2.5-0.5b', 'mixtral-8x7b', 'deepseek-v3', 'opt-125m'])('parts of %s add up to all its parameters', (name) => {
    const model = known(name);
    const { blocks, experts, embedding, head } = weightParts(model);
    expect(blocks + experts + embedding + (model.tiedHead ? 0 : head)).toBe(model.parameters);
  });
  it('one token of Mixtral reads two of eight experts, a large batch nearly all', () => {
    const model = known('mixtral-8x7b');
    expect(expertsTouched(model, 1)).toBeCloseTo(2, 10);
    expect(expertsTouched(model, 2)).toBeCloseTo(3.5, 10);
    expect(expertsTouched(model, 64)).toBeCloseTo(8, 6);
    expect(expertsTouched(known('llama-2-7b'), 8)).toBe(0);
    expect(weightBytesTouched(model, bf16, 1) / 1e9).toBeCloseTo(25.5, 1);
    expect(weightBytesTouched(model, bf16, 64) / 1e9).toBeCloseTo(93.1, 1);
  });
  it('bandwidth ÷ weights gives the batch-1 decode ceilings', () => {
    const rate = (gpu: GpuId, bytes: number) => Math.round(GPUS[gpu].bandwidth / bytes);
    const gpus: readonly GpuId[] = ['A100-40', 'A100-80', 'A40', 'V100-16', 'T4'];
    const eight = weightBytesTouched(known('llama-3-8b'), bf16, 1);
    const packed = 4.58 * GIB;
    const seven = weightBytes(known('llama-2-7b'), bf16);
    expect(gpus.map((gpu) => rate(gpu, eight))).toEqual([104, 136, 46, 60, 21]);
    expect(gpus.map((gpu) => Math.floor(GPUS[gpu].bandwidth / packed))).toEqual([316, 414, 141, 183, 65]);
    expect(gpus.map((gpu) => rate(gpu, seven))).toEqual([115, 151, 52, 67, 24]);
  });
});

describe('FLOPs', () => {
  it('of one 8B token are 15.0e9 without the looked-up embedding', () => {
    expect(denseFlopsPerToken(known('llama-3.1-8b')) / 1e9).toBeCloseTo(15.0, 1);
  });
  it('of prefill leave out the head for all but the last token', () => {
    const model = known('llama-3.1-8b');
    // 2 × 6.9796e9 × 1000 + 2 × 0.5253e9 + 2 × 32 × 32 × 128 × 1000²
    expect(prefillFlops(model, 1000) / 1e12).toBeCloseTo(14.222, 3);
  });
  it('of decode grow with the context by 4·L·h·d', () => {
    const model = known('llama-3.1-8b');
    expect(decodeFlopsPerToken(model, 1000) - decodeFlopsPerToken(model, 0)).toBe(524_288_000);
  });
  it('of a mixture count the active experts only', () => {
    expect(denseFlopsPerToken(known('mixtral-8x7b')) / 1e9).toBeCloseTo(25.5, 1);
  });
  it('of attention stop growing at the window of a sliding layer', () => {
    const model = known('mistral-7b-v0.1');
    expect(decodeAttentionFlops(model, 4096)).toBe(2_147_483_648);
    expect(decodeAttentionFlops(model, 20000)).toBe(2_147_483_648);
    expect(causalAttentionFlops(model, 4096)).toBe(4_398_046_511_104);
    expect(causalAttentionFlops(model, 8192)).toBe(13_194_139_533_312);
  });
  it('of training are 6 per parameter and token, 8 with recomputation, 4 for LoRA', () => {
    const model = known('llama-3.1-8b');
    const per = (lora: boolean, recompute: boolean) => (trainingFlops(model, 1, { lora, recompute }) / 7_504_924_672).toFixed(2);
    expect([per(false, false), per(false, true), per(true, false), per(true, true)]).toEqual(['6.00', '8.00', '4.00', '6.00']);
  });
});

describe('the KV cache', () => {
  it.each([
    ['llama-2-7b', 512],
    ['llama-2-13b', 800],
    ['llama-3-8b', 128],
    ['mistral-7b', 128],
    ['llama-3-70b', 320],
    ['qwen2.5-7b', 56],
    ['qwen3-32b', 256],
  ])('of %s takes %i KiB a token in fp16', (name, kib) => {
    expect(kvBytesPerToken(known(name), 2)).toBe(kib * 1024);
  });
  it('of latent attention holds 576 values a token and layer, on every GPU', () => {
    expect(kvBytesPerToken(known('deepseek-v3'), 2)).toBe(70_272);
    expect(kvFractionPerGpu(known('deepseek-v3'), 8)).toBe(1);
  });
  it('of sliding layers keeps the window', () => {
    const model = known('gpt-oss-20b');
    expect(kvBytesPerSequence(model, 128, 2)).toBe(kvBytesPerToken(model, 2) * 128);
    expect(kvBytesPerSequence(model, 4096, 2)).toBe(12 * 2048 * 4096 + 12 * 2048 * 128);
  });
  it('is dealt out by whole KV heads', () => {
    const model = known('llama-3-8b');
    expect([1, 2, 4, 8, 16].map((tp) => kvFractionPerGpu(model, tp))).toEqual([1, 0.5, 0.25, 0.125, 0.125]);
    expect(kvFractionPerGpu(known('falcon-7b'), 4)).toBe(1);
  });
  it('overtakes the weights at 122 thousand tokens (8B), 430 (70B) and 25.7 (Llama-2-7B)', () => {
    const at = (name: string) => weightBytes(known(name), bf16) / kvBytesPerToken(known(name), 2) / 1000;
    expect(at('llama-3-8b')).toBeCloseTo(122.5, 0);
    expect(at('llama-3-70b')).toBeCloseTo(430.6, 0);
    expect(at('llama-2-7b')).toBeCloseTo(25.7, 1);
  });
});

describe('the critical batch', () => {
  const rows: readonly [MathType, QuantizationId | null, readonly (number | null)[]][] = [
    ['fp16', null, [201, 153, 215, 139, 203]],
    ['bf16', null, [201, 153, 215, null, null]],
    ['fp16', 'int8', [100, 77, 108, 69, 102]],
  ];
  const gpus: readonly GpuId[] = ['A100-40', 'A100-80', 'A40', 'V100-16', 'T4'];
  it.each(rows)('for %s math with %s weights', (math, quantization, expected) => {
    const seen = gpus.map((gpu) => criticalBatch(gpu, math, quantization));
    expect(seen.map((batch) => (batch === null ? null : Math.round(batch)))).toEqual(expected);
  });
  it('for 4-bit weights is about a quarter', () => {
    expect(gpus.map((gpu) => Math.round(criticalBatch(gpu, 'fp16', 'awq') ?? 0))).toEqual([52, 40, 56, 36, 53]);
  });
});

describe('training memory', () => {
  it.each<[OptimizerId, number]>([
    ['adamw', 18],
    ['adamw-16bit-grads', 16],
    ['adamw-8bit', 12],
    ['adamw-fp32', 16],
  ])('%s takes %i bytes per parameter', (optimizer, bytes) => {
    const { weights, master, gradients, optimizer: states } = OPTIMIZERS[optimizer];
    expect(weights + master + gradients + states).toBe(bytes);
  });
  it('of activations falls with flash attention and checkpointing', () => {
    const model = known('llama-2-7b');
    const at = (flashAttention: boolean, checkpointing: boolean, tensorParallel = 1) =>
      activationBytes(model, { sequence: 2048, microBatch: 1, flashAttention, checkpointing, tensorParallel, layers: 32 });
    expect(at(true, false)).toBe(9_126_805_504);
    expect(at(false, false)).toBe(30_601_641_984);
    expect(at(true, true)).toBe(822_083_584);
    expect(at(true, false, 4)).toBe(4_294_967_296);
  });
  it('rank-16 adapters of 8B on all linear layers have 42 million parameters', () => {
    expect(loraParameters(known('llama-3.1-8b'), 16)).toBe(41_943_040);
    expect(loraParameters(known('mixtral-8x7b'), 8)).toBe(6_815_744);
  });
});

describe('communication', () => {
  it('of a ring all-reduce is 2(n−1)/n of the message', () => {
    expect([1, 2, 4, 8].map((n) => ringAllReduceBytes(n, 1000))).toEqual([0, 1000, 1500, 1750]);
  });
  it('of tensor parallelism is 0.52 MB a token for 8B and 2.62 MB for 70B', () => {
    expect(tensorParallelMessageBytes(known('llama-3-8b'))).toBe(524_288);
    expect(tensorParallelMessageBytes(known('llama-3-70b'))).toBe(2_621_440);
  });
  it('of a pipeline boundary is 8 kB a token for 8B, and its bubble 3/11 with 4 stages and 8 micro-batches', () => {
    expect(pipelineBytesPerToken(known('llama-3-8b'))).toBe(8192);
    expect(pipelineBubble(4, 8)).toBeCloseTo(0.2727, 4);
    expect(pipelineBubble(1, 8)).toBe(0);
  });
  it('of data parallelism is up to 4 bytes a parameter, half again as much when weights are sharded', () => {
    expect(dataParallelBytes({ parameters: 1e9, gradientBytes: 2, replicas: 2, shardedWeights: false })).toBe(2e9);
    expect(dataParallelBytes({ parameters: 1e9, gradientBytes: 2, replicas: 4, shardedWeights: false })).toBe(3e9);
    expect(dataParallelBytes({ parameters: 1e9, gradientBytes: 2, replicas: 4, shardedWeights: true })).toBe(4.5e9);
  });
  it.each([
    ['A100 × 4 at 100 Gbit', 4 * 312e12, 12.5e9, 33],
    ['A100 × 4 at 25 Gbit', 4 * 312e12, 3.125e9, 133],
    ['A40 × 4 at 25 Gbit', 4 * 149.7e12, 3.125e9, 64],
    ['V100 × 4 at 25 Gbit', 4 * 125e12, 3.125e9, 53],
    ['T4 × 8 at 25 Gbit', 8 * 65e12, 3.125e9, 55],
  ])('balances computing on %s', (_, flops, link, thousands) => {
    expect(Math.round(dataParallelBalanceTokens(flops, 0.5, link) / 1000)).toBe(thousands);
  });
});

describe('loading', () => {
  it.each([
    [16.1e9, 12.5e9, 1.3],
    [141e9, 12.5e9, 11.3],
    [16.1e9, 3.125e9, 5.2],
    [141e9, 3.125e9, 45.1],
  ])('%d bytes over %d bytes/s read in %d s at best', (bytes, network, seconds) => {
    expect(loadSeconds({ nodeBytes: bytes, gpuBytes: bytes, network, storage: null, host: 31.5e9 }).read).toBeCloseTo(seconds, 1);
  });
  it('takes the slower of network and storage, then PCIe', () => {
    const times = loadSeconds({ nodeBytes: 100e9, gpuBytes: 25e9, network: 12.5e9, storage: 5e9, host: 25e9 });
    expect(times).toEqual({ read: 20, copy: 1, total: 21 });
    expect(loadSeconds({ nodeBytes: 100e9, gpuBytes: 25e9, network: null, storage: null, host: 25e9 }).total).toBe(1);
  });
});
