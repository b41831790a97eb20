import { defineFamily } from '../spec/index.ts';

const SOURCE = 'config.json of the Hugging Face repository; size from its safetensors index';

export const GEMMA = [
  ...defineFamily({
    family: 'Gemma', nativeType: 'bf16', tiedHead: true, source: SOURCE,
    models: [
      { id: 'google/gemma-2b', names: ['gemma-2b', 'gemma-1.1-2b'], parameters: 2_506_172_416, layers: 18, hidden: 2048, heads: 8, kvHeads: 1, headSize: 256, intermediate: 16384, vocab: 256000, maxContext: 8192 },
      { id: 'google/gemma-7b', names: ['gemma-7b', 'gemma-1.1-7b'], parameters: 8_537_680_896, layers: 28, hidden: 3072, heads: 16, kvHeads: 16, headSize: 256, intermediate: 24576, vocab: 256000, maxContext: 8192 },
    ],
  }),
  ...defineFamily({
    family: 'Gemma 2', nativeType: 'bf16', tiedHead: true, normsPerLayer: 4, source: SOURCE,
    notes: ['Every second layer slides over 4096 tokens.'],
    models: [
      { id: 'google/gemma-2-2b', names: ['gemma-2-2b'], parameters: 2_614_341_888, sliding: { window: 4096, layers: 13 }, layers: 26, hidden: 2304, heads: 8, kvHeads: 4, headSize: 256, intermediate: 9216, vocab: 256000, maxContext: 8192 },
      { id: 'google/gemma-2-9b', names: ['gemma-2-9b'], parameters: 9_241_705_984, sliding: { window: 4096, layers: 21 }, layers: 42, hidden: 3584, heads: 16, kvHeads: 8, headSize: 256, intermediate: 14336, vocab: 256000, maxContext: 8192 },
      { id: 'google/gemma-2-27b', names: ['gemma-2-27b'], parameters: 27_227_128_320, sliding: { window: 4096, layers: 23 }, layers: 46, hidden: 4608, heads: 32, kvHeads: 16, headSize: 128, intermediate: 36864, vocab: 256000, maxContext: 8192 },
    ],
  }),
  ...defineFamily({
    family: 'Gemma 3', nativeType: 'bf16', tiedHead: true, normsPerLayer: 4, qkNorm: true,
    source: 'config.json of the Hugging Face repository (text part); size by its arithmetic, published sizes add a 0.42 B vision encoder from 4b on',
    notes: ['Five of six layers slide over a window.'],
    models: [
      { id: 'google/gemma-3-270m', names: ['gemma-3-270m'], parameters: 268_098_176, sliding: { window: 512, layers: 15 }, layers: 18, hidden: 640, heads: 4, kvHeads: 1, headSize: 256, intermediate: 2048, vocab: 262144, maxContext: 32768 },
      { id: 'google/gemma-3-1b-it', names: ['gemma-3-1b'], parameters: 999_885_952, sliding: { window: 512, layers: 22 }, layers: 26, hidden: 1152, heads: 4, kvHeads: 1, headSize: 256, intermediate: 6912, vocab: 262144, maxContext: 32768 },
      { id: 'google/gemma-3-4b-it', names: ['gemma-3-4b'], parameters: 3_880_263_168, sliding: { window: 1024, layers: 29 }, layers: 34, hidden: 2560, heads: 8, kvHeads: 4, headSize: 256, intermediate: 10240, vocab: 262208, maxContext: 131072 },
      { id: 'google/gemma-3-12b-it', names: ['gemma-3-12b'], parameters: 11_766_034_176, sliding: { window: 1024, layers: 40 }, layers: 48, hidden: 3840, heads: 16, kvHeads: 8, headSize: 256, intermediate: 15360, vocab: 262208, maxContext: 131072 },
      { id: 'google/gemma-3-27b-it', names: ['gemma-3-27b'], parameters: 27_009_346_304, sliding: { window: 1024, layers: 52 }, layers: 62, hidden: 5376, heads: 32, kvHeads: 16, headSize: 128, intermediate: 21504, vocab: 262208, maxContext: 131072 },
    ],
  }),
];
