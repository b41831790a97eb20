// Past the door of core/knowledge/models: every row’s parameters are counted by arithmetic.
import { describe, expect, it } from 'vitest';
import { findModel, MODELS } from '../../../../core/knowledge/index.ts';
import { countParameters } from '../../../../core/knowledge/models/index.ts';

function known(id: string) {
  const model = MODELS.find((spec) => spec.id === id);
  if (model === undefined) throw new Error(`no row for ${id}`);
  return model;
}

describe('the model table', () => {
  it.each(MODELS.map((model) => [model.id, model] as const))('%s: arithmetic reproduces its published size within 1 %', (_, model) => {
    expect(Math.abs(countParameters(model).total / model.parameters - 1)).toBeLessThan(0.01);
  });

  it('holds each architecture once, and says where its numbers come from', () => {
    expect(new Set(MODELS.map((model) => model.id)).size).toBe(MODELS.length);
    for (const model of MODELS) expect(model.source.length).toBeGreaterThan(20);
  });

  const published: readonly [string, number][] = [
    ['meta-llama/Llama-2-7b-hf', 6.74],
    ['meta-llama/Llama-3.1-8B', 8.03],
    ['meta-llama/Llama-3.1-70B', 70.55],
    ['meta-llama/Llama-3.1-405B', 405.85],
    ['mistralai/Mixtral-8x7B-v0.1', 46.7],
    ['Qwen/Qwen2.5-7B', 7.62],
    ['google/gemma-2-9b', 9.24],
    ['openai/gpt-oss-120b', 116.83],
    ['deepseek-ai/DeepSeek-V3', 671.03],
    ['facebook/opt-66b', 65.72],
    ['tiiuae/falcon-40b', 41.3],
  ];
  it.each(published)('%s has %d billion parameters', (id, billions) => {
    expect(known(id).parameters / 1e9).toBeCloseTo(billions, 2);
  });

  const active: readonly [string, number][] = [
    ['mistralai/Mixtral-8x7B-v0.1', 12.9],
    ['mistralai/Mixtral-8x22B-v0.1', 39.1],
    ['Qwen/Qwen3-30B-A3B', 3.3],
    ['Qwen/Qwen3-235B-A22B', 22.2],
    ['deepseek-ai/DeepSeek-V3', 37.6],
    ['microsoft/Phi-3.5-MoE-instruct', 6.6],
  ];
  it.each(active)('one token of %s meets %d billion parameters', (id, billions) => {
    expect(known(id).activeParameters / 1e9).toBeCloseTo(billions, 0);
  });
  it('gpt-oss-20b counts 3.61 billion active without its input embedding, as its card does', () => {
    const model = known('openai/gpt-oss-20b');
    expect((model.activeParameters - model.embeddingParameters) / 1e9).toBeCloseTo(3.61, 2);
  });
  it('a dense model is active as a whole, and a tied head is counted once', () => {
    const llama = known('meta-llama/Llama-3.2-1B');
    expect(llama.activeParameters).toBe(1_235_814_400);
    expect(llama.headParameters).toBe(262_668_288);
    expect(llama.embeddingParameters).toBe(262_668_288);
    expect(known('meta-llama/Llama-3.1-8B').embeddingParameters).toBe(525_336_576);
  });
  it('OPT looks up its positions too', () => {
    expect(known('facebook/opt-1.3b').embeddingParameters).toBe(50272 * 2048 + 2050 * 2048);
  });
});

describe('a model named in any of the ways people do', () => {
  const named: readonly [string, string][] = [
    ['meta-llama/Llama-3.1-8B', 'meta-llama/Llama-3.1-8B'],
    ['meta-llama/Meta-Llama-3.1-8B-Instruct', 'meta-llama/Llama-3.1-8B'],
    ['META-LLAMA/LLAMA-3.1-8B', 'meta-llama/Llama-3.1-8B'],
    ['llama3.1-8b', 'meta-llama/Llama-3.1-8B'],
    ['llama3.1:8b', 'meta-llama/Llama-3.1-8B'],
    ['Meta-Llama-3-8B', 'meta-llama/Meta-Llama-3-8B'],
    ['llama3-70b-instruct', 'meta-llama/Meta-Llama-3-70B'],
    ['/models/llama-2-7b', 'meta-llama/Llama-2-7b-hf'],
    ['/models/llama-2-7b/', 'meta-llama/Llama-2-7b-hf'],
    ['Llama-2-7b-chat-hf', 'meta-llama/Llama-2-7b-hf'],
    ['lmsys/vicuna-13b-v1.5', 'meta-llama/Llama-2-13b-hf'],
    ['/cache/hub/models--meta-llama--Llama-3.1-8B/snapshots/d04e592bb4f6aa9cfee91e2e20afa771667e1d4b', 'meta-llama/Llama-3.1-8B'],
    ['/scratch/run/llama-2-13b/checkpoint-500', 'meta-llama/Llama-2-13b-hf'],
    ['mistralai/Mistral-7B-Instruct-v0.2', 'mistralai/Mistral-7B-v0.2'],
    ['mistralai/Mistral-7B-v0.1', 'mistralai/Mistral-7B-v0.1'],
    ['mistralai/Mistral-7B-Instruct-v0.3', 'mistralai/Mistral-7B-v0.3'],
    ['mistralai/Mistral-Small-24B-Instruct-2501', 'mistralai/Mistral-Small-24B-Base-2501'],
    ['mistralai/Mistral-Small-Instruct-2409', 'mistralai/Mistral-Small-Instruct-2409'],
    ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'mistralai/Mixtral-8x7B-v0.1'],
    ['Qwen/Qwen2.5-Coder-7B-Instruct', 'Qwen/Qwen2.5-7B'],
    ['qwen2.5:0.5b', 'Qwen/Qwen2.5-0.5B'],
    ['Qwen/QwQ-32B', 'Qwen/Qwen2.5-32B'],
    ['Qwen/Qwen3-30B-A3B-Instruct-2507', 'Qwen/Qwen3-30B-A3B'],
    ['Qwen/Qwen3-8B', 'Qwen/Qwen3-8B'],
    ['deepseek-ai/DeepSeek-R1-Distill-Qwen-7B', 'Qwen/Qwen2.5-7B'],
    ['deepseek-ai/DeepSeek-R1-Distill-Llama-70B', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['deepseek-ai/DeepSeek-R1', 'deepseek-ai/DeepSeek-V3'],
    ['deepseek-ai/DeepSeek-V2-Lite-Chat', 'deepseek-ai/DeepSeek-V2-Lite'],
    ['openai/gpt-oss-20b', 'openai/gpt-oss-20b'],
    ['google/gemma-2-9b-it', 'google/gemma-2-9b'],
    ['gemma3:27b', 'google/gemma-3-27b-it'],
    ['microsoft/Phi-3-mini-128k-instruct', 'microsoft/Phi-3-mini-4k-instruct'],
    ['microsoft/phi-4', 'microsoft/phi-4'],
    ['facebook/opt-1.3b', 'facebook/opt-1.3b'],
    ['opt-125m', 'facebook/opt-125m'],
    ['gpt2', 'openai-community/gpt2'],
    ['gpt2-xl', 'openai-community/gpt2-xl'],
    ['tiiuae/falcon-7b-instruct', 'tiiuae/falcon-7b'],
    ['TinyLlama/TinyLlama-1.1B-Chat-v1.0', 'TinyLlama/TinyLlama-1.1B-Chat-v1.0'],
    ['HuggingFaceTB/SmolLM2-1.7B-Instruct', 'HuggingFaceTB/SmolLM2-1.7B'],
    ['/home/me/llama-13b/merge', 'huggyllama/llama-13b'],
    ['/data/Llama-2-70b-chat-hf/model-00001-of-00015.safetensors', 'meta-llama/Llama-2-70b-hf'],
    ['deepseek-r1:7b', 'Qwen/Qwen2.5-7B'],
    ['our-group/llama-3.1-8b-swedish-news-sft', 'meta-llama/Llama-3.1-8B'],
  ];
  it.each(named)('%s is %s', (name, id) => {
    expect(findModel(name)?.model.id).toBe(id);
  });

  const quantized: readonly [string, string, string | null][] = [
    ['TheBloke/Llama-2-7B-Chat-AWQ', 'meta-llama/Llama-2-7b-hf', 'awq'],
    ['TheBloke/Llama-2-13B-GPTQ', 'meta-llama/Llama-2-13b-hf', 'gptq-int4'],
    ['Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8', 'Qwen/Qwen2.5-7B', 'gptq-int8'],
    ['neuralmagic/Meta-Llama-3.1-8B-Instruct-FP8', 'meta-llama/Llama-3.1-8B', 'fp8'],
    ['RedHatAI/Meta-Llama-3.1-70B-Instruct-quantized.w8a8', 'meta-llama/Llama-3.1-70B', 'w8a8'],
    ['Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf', 'meta-llama/Llama-3.1-8B', 'q4_k_m'],
    ['/models/llama-2-7b.Q8_0.gguf', 'meta-llama/Llama-2-7b-hf', 'q8_0'],
    ['Meta-Llama-3-70B-Instruct-Q5_K_S-00001-of-00002.gguf', 'meta-llama/Meta-Llama-3-70B', 'q5_k_s'],
    ['unsloth/llama-3-8b-bnb-4bit', 'meta-llama/Meta-Llama-3-8B', 'nf4'],
    ['openai/gpt-oss-120b', 'openai/gpt-oss-120b', 'mxfp4'],
    ['deepseek-ai/DeepSeek-V3', 'deepseek-ai/DeepSeek-V3', 'fp8'],
    ['meta-llama/Llama-2-7b-hf', 'meta-llama/Llama-2-7b-hf', null],
  ];
  it.each(quantized)('%s is %s, quantised as %s', (name, id, quantization) => {
    const found = findModel(name);
    expect([found?.model.id, found?.quantization]).toEqual([id, quantization]);
  });

  const unknown = [
    '',
    '/',
    'my-model',
    'default',
    'Qwen/Qwen2.5-VL-7B-Instruct',
    'yuhuili/EAGLE-LLaMA3.1-Instruct-8B',
    'llama',
    'llama-3.1',
    '7b',
    'meta-llama/Llama-3.1-9B',
    'Llama-3.1-Minitron-4B',
    'mistral-small-119b',
    'microsoft/Phi-4-multimodal-instruct',
    '/models/llama-2-7b/adapter',
    '/models/llama-2-7b/mystery-3b',
    'llama-13b/merge',
    'constructor',
    'sentence-transformers/all-MiniLM-L6-v2',
  ];
  it.each(unknown)('"%s" is not guessed at', (name) => {
    expect(findModel(name)).toBeNull();
  });
});
