import { defineFamily } from '../spec/index.ts';

const SOURCE = 'config.json of the Hugging Face repository; size from its safetensors index';

export const LLAMA = [
  ...defineFamily({
    family: 'Llama 1', nativeType: 'fp16', source: SOURCE,
    models: [
      { id: 'huggyllama/llama-7b', names: ['llama-7b', 'llama-1-7b', 'alpaca-7b'], parameters: 6_738_415_616, layers: 32, hidden: 4096, heads: 32, kvHeads: 32, headSize: 128, intermediate: 11008, vocab: 32000, maxContext: 2048 },
      { id: 'huggyllama/llama-13b', names: ['llama-13b', 'llama-1-13b'], parameters: 13_015_864_320, layers: 40, hidden: 5120, heads: 40, kvHeads: 40, headSize: 128, intermediate: 13824, vocab: 32000, maxContext: 2048 },
      { id: 'huggyllama/llama-30b', names: ['llama-30b', 'llama-33b', 'llama-1-30b'], parameters: 32_528_943_616, layers: 60, hidden: 6656, heads: 52, kvHeads: 52, headSize: 128, intermediate: 17920, vocab: 32000, maxContext: 2048 },
      { id: 'huggyllama/llama-65b', names: ['llama-65b', 'llama-1-65b'], parameters: 65_285_660_672, layers: 80, hidden: 8192, heads: 64, kvHeads: 64, headSize: 128, intermediate: 22016, vocab: 32000, maxContext: 2048 },
    ],
  }),
  ...defineFamily({
    family: 'Llama 2', nativeType: 'fp16', source: SOURCE,
    models: [
      { id: 'meta-llama/Llama-2-7b-hf', names: ['llama-2-7b', 'vicuna-7b'], parameters: 6_738_415_616, layers: 32, hidden: 4096, heads: 32, kvHeads: 32, headSize: 128, intermediate: 11008, vocab: 32000, maxContext: 4096 },
      { id: 'meta-llama/Llama-2-13b-hf', names: ['llama-2-13b', 'vicuna-13b'], parameters: 13_015_864_320, layers: 40, hidden: 5120, heads: 40, kvHeads: 40, headSize: 128, intermediate: 13824, vocab: 32000, maxContext: 4096 },
      { id: 'meta-llama/Llama-2-70b-hf', names: ['llama-2-70b'], parameters: 68_976_648_192, layers: 80, hidden: 8192, heads: 64, kvHeads: 8, headSize: 128, intermediate: 28672, vocab: 32000, maxContext: 4096 },
      { id: 'codellama/CodeLlama-7b-hf', names: ['codellama-7b'], parameters: 6_738_546_688, layers: 32, hidden: 4096, heads: 32, kvHeads: 32, headSize: 128, intermediate: 11008, vocab: 32016, maxContext: 16384 },
      { id: 'codellama/CodeLlama-13b-hf', names: ['codellama-13b'], parameters: 13_016_028_160, layers: 40, hidden: 5120, heads: 40, kvHeads: 40, headSize: 128, intermediate: 13824, vocab: 32016, maxContext: 16384 },
      { id: 'codellama/CodeLlama-34b-hf', names: ['codellama-34b'], parameters: 33_743_970_304, layers: 48, hidden: 8192, heads: 64, kvHeads: 8, headSize: 128, intermediate: 22016, vocab: 32000, maxContext: 16384 },
    ],
  }),
  ...defineFamily({
    family: 'Llama 3', nativeType: 'bf16', source: SOURCE,
    models: [
      { id: 'meta-llama/Meta-Llama-3-8B', names: ['llama-3-8b'], parameters: 8_030_261_248, layers: 32, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 14336, vocab: 128256, maxContext: 8192 },
      { id: 'meta-llama/Meta-Llama-3-70B', names: ['llama-3-70b'], parameters: 70_553_706_496, layers: 80, hidden: 8192, heads: 64, kvHeads: 8, headSize: 128, intermediate: 28672, vocab: 128256, maxContext: 8192 },
      { id: 'meta-llama/Llama-3.1-8B', names: ['llama-3.1-8b', 'deepseek-r1-distill-llama-8b', 'hermes-3-llama-3.1-8b'], parameters: 8_030_261_248, layers: 32, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 14336, vocab: 128256, maxContext: 131072 },
      { id: 'meta-llama/Llama-3.1-70B', names: ['llama-3.1-70b', 'llama-3.1-nemotron-70b'], parameters: 70_553_706_496, layers: 80, hidden: 8192, heads: 64, kvHeads: 8, headSize: 128, intermediate: 28672, vocab: 128256, maxContext: 131072 },
      { id: 'meta-llama/Llama-3.3-70B-Instruct', names: ['llama-3.3-70b', 'deepseek-r1-distill-llama-70b', 'deepseek-r1-70b'], parameters: 70_553_706_496, layers: 80, hidden: 8192, heads: 64, kvHeads: 8, headSize: 128, intermediate: 28672, vocab: 128256, maxContext: 131072 },
      { id: 'meta-llama/Llama-3.1-405B', names: ['llama-3.1-405b'], parameters: 405_853_388_800, layers: 126, hidden: 16384, heads: 128, kvHeads: 8, headSize: 128, intermediate: 53248, vocab: 128256, maxContext: 131072 },
      { id: 'meta-llama/Llama-3.2-1B', names: ['llama-3.2-1b'], parameters: 1_235_814_400, tiedHead: true, layers: 16, hidden: 2048, heads: 32, kvHeads: 8, headSize: 64, intermediate: 8192, vocab: 128256, maxContext: 131072 },
      { id: 'meta-llama/Llama-3.2-3B', names: ['llama-3.2-3b'], parameters: 3_212_749_824, tiedHead: true, layers: 28, hidden: 3072, heads: 24, kvHeads: 8, headSize: 128, intermediate: 8192, vocab: 128256, maxContext: 131072 },
    ],
  }),
];
