import { planJson } from '../../../cli/plan/json.ts';
import { planReport } from '../../../cli/plan/report.ts';
import { painter } from '../../../cli/terminal/style.ts';
import { ANOTHER_SITE, foreignNames } from '../../support/another-site.ts';
import { describe, expect, it } from 'vitest';
import { ALVIS, findModel, GPU_IDS, type GpuId, type QuantizationId, type Site } from '../../../core/knowledge/index.ts';
import { plan, type Plan, type PlanQuestion } from '../../../core/planner/index.ts';

type Asked = Omit<PlanQuestion, 'model' | 'site'> & { readonly site?: Site };

/** Every question of this file, for the last test of it. */
const asked: { readonly name: string; readonly question: Asked }[] = [];

function planned(name: string, question: Asked): Plan {
  asked.push({ name, question });
  return answered(name, question);
}

function answered(name: string, question: Asked): Plan {
  const found = findModel(name);
  if (found === null) throw new Error(`no row for ${name}`);
  const result = plan({ model: found.model, quantization: found.quantization ?? undefined, site: ALVIS, ...question });
  if (!result.ok) throw new Error(result.errors.join('; '));
  return result;
}

const ids = (of: Plan) => of.warnings.map((warning) => warning.id);

describe('decoding', () => {
  it.each<[GpuId, number]>([
    ['A100-40', 104],
    ['A100-80', 136],
    ['A40', 46],
    ['V100-16', 60],
    ['T4', 21],
  ])('8B in 16 bits at batch 1 on %s cannot pass %i tokens/s', (gpu, ceiling) => {
    const { decode } = planned('llama-3-8b', { gpu, type: 'fp16', context: 1 });
    expect(Math.round(decode?.tokensPerSecond.ceiling ?? 0)).toBe(ceiling);
    expect(decode?.binding).toBe('memory');
  });

  it('slows down as the cache grows: at 122 thousand tokens in flight it reads as much cache as weights', () => {
    const at = (batch: number, context: number) => planned('llama-3-8b', { gpu: 'A100-80', type: 'fp16', batch, context }).decode?.tokensPerSecond.ceiling ?? 0;
    expect(at(1, 1)).toBeCloseTo(135.8, 1);
    // 15.01 GB of weights and 16 × 7157 × 131,072 B of cache: twice the bytes.
    expect(at(16, 7157) / 16).toBeCloseTo(67.9, 1);
  });

  it('turns from memory to compute near the critical batch', () => {
    const binding = (batch: number) => planned('llama-3-8b', { gpu: 'A100-80', type: 'fp16', batch, context: 16 }).decode?.binding;
    expect(binding(128)).toBe('memory');
    expect(binding(256)).toBe('compute');
  });

  it('of one request gains nothing from pipeline stages, of four it gains four times', () => {
    const at = (pipelineParallel: number, batch: number) =>
      planned('llama-3-70b', { gpu: 'A40', type: 'fp16', pipelineParallel, batch, context: 1 }).decode?.tokensPerSecond.ceiling ?? 0;
    expect(at(4, 1)).toBeCloseTo(5.0, 1);
    expect(at(4, 4) / at(4, 1)).toBeCloseTo(4, 1);
  });

  it('gains at most twice from two tensor-parallel GPUs, and the expected rate less', () => {
    const one = planned('llama-2-7b', { gpu: 'A100-80', context: 1 }).decode?.tokensPerSecond;
    const two = planned('llama-2-7b', { gpu: 'A100-80', context: 1, tensorParallel: 2 }).decode?.tokensPerSecond;
    expect((two?.ceiling ?? 0) / (one?.ceiling ?? 1)).toBeCloseTo(2, 3);
    expect((two?.high ?? 0) / (one?.high ?? 1)).toBeLessThan(1.9);
  });

  it('of a mixture reads the experts that the batch touches', () => {
    const at = (batch: number) => planned('mixtral-8x7b', { gpu: 'A100-80', batch, context: 1, tensorParallel: 2 }).decode?.tokensPerSecond.ceiling ?? 0;
    // 25.5 GB at batch 1, 93.1 GB at batch 64, on two GPUs.
    expect(at(1)).toBeCloseTo(159.9, 0);
    expect(at(64) / 64).toBeCloseTo(43.8, 0);
  });

  it('scales with replicas', () => {
    const at = (dataParallel: number) => planned('llama-3-8b', { gpu: 'A100-40', dataParallel, batch: 8 }).decode?.tokensPerSecond.ceiling ?? 0;
    expect(at(4) / at(1)).toBeCloseTo(4, 10);
  });
});

describe('what an engine does beside its bytes and FLOPs', () => {
  it('lets query heads of a group read the cache together, unless it is told that each reads it for itself', () => {
    const at = (name: string, cachePerHead: boolean) =>
      planned(name, { gpu: 'H100-80', quantization: 'fp8', tensorParallel: 4, batch: 480, context: 1152, serve: { cachePerHead } }).decode?.tokensPerSecond;
    const [together, apart] = [at('llama-2-70b', false), at('llama-2-70b', true)];
    // TensorRT-LLM's XQA kernel gave 1.9 to 2.4 times the throughput of Llama-70B with such prompts and answers.
    expect((together?.high ?? 0) / (apart?.high ?? 1)).toBeGreaterThan(1.7);
    expect((together?.high ?? 0) / (apart?.high ?? 1)).toBeLessThan(2.6);
    expect(apart?.ceiling).toBe(together?.ceiling);
    // Every head of Llama-2-7B has keys of its own.
    expect(at('llama-2-7b', true)).toEqual(at('llama-2-7b', false));
  });

  it('hides the GPU behind launches from Python, or the launches behind the GPU, and never adds them', () => {
    const at = (batch: number) => {
      const { decode } = planned('llama-2-7b', { gpu: 'A100-80', engine: 'eager', batch, context: 2048 });
      return batch / (decode?.tokensPerSecond.high ?? NaN);
    };
    // 32 layers at 1.1 ms, while reading 13 GB takes 7.5.
    expect(at(1) * 1e3).toBeCloseTo(35.2, 1);
    // 7.5 ms of weights and 64 × 1.07 GB of cache at 0.8 of 2039 GB/s.
    expect(at(64) * 1e3).toBeCloseTo(49.6, 0);
  });

  it('reads experts in 16 bits less often at the slow end than packed ones, which are converted in between', () => {
    const width = (quantization: QuantizationId | null) => {
      const { low, high } = planned('mixtral-8x7b', { gpu: 'A100-80', tensorParallel: 2, quantization, context: 100 }).decode?.tokensPerSecond ?? {
        low: NaN,
        high: NaN,
      };
      return high / low;
    };
    expect(width(null)).toBeLessThan(1.8);
    expect(width('int8')).toBeGreaterThan(2);
  });

  it('launches more for quantised linear layers where each launch is waited for', () => {
    const at = (engine: 'eager' | 'graphs', quantization: QuantizationId | null) =>
      planned('qwen2.5-0.5b', { gpu: 'T4', engine, quantization, context: 100 }).decode?.parts.overhead ?? NaN;
    expect(at('eager', 'awq') / at('eager', null)).toBeCloseTo(1.4, 5);
    expect(at('graphs', 'awq')).toBe(at('graphs', null));
  });
});

describe('prefill', () => {
  it('of llama.cpp writes out weights that it unpacks at the slow end, so that quantised ones gain nothing there', () => {
    const at = (quantization: QuantizationId | null) => planned('llama-3-8b', { gpu: 'A6000', engine: 'llama.cpp', quantization, context: 1024 }).prefill;
    const [whole, packed] = [at(null)?.tokensPerSecond, at('q4_k_m')?.tokensPerSecond];
    expect(packed?.low ?? NaN).toBeLessThan(whole?.low ?? NaN);
    expect(packed?.high ?? NaN).toBeCloseTo(whole?.high ?? NaN, -2);
  });
  it('leaves out the embedding and, for all but the last token, the head', () => {
    const { prefill } = planned('llama-3.1-8b', { gpu: 'A100-40', context: 1000 });
    // 312e12 ÷ 14.222e9 FLOPs per token.
    expect(prefill?.tokensPerSecond.ceiling).toBeCloseTo(21938, -2);
    expect(prefill?.binding).toBe('compute');
  });
  it('of a few tokens is bound by reading the weights', () => {
    expect(planned('llama-3.1-8b', { gpu: 'A100-40', context: 16 }).prefill?.binding).toBe('memory');
  });
});

describe('memory when serving', () => {
  it.each<[GpuId, number]>([
    ['A100-40', 164.8],
    ['A40', 201.5],
    ['A100-80', 459.7],
  ])('%s has room for %d thousand tokens of 8B in bf16', (gpu, thousands) => {
    const { memory } = planned('llama-3.1-8b', { gpu });
    expect((memory.cacheTokens ?? 0) / 1000).toBeCloseTo(thousands, 0);
  });
  it('says by how much a plan does not fit, and then capacity binds', () => {
    const { memory, binding } = planned('llama-3.1-8b', { gpu: 'T4', type: 'fp16' });
    expect(memory.fits).toBe(false);
    // 16.06 GB of weights, 1 GB of workspace and 0.54 GB of cache in 0.9 × 16.1 GB.
    expect(memory.free / 1e9).toBeCloseTo(-3.11, 1);
    expect(memory.maxSequences).toBe(0);
    expect(binding).toBe('capacity');
  });
  it('believes the card: 38 GiB instead of 40', () => {
    const table = planned('llama-3.1-8b', { gpu: 'A100-40' }).memory.usable;
    const card = planned('llama-3.1-8b', { gpu: 'A100-40', card: { memoryTotal: 38 * 2 ** 30 } }).memory.usable;
    expect(table).toBeCloseTo(38_654_705_664, 0);
    expect(card).toBeCloseTo(36_721_970_380.8, 0);
  });
  it('halves the cache with an 8-bit one', () => {
    const at = (cacheBytes: number) => planned('llama-3.1-8b', { gpu: 'A100-40', batch: 16, serve: { cacheBytes } }).memory.kvCache;
    expect([at(2), at(1)]).toEqual([8_589_934_592, 4_294_967_296]);
  });
  it('splits weights over tensor ranks and layers over stages', () => {
    const at = (tensorParallel: number, pipelineParallel: number) =>
      planned('llama-2-7b', { gpu: 'A40', tensorParallel, pipelineParallel }).memory.weights / 1e9;
    expect(at(1, 1)).toBeCloseTo(13.48, 2);
    expect(at(2, 1)).toBeCloseTo(6.74, 2);
    // Half the layers and one of the two ends: 6.48 + 0.26.
    expect(at(1, 2)).toBeCloseTo(6.74, 2);
  });
  it('keeps the whole latent cache of DeepSeek on every tensor rank', () => {
    const at = (tensorParallel: number) => planned('deepseek-v2-lite', { gpu: 'A100-80', tensorParallel, batch: 4, context: 4096 }).memory.kvCache;
    expect(at(4)).toBe(at(1));
  });
});

describe('memory when training', () => {
  const train = (asked: Partial<Asked>) => planned('llama-2-7b', { gpu: 'A100-80', mode: 'train', context: 2048, ...asked }).memory;
  it('takes 18 bytes a parameter with AdamW, split by what it is for', () => {
    const { weights, gradients, optimizer } = train({});
    expect([weights, gradients, optimizer].map((bytes) => Math.round(bytes / 6_738_415_616))).toEqual([2, 4, 12]);
  });
  it('is split by ZeRO: the optimiser first, then gradients, then weights', () => {
    const at = (zero: 0 | 1 | 2 | 3) => {
      const { weights, gradients, optimizer } = train({ dataParallel: 4, train: { zero } });
      return [weights, gradients, optimizer].map((bytes) => Number((bytes / 6_738_415_616).toFixed(2)));
    };
    expect([at(0), at(1), at(2), at(3)]).toEqual([
      [2, 4, 12],
      [2, 4, 3],
      [2, 1, 3],
      [0.5, 1, 3],
    ]);
  });
  it('of LoRA is the frozen weights and 18 bytes per adapter parameter', () => {
    const { memory } = planned('llama-3.1-8b', { gpu: 'A100-40', mode: 'lora', context: 2048 });
    expect(memory.weights / 1e9).toBeCloseTo(16.14, 2);
    expect((memory.gradients + memory.optimizer) / 1e9).toBeCloseTo(0.67, 2);
    expect(memory.fits).toBe(true);
  });
  it('of QLoRA holds 70B in one A100-80', () => {
    expect(planned('llama-3.1-70b', { gpu: 'A100-80', mode: 'lora', quantization: 'nf4', context: 2048 }).memory.fits).toBe(true);
    expect(planned('llama-3.1-70b', { gpu: 'A100-80', mode: 'lora', context: 2048 }).memory.fits).toBe(false);
  });
});

describe('a training step', () => {
  it('of MPT-7B on A100-80 cannot pass 7506 tokens/s per GPU; 4641 were measured', () => {
    const { train } = planned('mpt-7b', { gpu: 'A100-80', mode: 'train', dataParallel: 4, batch: 32, context: 2048, train: { zero: 3, checkpointing: false } });
    expect((train?.tokensPerSecond.ceiling ?? 0) / 4).toBeCloseTo(7506, -2);
    expect(train?.binding).toBe('compute');
  });
  it('costs a third more with recomputation', () => {
    const at = (checkpointing: boolean) =>
      planned('mpt-7b', { gpu: 'A100-80', mode: 'train', batch: 32, context: 2048, train: { checkpointing } }).train?.parts.compute ?? 0;
    expect(at(true) / at(false)).toBeCloseTo(1.33, 2);
  });
  it('of LoRA costs two thirds of a full one', () => {
    const at = (mode: 'train' | 'lora') =>
      planned('llama-2-7b', { gpu: 'A100-80', mode, batch: 8, context: 1024, train: { checkpointing: false } }).train?.parts.compute ?? 0;
    // Two thirds of the products, and as much between them.
    expect(at('lora') / at('train')).toBeCloseTo(0.71, 2);
  });
  it('waits for the network when tokens per node are few: 33 thousand on A100 over InfiniBand at MFU 0.5', () => {
    const at = (batch: number) => planned('llama-2-7b', { gpu: 'A100-40', mode: 'train', dataParallel: 64, batch, context: 2048, train: { zero: 1 } });
    expect(ids(at(3))).toContain('too-few-tokens');
    expect(ids(at(4))).not.toContain('too-few-tokens');
    expect(at(1).train?.binding).toBe('network');
    expect(at(16).train?.binding).toBe('compute');
  });
  it('idles 3/11 of a pipeline of four stages with eight micro-batches', () => {
    expect(planned('llama-2-7b', { gpu: 'A100-40', mode: 'train', pipelineParallel: 4, batch: 8, context: 2048 }).train?.bubble).toBeCloseTo(0.2727, 4);
  });
});

describe('what is assumed', () => {
  it('is GGUF in llama.cpp, which keeps no tenth of the card back: 70B in Q4_K_M runs on one A40', () => {
    const of = planned('llama-3-70b', { gpu: 'A40', quantization: 'q4_k_m' });
    expect([of.input.engine, of.input.type, of.input.serve.memoryUtilization, of.memory.fits]).toEqual(['llama.cpp', 'fp16', 1, true]);
    expect(planned('llama-3-70b', { gpu: 'A40', quantization: 'q4_k_m', engine: 'graphs' }).memory.fits).toBe(false);
    expect(of.assumed.join('\n')).toContain('llama.cpp: every layer takes 28 to 100 µs');
  });
  it.each<[GpuId, string]>([
    ['T4', 'fp16'],
    ['V100-16', 'fp16'],
    ['A100-40', 'bf16'],
  ])('is on %s the type %s where nobody names one, and no warning', (gpu, type) => {
    const of = planned('qwen2.5-3b', { gpu });
    expect([of.input.type, of.compute.math, ids(of)]).toEqual([type, type, []]);
    expect(of.assumed.some((line) => line.startsWith('FP16: the model is published in BF16'))).toBe(type === 'fp16');
  });
  it('is 16 bits where an engine serves what was published in FP32, which a trainer keeps', () => {
    const served = planned('gpt2', { gpu: 'A100-40' });
    expect(served.input.type).toBe('fp16');
    expect(served.assumed).toContain('FP16: engines run in 16 bits what was published in FP32.');
    expect(planned('gpt2', { gpu: 'A100-40', mode: 'train' }).input.type).toBe('fp32');
  });
  it('is the kernels that a card can run: AWQ on T4 unpacks slower than Marlin would, and V100 has no AWQ in vLLM', () => {
    expect(ids(planned('qwen2.5-7b', { gpu: 'T4', quantization: 'awq' }))).toContain('old-4-bit-kernels');
    expect(
      planned('qwen2.5-7b', { gpu: 'V100-32', quantization: 'awq' })
        .warnings.map(({ text }) => text)
        .join(),
    ).toContain('vLLM refuses AWQ here');
    expect(ids(planned('qwen2.5-7b', { gpu: 'A40', quantization: 'awq' }))).not.toContain('old-4-bit-kernels');
    const low = (gpu: GpuId, quantization: QuantizationId) =>
      planned('qwen2.5-7b', { gpu, quantization, context: 512, engine: 'graphs' }).decode?.tokensPerSecond.low ?? 0;
    expect(low('T4', 'awq')).toBeLessThan(0.8 * low('T4', 'q4_0'));
  });
  it('is said of every plan', () => {
    for (const engine of ['graphs', 'llama.cpp', 'eager'] as const) {
      const { assumed } = planned('llama-3.1-8b', { gpu: 'A100-40', engine });
      expect(assumed.length).toBeGreaterThanOrEqual(3);
      expect(assumed[0]).toMatch(/every layer takes \d+ to \d+ µs/);
    }
    expect(planned('llama-2-7b', { gpu: 'A100-40', mode: 'train' }).assumed.join()).toContain('FlashAttention');
  });
});

describe('a step of a small model', () => {
  it('is bound by launching its kernels where nothing records them', () => {
    const at = (engine: 'graphs' | 'llama.cpp' | 'eager') => planned('qwen2.5-0.5b', { gpu: 'T4', engine, context: 100 }).decode;
    expect([at('graphs')?.binding, at('eager')?.binding]).toEqual(['memory', 'overhead']);
    // 24.4 tokens/s were measured with Transformers.
    expect(at('eager')?.tokensPerSecond.low).toBeLessThan(24.4);
    expect(at('eager')?.tokensPerSecond.high).toBeGreaterThan(24.4);
    expect(at('graphs')?.tokensPerSecond.low).toBeGreaterThan(100);
  });
});

describe('a pass over short prompts', () => {
  it('is shared by as many as fit its chunk: sixteen of 128 tokens read the weights once', () => {
    const at = (batch: number) => planned('llama-3.1-8b', { gpu: 'A100-80', context: 128, batch }).prefill?.tokensPerSecond.high ?? 0;
    expect(at(16) / at(1)).toBeGreaterThan(1.3);
    expect(at(16) / at(32)).toBeCloseTo(1, 1);
  });
});

describe('a long training sequence', () => {
  it('reaches less than a short one: attention of 65 thousand tokens is slower than products', () => {
    const share = (context: number, batch: number) => {
      const { train } = planned('mpt-7b', { gpu: 'A100-80', mode: 'train', context, batch, dataParallel: 8, train: { zero: 3 } });
      return (train?.tokensPerSecond.high ?? 0) / (train?.tokensPerSecond.ceiling ?? 1);
    };
    expect(share(2048, 32)).toBeGreaterThan(0.75);
    expect(share(65536, 1)).toBeLessThan(0.6);
  });
});

describe('memory that CPU and GPU share', () => {
  it('has nothing to move weights out to: GB10 offers no offload', () => {
    const { options, memory } = planned('llama-3.1-70b', { gpu: 'GB10' });
    expect(memory.fits).toBe(false);
    expect(options.map(({ id, possible, text }) => [id, possible, text.includes("no other memory than the GPU's")])).toEqual([
      ['cpu-offload', false, true],
      ['mmap', false, true],
    ]);
  });
  it('is a node of its own: two GB10 talk over a network', () => {
    const { placement, assumed } = planned('llama-3.1-8b', { gpu: 'GB10', pipelineParallel: 2 });
    expect([placement.gpusPerNode, placement.nodes, placement.pipeline.kind]).toEqual([1, 2, 'infiniband']);
    expect(assumed.at(-1)).toBe('Between nodes: 100 Gbit/s, since no network is described.');
  });
  it('is reached over NVLink-C2C on GH200, seven times as fast as over PCIe on an H100', () => {
    const at = (gpu: GpuId) => planned('llama-3.1-8b', { gpu }).load.copySeconds;
    expect(at('H100-80') / at('GH200-96')).toBeCloseTo(7.14, 2);
  });
});

describe('loading', () => {
  it.each<[GpuId, number]>([
    ['A100-40', 1.3],
    ['A40', 5.1],
  ])('8B on %s is read in %d s at best', (gpu, seconds) => {
    expect(planned('llama-3.1-8b', { gpu }).load.readSeconds).toBeCloseTo(seconds, 1);
  });
  it('a later load comes from the page cache at PCIe speed', () => {
    expect(planned('llama-3.1-8b', { gpu: 'A100-40' }).load.cachedSeconds).toBeCloseTo(0.51, 2);
  });
  it('is not known where no network is', () => {
    expect(planned('llama-3.1-8b', { gpu: 'H100-80' }).load.readSeconds).toBeNull();
  });
});

describe('communication', () => {
  it('of TP 4 on 70B is timed on NVLink, PCIe, InfiniBand and Ethernet', () => {
    const [row] = planned('llama-3.1-70b', { gpu: 'A100-40', tensorParallel: 4, batch: 16 }).communication;
    // 2.62 MB × 16 tokens × 1.5
    expect(row?.bytes).toBe(62_914_560);
    expect(row?.uses).toBe('nvlink');
    expect(row?.seconds.nvlink).toBeCloseTo(209.7e-6, 7);
    expect(row?.seconds.infiniband).toBeCloseTo(5.03e-3, 5);
    expect(row?.seconds.ethernet).toBeCloseTo(20.13e-3, 5);
  });
  it('of one GPU is none', () => {
    expect(planned('llama-3.1-8b', { gpu: 'A100-40' }).communication).toEqual([]);
  });
  it('of replicas on one node stays inside', () => {
    const [row] = planned('llama-2-7b', { gpu: 'A100-40', mode: 'train', dataParallel: 4, batch: 4 }).communication;
    expect([row?.kind, row?.uses, row?.bytes]).toEqual(['data', 'nvlink', 20_215_246_848]);
  });
});

describe('options', () => {
  it('CPU offload streams what is missing over PCIe in every step', () => {
    const { options, memory } = planned('llama-3.1-8b', { gpu: 'T4', type: 'fp16', context: 512 });
    const offload = options.find((option) => option.id === 'cpu-offload');
    expect(offload?.needed).toBe(true);
    expect(offload?.possible).toBe(true);
    expect(offload?.bytes).toBeCloseTo(-memory.free, 0);
    // 2.64 GB at 15.75 GB/s: 5.97 tokens/s instead of 21.
    expect(offload?.tokensPerSecond).toBeCloseTo(5.96, 1);
    expect(offload?.tokensPerSecondWithout).toBeCloseTo(21.2, 1);
  });
  it('CPU offload is impossible when even all weights outside leave too little', () => {
    const { options } = planned('llama-2-7b', { gpu: 'T4', type: 'fp16', batch: 64 });
    expect(options.map((option) => [option.id, option.possible, option.tokensPerSecond])).toEqual([
      ['cpu-offload', false, null],
      ['mmap', false, null],
    ]);
  });
  it('memory-mapped weights beyond host memory are read from storage in every step', () => {
    const { options } = planned('llama-3.1-405b', { gpu: 'A40', context: 512 });
    const mmap = options.find((option) => option.id === 'mmap');
    // 811.7 GB and the rest, less 43.5 usable and 256 of host memory, over 3.125 GB/s: 6.1 tokens a thousand seconds.
    expect(mmap?.tokensPerSecond).toBeCloseTo(0.0061, 4);
    expect(options.find((option) => option.id === 'cpu-offload')?.possible).toBe(false);
  });
  it('are not needed when a plan fits, and then cost nothing', () => {
    for (const option of planned('llama-3.1-8b', { gpu: 'A100-40' }).options) {
      expect([option.needed, option.tokensPerSecond]).toEqual([false, option.tokensPerSecondWithout]);
    }
  });
  it('optimiser state on the host frees a training job', () => {
    const { options } = planned('llama-2-7b', { gpu: 'A100-80', mode: 'train', batch: 4, context: 2048 });
    const [offload] = options;
    expect(offload?.possible).toBe(true);
    expect((offload?.bytes ?? 0) / 1e9).toBeCloseTo(80.86, 1);
  });
});

describe('warnings', () => {
  const rows: readonly [string, string, Asked, string][] = [
    ['BF16 on V100', 'llama-3.1-8b', { gpu: 'V100-32', type: 'bf16' }, 'unsupported-dtype'],
    ['BF16 on T4', 'qwen2.5-0.5b', { gpu: 'T4', type: 'bf16' }, 'unsupported-dtype'],
    ['INT8 on V100', 'llama-2-7b', { gpu: 'V100-16', quantization: 'w8a8' }, 'int8-without-tensor-cores'],
    ['FP8 on A100', 'llama-3.1-8b', { gpu: 'A100-40', quantization: 'fp8' }, 'fp8-weights-only'],
    ['A40 across nodes', 'llama-3.1-70b', { gpu: 'A40', tensorParallel: 4, pipelineParallel: 2 }, 'ethernet-between-nodes'],
    ['TP over Ethernet', 'llama-3.1-70b', { gpu: 'A40', tensorParallel: 8 }, 'tensor-over-network'],
    ['TP over InfiniBand', 'llama-3.1-70b', { gpu: 'A100-40', tensorParallel: 8 }, 'tensor-over-network'],
    ['TP over PCIe', 'llama-2-7b', { gpu: 'T4', type: 'fp16', tensorParallel: 2 }, 'tensor-over-pcie'],
    ['over-sharding', 'qwen2.5-1.5b', { gpu: 'A100-40', tensorParallel: 4 }, 'over-sharded'],
    ['more ranks than KV heads', 'qwen2.5-7b', { gpu: 'H100-80', tensorParallel: 7 }, 'cache-copies'],
    ['an uneven pipeline', 'qwen2.5-7b', { gpu: 'A40', pipelineParallel: 3 }, 'uneven-stages'],
    ['a context that is too long', 'llama-2-7b', { gpu: 'A100-80', context: 8192 }, 'context-too-long'],
    ['FlashAttention on T4', 'qwen2.5-0.5b', { gpu: 'T4', type: 'fp16', mode: 'lora', context: 512 }, 'no-flash-attention'],
    ['a small model step by step', 'opt-125m', { gpu: 'A100-40', context: 128 }, 'launch-bound'],
    ['more nodes than there are', 'llama-3.1-8b', { gpu: 'A100-80', dataParallel: 64 }, 'not-enough-nodes'],
    ['a GPU that the site has not', 'llama-3.1-8b', { gpu: 'H200' }, 'unknown-node'],
  ];
  it.each(rows)('name %s', (_, model, asked, id) => {
    expect(ids(planned(model, asked))).toContain(id);
  });

  const quiet: readonly [string, string, Asked][] = [
    ['8B in bf16 on A100', 'llama-3.1-8b', { gpu: 'A100-40', batch: 16 }],
    ['70B over the four A100 of a node', 'llama-3.1-70b', { gpu: 'A100-80', tensorParallel: 4, batch: 16 }],
    ['AWQ on A40', 'llama-3.1-8b', { gpu: 'A40', type: 'fp16', quantization: 'awq', batch: 8 }],
    ['FP16 on V100', 'llama-2-7b', { gpu: 'V100-16', context: 512 }],
    ['INT8 on A100', 'llama-2-7b', { gpu: 'A100-40', quantization: 'w8a8' }],
    ['LoRA on A100', 'llama-3.1-8b', { gpu: 'A100-40', mode: 'lora', batch: 4 }],
    ['FSDP on two A100 nodes with a large batch', 'llama-3.1-8b', { gpu: 'A100-40', mode: 'train', dataParallel: 8, batch: 8, train: { zero: 3 } }],
  ];
  it.each(quiet)('are silent on %s', (_, model, asked) => {
    expect(ids(planned(model, asked))).toEqual([]);
  });
});

describe('the compute type', () => {
  const rows: readonly [GpuId, Asked['type'], QuantizationId | null, boolean, string, number][] = [
    ['A100-40', 'bf16', null, false, 'bf16', 312e12],
    ['V100-16', 'bf16', null, false, 'fp32', 15.7e12],
    ['T4', 'fp16', null, false, 'fp16', 65e12],
    ['A100-40', 'fp32', null, false, 'fp32', 19.5e12],
    ['A100-40', 'fp32', null, true, 'tf32', 156e12],
    ['V100-16', 'fp32', null, true, 'fp32', 15.7e12],
    ['A100-40', 'fp16', 'awq', false, 'fp16', 312e12],
    ['A100-40', 'fp16', 'w8a8', false, 'int8', 624e12],
    ['V100-16', 'fp16', 'w8a8', false, 'int8', 64e12],
    ['A100-40', 'bf16', 'fp8', false, 'bf16', 312e12],
    ['H100-80', 'bf16', 'fp8', false, 'fp8', 1978.9e12],
  ];
  it.each(rows)('on %s with %s weights, %s, TF32 %s is %s at %d', (gpu, type, quantization, allowTf32, math, peak) => {
    const { compute } = planned('llama-3.1-8b', { gpu, type, quantization, allowTf32 });
    expect([compute.math, compute.peak]).toEqual([math, peak]);
  });
});

describe('the smallest allocation', () => {
  const first = (of: Plan) => {
    const [best] = of.allocations;
    return best === undefined ? null : [best.gpus, best.nodeType, best.nodes];
  };
  it('for 8B in bf16 is one A40', () => {
    expect(first(planned('llama-3.1-8b', { gpu: 'A100-40', batch: 16 }))).toEqual([1, 'A40', 1]);
  });
  it('for a small model is one T4, in FP16 since it has no BF16', () => {
    const [best] = planned('qwen2.5-1.5b', { gpu: 'A100-40' }).allocations;
    expect([best?.nodeType, best?.type]).toEqual(['T4', 'fp16']);
  });
  it('for 70B in bf16 is one A40 node', () => {
    expect(first(planned('llama-3.1-70b', { gpu: 'A100-40', batch: 16 }))).toEqual([4, 'A40', 1]);
  });
  it('for 405B in bf16 spans nodes', () => {
    const [best] = planned('llama-3.1-405b', { gpu: 'A100-80', context: 2048 }).allocations;
    expect([best?.nodeType, best?.nodes, best?.tensorParallel, best?.pipelineParallel]).toEqual(['A100fat', 3, 4, 3]);
  });
  it('for full training of 8B splits all state', () => {
    const result = planned('llama-3.1-8b', { gpu: 'A100-40', mode: 'train', batch: 8, context: 2048 });
    expect(first(result)).toEqual([2, 'A100fat', 1]);
    expect(result.allocations[0]?.input.train.zero).toBe(3);
  });
  it('has no price until a site sets one, then the cheapest comes first', () => {
    expect(planned('llama-3.1-8b', { gpu: 'A40' }).allocations.every((row) => row.pricePerHour === null)).toBe(true);
    const site = { ...ALVIS, prices: { currency: 'SEK', perGpuHour: { T4: 1, V100x2: 4, V100x4: 4, A40: 3, A100: 6, A100fat: 9 } } };
    const priced = planned('llama-3.1-8b', { gpu: 'A40', site }).allocations;
    expect(priced.slice(0, 2).map((row) => [row.nodeType, row.gpus, row.pricePerHour])).toEqual([
      ['T4', 2, 2],
      ['A40', 1, 3],
    ]);
  });
  it('is none when nothing holds it', () => {
    expect(planned('deepseek-v3', { gpu: 'A100-80', quantization: null, batch: 512, context: 65536 }).allocations).toEqual([]);
  });
});

describe('a question that cannot be answered', () => {
  const errors = (name: string, question: Asked) => {
    const found = findModel(name);
    if (found === null) throw new Error(name);
    const result = plan({ model: found.model, site: ALVIS, ...question });
    return result.ok ? [] : result.errors;
  };
  it('says why and what to change', () => {
    expect(errors('llama-3.1-8b', { gpu: 'A40', tensorParallel: 3 })).toEqual(['32 attention heads cannot be split over 3 GPUs: use 1, 2, 4, 8, 16']);
    expect(errors('llama-3.1-8b', { gpu: 'A40', pipelineParallel: 64 })).toEqual(['32 layers cannot make 64 pipeline stages']);
    expect(errors('llama-3.1-8b', { gpu: 'A40', batch: 0 })[0]).toContain('batch must be a whole number of at least 1, not 0');
    expect(errors('llama-3.1-8b', { gpu: 'A40', mode: 'train', quantization: 'nf4' })[0]).toContain('use LoRA');
    expect(errors('llama-3.1-8b', { gpu: 'A40', mode: 'train', train: { microBatch: 4 } })[0]).toContain('micro-batch of 4');
    expect(errors('llama-3.1-8b', { gpu: 'A40', serve: { memoryUtilization: 1.2 } })[0]).toContain('memory utilisation');
    expect(errors('llama-3.1-8b', { gpu: 'A40', batch: Number.NaN })[0]).toContain('NaN');
  });
});

describe('every plan', () => {
  const models = ['opt-125m', 'llama-3.1-8b', 'mixtral-8x7b', 'deepseek-v2-lite', 'gemma-3-27b'];
  const shapes: readonly Partial<Asked>[] = [
    {},
    { batch: 64, context: 2048 },
    { tensorParallel: 2, batch: 8 },
    { pipelineParallel: 2, batch: 3 },
    { dataParallel: 16 },
    { mode: 'train', batch: 4, dataParallel: 2, train: { zero: 3 } },
    { mode: 'lora', tensorParallel: 2, batch: 2 },
    { engine: 'eager', batch: 4 },
    { engine: 'llama.cpp', type: 'fp16', context: 512 },
    { quantization: 'q4_k_m', pipelineParallel: 2 },
    { quantization: 'awq', batch: 32 },
  ];
  const grid = models.flatMap((model) => GPU_IDS.flatMap((gpu) => shapes.map((shape) => ({ model, gpu, shape }))));
  it('expects less than its ceilings, adds its memory up, and binds one of its resources', () => {
    expect(grid.length).toBeGreaterThanOrEqual(455);
    for (const { model, gpu, shape } of grid) {
      const name = `${model} ${gpu} ${JSON.stringify(shape)}`;
      const of = planned(model, { gpu, quantization: null, ...shape });
      for (const phase of [of.decode, of.prefill, of.train].filter((part) => part !== null)) {
        const { low, high, ceiling } = phase.tokensPerSecond;
        expect([low > 0, low <= high, high <= ceiling, Number.isFinite(ceiling)], name).toEqual([true, true, true, true]);
      }
      const { weights, kvCache, activations, gradients, optimizer, workspace, total, usable, free, fits } = of.memory;
      expect(weights + kvCache + activations + gradients + optimizer + workspace, name).toBeCloseTo(total, -1);
      expect([usable - total, fits], name).toEqual([free, free >= 0]);
      for (const row of of.allocations) expect(row.memory.fits, name).toBe(true);
    }
  });
});

describe('on another cluster', () => {
  it('every question of this file is answered without a name that the cluster has not', () => {
    expect(asked.length).toBeGreaterThan(0);
    for (const { name, question } of asked) {
      const of = answered(name, { ...question, site: ANOTHER_SITE });
      expect(foreignNames([planJson(of), planReport(of, painter(false))], question.gpu), `${name} ${JSON.stringify(question)}`).toEqual([]);
    }
  });

  it('traffic is timed on the links that are there', () => {
    const { links } = answered('llama-3.1-70b', { gpu: 'H100-80', tensorParallel: 8, site: ANOTHER_SITE });
    expect(links.map(({ kind, rate }) => [kind, rate])).toEqual([
      ['nvlink', 450e9],
      ['pcie', 63.015e9],
      ['infiniband', 50e9],
    ]);
  });

  it('nobody is sent to nodes with InfiniBand where there are none', () => {
    const slow = { ...ANOTHER_SITE, nodeTypes: ANOTHER_SITE.nodeTypes.map((node) => ({ ...node, networks: [{ kind: 'ethernet', rate: 12.5e9 } as const] })) };
    const text = (site: Site) =>
      answered('llama-3.1-70b', { gpu: site === slow ? 'H100-80' : 'A40', tensorParallel: 4, pipelineParallel: 4, site }).warnings.find(
        ({ id }) => id === 'ethernet-between-nodes',
      )?.text;
    expect(text(slow)).toMatch(/Stay on one node\.$/);
    expect(text(ALVIS)).toMatch(/or use nodes with InfiniBand\.$/);
  });

  it('a card that it lacks is planned on eight GPUs a node, and what is assumed between nodes is said', () => {
    const text = (dataParallel: number) =>
      answered('llama-3.1-8b', { gpu: 'H200', dataParallel, site: ANOTHER_SITE }).warnings.find(({ id }) => id === 'unknown-node')?.text;
    expect(text(1)).toBe('Fjord has no node with H200: 8 GPUs a node are assumed, and no network is known.');
    expect(text(16)).toBe('Fjord has no node with H200: 8 GPUs a node are assumed, with 100 Gbit/s between them.');
  });
});
