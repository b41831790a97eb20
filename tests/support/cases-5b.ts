import type { MetricId, Table } from '../../core/readings/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import { made } from './telemetry.ts';

type Values = Partial<Record<MetricId, number>>;

/** One published measurement: what was seen, and what a right answer is (the first; the others are right too). */
export interface Case {
  readonly id: string;
  readonly what: string;
  readonly tables: readonly Table[];
  readonly options: AnalyseOptions;
  readonly expected: readonly string[];
  /** Why we say something else, where we do on purpose. */
  readonly disagree?: string;
}

const SAMPLES = 120;

/** Decoding at `rate` tokens/s with `running` requests: what a throughput benchmark shows of an engine. */
function decoding(rate: number, running = 1, context = 512): Table {
  return made('engine', {
    id: 'engine@1', samples: SAMPLES,
    values: { 'engine.running': running, 'engine.waiting': 0, 'engine.promptTokens': 0, 'engine.generationTokens': rate, 'engine.steps': rate / running, 'engine.kvTokens': running * context },
  });
}
/** Prefilling at `rate` tokens/s, prompts of `length`. */
function prefilling(rate: number, length: number): Table {
  return made('engine', {
    id: 'engine@1', samples: SAMPLES,
    values: { 'engine.running': 1, 'engine.waiting': 0, 'engine.promptTokens': rate, 'engine.generationTokens': rate / length, 'engine.requests': rate / length, 'engine.steps': rate / length, 'engine.kvTokens': length },
  });
}
/** A trainer's log with its model FLOP/s: MFU × peak. */
const training = (mfu: number, peak: number) => made('engine', { id: 'trainer@log', samples: SAMPLES, values: { 'engine.trainFlopRate': mfu * peak } });
/** Kernels as counters: tensor ≈ MFU, DRAM ≈ MBU, nothing between them (synthetic from measured kernels). */
const kernels = (mbu: number, mfu: number, name: string) => made('gpu', { samples: SAMPLES, facts: { name }, values: { 'gpu.grActive': 1, 'gpu.tensorActive': mfu, 'gpu.dramActive': mbu, 'gpu.fp32Active': 0.02 } });
const util = (value: number) => (table: Table): Table[] => [made('gpu', { samples: SAMPLES, values: { 'gpu.util': value } }), table];

const L2_7B: AnalyseOptions = { gpu: 'A100-80', model: 'llama-2-7b', dtype: 'bf16' };
const L3_8B: AnalyseOptions = { model: 'llama-3-8b', dtype: 'fp16' };
const L3_70B: AnalyseOptions = { model: 'llama-3-70b', dtype: 'fp16' };
const A100_80 = 'NVIDIA A100-SXM4-80GB';
const A40 = 'NVIDIA A40';
const BF16 = 312e12;
const HOST = ['host', 'overhead'];

/** §5b, the rows that name a GPU, a model and a rate (or counters). */
export const ROWS: readonly Case[] = [
  { id: '1', what: 'gpt-fast L2-7B bf16, A100-80', tables: [decoding(104.9)], options: L2_7B, expected: ['memory'] },
  { id: '2', what: 'gpt-fast L2-7B int8, A100-80', tables: [decoding(155.6)], options: { ...L2_7B, quantization: 'int8' }, expected: ['memory'] },
  { id: '3', what: 'gpt-fast L2-7B int4, A100-80', tables: [decoding(196.8)], options: { ...L2_7B, quantization: 'int4' }, expected: ['memory', 'overhead'] },
  { id: '4', what: 'gpt-fast L3.1-8B bf16, A100-80', tables: [decoding(93.9)], options: { gpu: 'A100-80', model: 'llama-3.1-8b', dtype: 'bf16' }, expected: ['memory'] },
  { id: '5', what: 'gpt-fast L2-70B int8, A100-80', tables: [decoding(19.1)], options: { gpu: 'A100-80', model: 'llama-2-70b', dtype: 'bf16', quantization: 'int8' }, expected: ['memory'] },
  { id: '6', what: 'gpt-fast L2-7B bf16, TP2', tables: [decoding(168.8)], options: { ...L2_7B, tensorParallel: 2 }, expected: ['memory'] },
  { id: '7', what: 'gpt-fast L2-7B bf16, TP8 (over-sharded)', tables: [decoding(328)], options: { ...L2_7B, tensorParallel: 8 }, expected: ['overhead', 'network'] },
  { id: '8', what: 'gpt-fast L2-70B bf16, TP4', tables: [decoding(38)], options: { gpu: 'A100-80', model: 'llama-2-70b', dtype: 'bf16', tensorParallel: 4 }, expected: ['memory'] },
  { id: '9', what: 'llama.cpp L3-8B F16 tg, A40', tables: [decoding(33.95)], options: { ...L3_8B, gpu: 'A40' }, expected: ['memory'] },
  { id: '10', what: 'llama.cpp L3-8B F16 pp1024, A40', tables: [prefilling(4043, 1024)], options: { ...L3_8B, gpu: 'A40' }, expected: ['compute'] },
  { id: '11', what: 'llama.cpp L3-8B Q4_K_M tg, A40', tables: [decoding(88.95)], options: { ...L3_8B, gpu: 'A40', quantization: 'q4_k_m' }, expected: ['memory'] },
  { id: '12', what: 'llama.cpp L3-70B Q4 tg, A40', tables: [decoding(12.08)], options: { ...L3_70B, gpu: 'A40', quantization: 'q4_k_m' }, expected: ['memory'] },
  { id: '13', what: 'llama.cpp L3-8B F16 tg, A100 PCIe', tables: [decoding(54.56)], options: { ...L3_8B, gpu: 'A100-PCIE-80' }, expected: ['memory', 'overhead'] },
  { id: '14', what: 'llama.cpp L3-8B F16 pp, A100 PCIe', tables: [prefilling(7504, 1024)], options: { ...L3_8B, gpu: 'A100-PCIE-80' }, expected: ['compute'] },
  { id: '15', what: 'llama.cpp L3-8B Q4 tg, A100 SXM', tables: [decoding(133.4)], options: { ...L3_8B, gpu: 'A100-80', quantization: 'q4_k_m' }, expected: ['overhead'] },
  { id: '16', what: 'llama.cpp L3-70B Q4 tg, A100 SXM', tables: [decoding(24.33)], options: { ...L3_70B, gpu: 'A100-80', quantization: 'q4_k_m' }, expected: ['memory'] },
  {
    id: '18', what: 'llama.cpp L3-70B F16 tg over 4×A40 by layers', options: { ...L3_70B, gpu: 'A40', pipelineParallel: 4 }, expected: ['overhead'],
    tables: [...[0, 1, 2, 3].map((i) => made('gpu', { id: `GPU-${i}`, samples: SAMPLES, values: { 'gpu.util': 0.25 } })), decoding(3.98)],
  },
  { id: '19', what: 'vidur L2-7B GEMMs, 1 token, A100', tables: [kernels(0.746, 0.005, A100_80)], options: {}, expected: ['memory'] },
  { id: '20', what: 'vidur 32 tokens, A100', tables: [kernels(0.73, 0.15, A100_80)], options: {}, expected: ['memory'] },
  { id: '21', what: 'vidur 128 tokens, A100 (ridge)', tables: [kernels(0.57, 0.47, A100_80)], options: {}, expected: ['balanced'] },
  { id: '22', what: 'vidur 512 tokens, A100', tables: [kernels(0.21, 0.70, A100_80)], options: {}, expected: ['compute'] },
  { id: '23', what: 'vidur 2048 tokens, A100', tables: [kernels(0.05, 0.70, A100_80)], options: {}, expected: ['compute'] },
  { id: '24', what: 'vidur 1 token, A40', tables: [kernels(0.80, 0.004, A40)], options: {}, expected: ['memory'] },
  { id: '25a', what: 'vidur 128 tokens, A40 (decode-lean)', tables: [kernels(0.64, 0.38, A40)], options: {}, expected: ['memory'] },
  { id: '25b', what: 'vidur 256 tokens, A40', tables: [kernels(0.44, 0.53, A40)], options: {}, expected: ['balanced'] },
  { id: '25c', what: 'vidur 512 tokens, A40', tables: [kernels(0.28, 0.675, A40)], options: {}, expected: ['compute'] },
  { id: '26', what: 'vidur 70B TP4 4096 tokens, A40', tables: [kernels(0.04, 0.77, A40)], options: {}, expected: ['compute'] },
  { id: '27', what: 'vidur 7B TP4 1 token, A100', tables: [kernels(0.62, 0.004, A100_80)], options: {}, expected: ['memory'] },
  { id: '28', what: 'llm-foundry 7B train, 8×A100-80', tables: [training(0.642, BF16)], options: { gpu: 'A100-80', dtype: 'bf16' }, expected: ['compute'] },
  { id: '29', what: 'llm-foundry 70B train with recompute', tables: [training(0.533, BF16)], options: { gpu: 'A100-80', dtype: 'bf16' }, expected: ['compute'] },
  { id: '30', what: 'llm-foundry 7B train with recompute, 8×A100-40', tables: [training(0.501, BF16)], options: { gpu: 'A100-40', dtype: 'bf16' }, expected: ['compute'] },
  { id: '31', what: 'llm-foundry 70B train, 64×A100-40', tables: [training(0.359, BF16)], options: { gpu: 'A100-40', dtype: 'bf16' }, expected: ['network', 'overhead'] },
  { id: '32', what: 'llm-foundry 125M train, 8×A100-80', tables: util(0.95)(training(0.448, BF16)), options: { gpu: 'A100-80', dtype: 'bf16' }, expected: ['overhead', 'compute'] },
  { id: '33', what: 'BLOOM-176B train, A100-80 (HFU 48 %)', tables: [training(0.48, BF16)], options: { gpu: 'A100-80', dtype: 'bf16' }, expected: ['compute'] },
  { id: '34', what: 'Megatron 175B train, A100-80', tables: [training(0.514, BF16)], options: { gpu: 'A100-80', dtype: 'bf16' }, expected: ['compute'] },
  { id: '35', what: 'HF eager L3-8B bs1, A100-PCIE-40 (82 ms/token)', tables: [decoding(12.2)], options: { ...L3_8B, gpu: 'A100-PCIE-40' }, expected: HOST },
  { id: '36', what: 'HF Qwen2.5-0.5B FP16, T4', tables: [decoding(24.4)], options: { gpu: 'T4', model: 'qwen2.5-0.5b', dtype: 'fp16' }, expected: HOST },
  { id: '37', what: 'the same with bnb int8', tables: [decoding(6.3)], options: { gpu: 'T4', model: 'qwen2.5-0.5b', dtype: 'fp16', quantization: 'bnb-int8' }, expected: HOST },
  { id: '38', what: 'llama.cpp Gemma-3-1B Q4_K_M tg, T4', tables: [decoding(134.3)], options: { gpu: 'T4', model: 'gemma-3-1b', quantization: 'q4_k_m' }, expected: ['memory', 'overhead'] },
  { id: '39a', what: 'llama.cpp Qwen2.5-3B Q4_0 pp512, V100 PCIe', tables: [prefilling(5615, 512)], options: { gpu: 'V100-PCIE-16', model: 'qwen2.5-3b', dtype: 'fp16', quantization: 'q4_0' }, expected: ['compute'],
    disagree: 'the tensor cores account for 36 % of the time at least: by time accounting that is slow kernels (unpacking 4-bit weights), not the compute roof' },
  { id: '39b', what: 'the same tg128', tables: [decoding(143.5)], options: { gpu: 'V100-PCIE-16', model: 'qwen2.5-3b', dtype: 'fp16', quantization: 'q4_0' }, expected: ['overhead'] },
  { id: '45', what: 'Trainy: util 100 %, MFU 20 %, A100', tables: util(1)(training(0.2, BF16)), options: { gpu: 'A100-80', dtype: 'bf16' }, expected: ['overhead'] },
];

/** M-row: steady means of dmon and the engine (§5a, output length 260), as telemetry of that kind. */
function mrow(input: { model: string; running: number; sm: number; mem: number; watts: number; clock: number; decode: number; prompt: number; extra?: Values }): Pick<Case, 'tables' | 'options'> {
  const { model, running, sm, mem, watts, clock, decode, prompt, extra = {} } = input;
  return {
    tables: [
      made('gpu', { samples: SAMPLES, values: { 'gpu.util': sm, 'gpu.memUtil': mem, 'gpu.power': watts, 'gpu.smClock': clock } }),
      made('engine', {
        id: 'vllm@1', samples: SAMPLES,
        values: { 'engine.running': running, 'engine.waiting': 1000, 'engine.promptTokens': prompt, 'engine.generationTokens': decode + prompt / 250, 'engine.requests': prompt / 250, 'engine.preemptions': 0, 'engine.kvUsage': 0.4, ...extra },
      }),
    ],
    options: { gpu: 'H100-64', model },
  };
}

export const MROWS: readonly Case[] = [
  { id: 'M1', what: 'Llama-2-7B, 1', ...mrow({ model: 'llama-2-7b', running: 1, sm: 0.96, mem: 0.95, watts: 316, clock: 1.98e9, decode: 91, prompt: 89 }), expected: ['memory'] },
  { id: 'M2', what: 'Llama-2-7B, 8', ...mrow({ model: 'llama-2-7b', running: 8, sm: 0.95, mem: 0.94, watts: 344, clock: 1.98e9, decode: 651, prompt: 630 }), expected: ['memory'] },
  { id: 'M3', what: 'Llama-2-7B, 32', ...mrow({ model: 'llama-2-7b', running: 32, sm: 0.91, mem: 0.93, watts: 369, clock: 1.98e9, decode: 1901, prompt: 1761 }), expected: ['memory'] },
  { id: 'M4', what: 'Llama-2-7B, 128', ...mrow({ model: 'llama-2-7b', running: 128, sm: 0.89, mem: 0.94, watts: 457, clock: 1.98e9, decode: 3762, prompt: 3366 }), expected: ['memory'] },
  { id: 'M5', what: 'Llama-2-13B, 4', ...mrow({ model: 'llama-2-13b', running: 4, sm: 0.97, mem: 1, watts: 325, clock: 1.98e9, decode: 193, prompt: 187 }), expected: ['memory'] },
  { id: 'M6', what: 'Llama-2-13B, 8, lower clock', ...mrow({ model: 'llama-2-13b', running: 8, sm: 0.97, mem: 0.98, watts: 265, clock: 1.605e9, decode: 356, prompt: 336 }), expected: ['memory'] },
  { id: 'M7', what: 'Llama-2-13B, 64', ...mrow({ model: 'llama-2-13b', running: 64, sm: 0.94, mem: 0.98, watts: 452, clock: 1.98e9, decode: 1744, prompt: 1627 }), expected: ['memory'] },
  { id: 'M8', what: 'Llama-2-13B, 128: cache full, 475 preemptions', ...mrow({ model: 'llama-2-13b', running: 128, sm: 0.93, mem: 0.99, watts: 368, clock: 1.605e9, decode: 2574, prompt: 2426, extra: { 'engine.kvUsage': 0.99, 'engine.preemptions': 2.3 } }), expected: ['capacity'] },
  { id: 'M9', what: 'Llama-2-13B, 256: 136 run, 544 preemptions', ...mrow({ model: 'llama-2-13b', running: 136, sm: 0.93, mem: 0.99, watts: 368, clock: 1.605e9, decode: 2574, prompt: 2426, extra: { 'engine.kvUsage': 1, 'engine.preemptions': 2.6 } }), expected: ['capacity'] },
  { id: 'M10', what: 'opt-1.3b, 1', ...mrow({ model: 'opt-1.3b', running: 1, sm: 0.86, mem: 0.57, watts: 250, clock: 1.98e9, decode: 272, prompt: 253 }), expected: ['memory'] },
  { id: 'M11', what: 'opt-1.3b, 256, host contributing', ...mrow({ model: 'opt-1.3b', running: 180, sm: 0.68, mem: 0.67, watts: 411, clock: 1.98e9, decode: 9441, prompt: 8502 }), expected: ['memory'] },
  { id: 'M12', what: 'opt-2.7b, 128', ...mrow({ model: 'opt-2.7b', running: 128, sm: 0.78, mem: 0.78, watts: 331, clock: 1.98e9, decode: 5509, prompt: 5059 }), expected: ['memory'] },
  {
    id: 'M13', what: 'Llama-2-13B loaded, no request yet', options: { gpu: 'H100-64', model: 'llama-2-13b' }, expected: ['idle'],
    tables: [
      made('gpu', { samples: 3, values: { 'gpu.util': 0.17, 'gpu.memUtil': 0.17, 'gpu.power': 120, 'gpu.memUsed': 59e9 } }),
      made('engine', { id: 'vllm@1', samples: 3, values: { 'engine.running': 0, 'engine.waiting': 0, 'engine.promptTokens': 0, 'engine.generationTokens': 0 } }),
    ],
  },
];

/** Rows of §5b that no telemetry can be made of, and why. */
export const LEFT_OUT: readonly string[] = [
  '17: an anomaly by its own note', '40: the share of experts touched is not published', '41, 47: base rates of fleets',
  '42, 43, 48, 49: no throughput with a model on one GPU', '44: the GPU’s waiting share is the published label itself', '46: GB10 is not in the table',
];
