import { describe, expect, it } from 'vitest';
import type { GpuId } from '../../../../core/knowledge/index.ts';
import { about, advice, DECODE, type Case } from './build.ts';

const with_ = (more: Partial<Case>): Case => ({ ...DECODE, ...more });
const verdict = (more: Case['verdict']): Case['verdict'] => ({ ...DECODE.verdict, ...more });

describe('decode that waits for memory', () => {
  it('is told what to try in order, with gains by its own numbers', () => {
    expect(advice(DECODE).map(({ gain, text }) => [gain, text.slice(0, 40)])).toEqual([
      [1.82, 'Let up to 64 requests run at once (now 3'],
      [1.93, 'Each step reads 15.0 GB of weights per G'],
      [1.05, 'The KV cache is 12 % of what a step read'],
      [1.23, 'A100 SXM 40 GB reads at most 1.55 TB/s: '],
    ]);
  });

  it('promises nothing beyond the whole time, where the ceiling was passed', () => {
    const at = (memory: number) => about(advice(with_({ verdict: verdict({ shares: { memory, compute: 0.2 } }) })), /^Each step reads/)?.gain;
    expect(at(1.1)).toBe(2.52);
    expect(at(1)).toBe(2.52);
  });

  it('counts the requests of one replica: the others share another pass', () => {
    const two = with_({
      gpuCount: 2,
      workload: { ...DECODE.workload, dataParallel: 2 },
      mean: { ...DECODE.mean, 'engine.running': 64, 'engine.kvTokens': 32_000 },
    });
    expect(about(advice(two), /share each pass/)?.text).toContain('Let up to 64 requests run at once (now 32,');
  });

  it('publishes the arithmetic of each', () => {
    const [more, smaller] = advice(DECODE);
    expect(more?.arithmetic).toBe(
      '64 ÷ 32 × as many tokens a step, which takes 1 − 0.80 + 0.80 × 1.12 of the time (19.2 GB instead of 17.1 GB a step) = 1.82 ×; compute, now 20 %, allows 5.0 ×',
    );
    expect(smaller?.arithmetic).toBe('6.78 GB instead of 17.1 GB a step: 1 ÷ (1 − 0.80 + 0.80 × 0.40) = 1.93 ×');
  });

  it('promises no more than the next limit leaves', () => {
    const bound = advice(with_({ verdict: verdict({ relief: 1.4 }) }));
    expect(bound.every(({ gain }) => gain === null || gain <= 1.4)).toBe(true);
    expect(about(bound, /share each pass/)?.arithmetic).toContain('; at most 1.40 × until the next limit');
  });
});

describe('more requests at once', () => {
  const words = /share each pass over the weights/;

  it.each<[string, Partial<Case>, string]>([
    [
      'raises the limit where requests wait',
      {},
      'Let up to 64 requests run at once (now 32, 8 wait): raise --max-num-seqs (now 32). The KV cache has room for 32 more.',
    ],
    [
      'asks for more of them where none waits and the limit is not reached',
      { mean: { ...DECODE.mean, 'engine.waiting': 0 }, facts: { maxNumSeqs: '256' } },
      'Send up to 64 requests at once (now 32; none waits). The KV cache has room for 32 more.',
    ],
    [
      'goes up to the critical batch where the cache holds more',
      { mean: { ...DECODE.mean, 'engine.kvUsage': 0.05, 'engine.kvTokens': 1600 } },
      'Let up to 200 requests run at once',
    ],
    [
      'says where it cannot know what the cache holds',
      { mean: { 'engine.running': 32 }, facts: {} },
      'Send up to 200 requests at once (now 32). Whether the KV cache holds them is not known.',
    ],
  ])('%s', (_, more, text) => {
    expect(about(advice(with_(more)), words)?.text).toContain(text);
  });

  it('gain at most what compute still has', () => {
    expect(about(advice(with_({ verdict: verdict({ shares: { memory: 0.8, compute: 0.6 } }) })), words)?.gain).toBe(1.67);
  });

  it.each<[string, Partial<Case>]>([
    ['where the cache is full', { mean: { ...DECODE.mean, 'engine.kvUsage': 0.99 } }],
    ['at the critical batch', { mean: { ...DECODE.mean, 'engine.running': 201, 'engine.kvUsage': 0.3 } }],
    ['where the model is not known', { workload: { engine: 'vllm' } }],
    ['where no request is counted', { mean: {} }],
  ])('is not advised %s', (_, more) => {
    expect(about(advice(with_(more)), words)).toBeUndefined();
  });
});

describe('smaller weights', () => {
  const words = /^Each step reads/;
  const on = (gpu: GpuId, quantization: string | null = null) => about(advice(with_({ gpu, workload: { ...DECODE.workload, quantization } })), words);

  it('are told with a warning where kernels for them are poor', () => {
    expect(on('T4')?.text).toContain('GPTQ 4-bit');
    expect(on('T4')?.text).toContain('bitsandbytes INT8 was seen to be four times slower');
    expect(on('V100-32')?.text).toContain('the tensor cores take the 4-bit weights as FP16');
    expect(on('V100-32')?.text).not.toContain('INT8 weights are the half-way step');
    expect(on('A40')?.text).toContain('INT8 weights are the half-way step');
  });

  it('are not advised for weights in 4 bits, and less is gained from 8', () => {
    expect(on('A100-40', 'awq')).toBeUndefined();
    expect(on('A100-40', 'q4_k_m')).toBeUndefined();
    expect(on('A100-40', 'q6_k')).toBeUndefined(); // chosen for its quality
    const gain = on('A100-40', 'int8')?.gain ?? Number.NaN;
    expect(gain).toBeGreaterThan(1.2);
    expect(gain).toBeLessThan(1.93);
  });
});

describe('a smaller cache', () => {
  const words = /^The KV cache is/;
  /** 32 requests of 4000 tokens: 16.8 GB of cache beside 15.0 GB of weights. */
  const long: Partial<Case> = { mean: { ...DECODE.mean, 'engine.kvTokens': 128_000 } };

  it('is worth what it is of the bytes', () => {
    expect(about(advice(with_(long)), words)).toMatchObject({
      gain: 1.27,
      text: 'The KV cache is 53 % of what a step reads: keep it in 8 bits (--kv-cache-dtype fp8).',
    });
  });

  it('is not advised where the cards have no kernels for it, nor twice, nor for a small cache', () => {
    expect(about(advice(with_({ ...long, gpu: 'V100-32' })), words)).toBeUndefined();
    expect(about(advice(with_({ ...long, gpu: 'T4' })), words)).toBeUndefined();
    expect(about(advice(with_({ ...long, facts: { kvDtype: 'fp8_e4m3' } })), words)).toBeUndefined();
    expect(about(advice(with_({ mean: { ...DECODE.mean, 'engine.kvTokens': 3200 } })), words)).toBeUndefined();
  });

  it('of a model without grouped heads would be an eighth with them', () => {
    const mha = with_({ ...long, workload: { ...DECODE.workload, model: 'meta-llama/Llama-2-7b-hf' } });
    expect(about(advice(mha), /grouped heads/)?.text).toContain('keeps a cache for each of its 32 heads');
    expect(about(advice(with_(long)), /grouped heads/)).toBeUndefined();
    const short = with_({ mean: { ...DECODE.mean, 'engine.kvTokens': 8_000 }, workload: { ...DECODE.workload, model: 'meta-llama/Llama-2-7b-hf' } });
    expect(about(advice(short), /grouped heads/)).toBeUndefined(); // a quarter of what a step reads is not worth another model
  });
});

describe('a draft that guesses ahead', () => {
  const words = /speculative decoding/;

  it('is for few requests: up to a tenth of the critical batch', () => {
    const at = (running: number) => about(advice(with_({ mean: { 'engine.running': running } })), words);
    expect(at(20)?.gain).toBe(1.98);
    expect(at(21)).toBeUndefined();
  });

  it('is not advised where one is in use', () => {
    expect(about(advice(with_({ commands: ['vllm serve x --speculative-config {"model":"y"}'] })), words)).toBeUndefined();
  });
});

describe('another card', () => {
  const next = (gpu: GpuId, dtype = 'fp16') =>
    about(advice(with_({ gpu, workload: { ...DECODE.workload, dtype }, mean: { 'engine.running': 1 } })), /reads at most/)?.text;

  it('is the next with a faster memory that holds the job', () => {
    expect(next('A40')).toContain('A100 SXM 40 GB has 1.55 TB/s');
    expect(next('A100-40')).toContain('A100 SXM 80 GB has 2.04 TB/s');
    expect(next('A100-80')).toBeUndefined();
  });

  it('has the data type that the job uses', () => {
    expect(next('V100-16', 'bf16')).toContain('A100');
  });
});

describe('training that waits for memory', () => {
  it('is told to save passes over it', () => {
    const [first] = advice({
      verdict: { bottleneck: 'memory', activity: 'training', relief: 1.6, shares: { memory: 0.75, compute: 0.4 } },
      mean: { 'engine.trainTokenRate': 5000 },
    });
    expect(first).toMatchObject({ gain: 1.6 });
    expect(first?.text).toContain('Training moves 0.93 of 1.55 TB/s while its compute share is 40 %');
  });

  it('is told what DCGM counted where that is more than was thought achievable', () => {
    const [first] = advice({
      verdict: { bottleneck: 'memory', activity: 'training', relief: 1.6, shares: { memory: 1.1, compute: 0.4 } },
      mean: { 'engine.trainTokenRate': 5000, 'gpu.dramActive': 0.88 },
    });
    expect(first?.text).toContain('Training moves 1.37 of 1.55 TB/s');
  });
});

describe('memory by nvidia-smi alone', () => {
  it('is told what would prove it: there is no share to compute with', () => {
    const tries = advice({ verdict: { bottleneck: 'memory', tier: 'C', grade: 0.5, relief: null } });
    expect(about(tries, /dcgmi dmon -e 1001,1002,1004,1005/)?.gain).toBeNull();
    expect(tries.every(({ gain }) => gain === null)).toBe(true);
  });
});
