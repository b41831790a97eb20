import { defineFamily } from '../spec/index.ts';

const SOURCE = 'config.json of the Hugging Face repository; size from its safetensors index';

export const SMALL = [
  ...defineFamily({
    family: 'TinyLlama', nativeType: 'bf16', source: SOURCE,
    models: [
      { id: 'TinyLlama/TinyLlama-1.1B-Chat-v1.0', names: ['tinyllama-1.1b', 'tinyllama', 'tiny-llama-1.1b'], parameters: 1_100_048_384, layers: 22, hidden: 2048, heads: 32, kvHeads: 4, headSize: 64, intermediate: 5632, vocab: 32000, maxContext: 2048 },
    ],
  }),
  ...defineFamily({
    family: 'SmolLM', nativeType: 'bf16', tiedHead: true, source: SOURCE,
    models: [
      { id: 'HuggingFaceTB/SmolLM2-135M', names: ['smollm-2-135m', 'smollm-135m'], parameters: 134_515_008, layers: 30, hidden: 576, heads: 9, kvHeads: 3, headSize: 64, intermediate: 1536, vocab: 49152, maxContext: 8192 },
      { id: 'HuggingFaceTB/SmolLM2-360M', names: ['smollm-2-360m', 'smollm-360m'], parameters: 361_821_120, layers: 32, hidden: 960, heads: 15, kvHeads: 5, headSize: 64, intermediate: 2560, vocab: 49152, maxContext: 8192 },
      { id: 'HuggingFaceTB/SmolLM2-1.7B', names: ['smollm-2-1.7b', 'smollm-1.7b'], parameters: 1_711_376_384, layers: 24, hidden: 2048, heads: 32, kvHeads: 32, headSize: 64, intermediate: 8192, vocab: 49152, maxContext: 8192 },
      { id: 'HuggingFaceTB/SmolLM3-3B', names: ['smollm-3-3b'], parameters: 3_075_098_624, layers: 36, hidden: 2048, heads: 16, kvHeads: 4, headSize: 128, intermediate: 11008, vocab: 128256, maxContext: 65536 },
    ],
  }),
  ...defineFamily({
    family: 'GPT-2', nativeType: 'fp32', tiedHead: true, gated: false, norm: 'layer', qkvBias: true, outBias: true, mlpBias: true, positions: 1024, source: SOURCE,
    models: [
      { id: 'openai-community/gpt2', names: ['gpt-2', 'gpt-2-small'], parameters: 124_439_808, layers: 12, hidden: 768, heads: 12, kvHeads: 12, headSize: 64, intermediate: 3072, vocab: 50257, maxContext: 1024 },
      { id: 'openai-community/gpt2-medium', names: ['gpt-2-medium'], parameters: 354_823_168, layers: 24, hidden: 1024, heads: 16, kvHeads: 16, headSize: 64, intermediate: 4096, vocab: 50257, maxContext: 1024 },
      { id: 'openai-community/gpt2-large', names: ['gpt-2-large'], parameters: 774_030_080, layers: 36, hidden: 1280, heads: 20, kvHeads: 20, headSize: 64, intermediate: 5120, vocab: 50257, maxContext: 1024 },
      { id: 'openai-community/gpt2-xl', names: ['gpt-2-xl'], parameters: 1_557_611_200, layers: 48, hidden: 1600, heads: 25, kvHeads: 25, headSize: 64, intermediate: 6400, vocab: 50257, maxContext: 1024 },
    ],
  }),
];
