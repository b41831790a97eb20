import { defineFamily } from '../spec/index.ts';

const SOURCE = 'config.json of the Hugging Face repository; size from its safetensors index';

export const OTHER = [
  ...defineFamily({
    family: 'Falcon', nativeType: 'bf16', tiedHead: true, gated: false, norm: 'layer',
    source: 'config.json of the Hugging Face repository; size by arithmetic with the head tied, as transformers loads it',
    models: [
      { id: 'tiiuae/falcon-7b', names: ['falcon-7b'], parameters: 6_921_720_704, normsPerLayer: 1, layers: 32, hidden: 4544, heads: 71, kvHeads: 1, headSize: 64, intermediate: 18176, vocab: 65024, maxContext: 2048 },
      { id: 'tiiuae/falcon-40b', names: ['falcon-40b'], parameters: 41_303_293_952, layers: 60, hidden: 8192, heads: 128, kvHeads: 8, headSize: 64, intermediate: 32768, vocab: 65024, maxContext: 2048 },
      { id: 'tiiuae/falcon-180B', names: ['falcon-180b'], parameters: 178_556_788_736, layers: 80, hidden: 14848, heads: 232, kvHeads: 8, headSize: 64, intermediate: 59392, vocab: 65024, maxContext: 2048 },
    ],
  }),
  ...defineFamily({
    family: 'MPT', nativeType: 'bf16', tiedHead: true, gated: false, norm: 'rms', source: `${SOURCE} (layer norms without bias)`,
    models: [
      { id: 'mosaicml/mpt-7b', names: ['mpt-7b'], parameters: 6_649_286_656, layers: 32, hidden: 4096, heads: 32, kvHeads: 32, headSize: 128, intermediate: 16384, vocab: 50432, maxContext: 2048 },
      { id: 'mosaicml/mpt-30b', names: ['mpt-30b'], parameters: 29_957_465_088, layers: 48, hidden: 7168, heads: 64, kvHeads: 64, headSize: 112, intermediate: 28672, vocab: 50432, maxContext: 8192 },
    ],
  }),
  ...defineFamily({
    family: 'BLOOM', nativeType: 'bf16', tiedHead: true, gated: false, norm: 'layer', qkvBias: true, outBias: true, mlpBias: true, source: SOURCE,
    models: [
      { id: 'bigscience/bloom-7b1', names: ['bloom-7b1', 'bloomz-7b1'], parameters: 7_069_016_064, layers: 30, hidden: 4096, heads: 32, kvHeads: 32, headSize: 128, intermediate: 16384, vocab: 250880, maxContext: 2048 },
      { id: 'bigscience/bloom', names: ['bloom', 'bloom-176b', 'bloomz'], parameters: 176_247_271_424, layers: 70, hidden: 14336, heads: 112, kvHeads: 112, headSize: 128, intermediate: 57344, vocab: 250880, maxContext: 2048 },
    ],
  }),
  ...defineFamily({
    family: 'Yi', nativeType: 'bf16', source: SOURCE,
    models: [
      { id: '01-ai/Yi-6B', names: ['yi-6b', 'yi-1.5-6b'], parameters: 6_061_035_520, layers: 32, hidden: 4096, heads: 32, kvHeads: 4, headSize: 128, intermediate: 11008, vocab: 64000, maxContext: 4096 },
      { id: '01-ai/Yi-34B', names: ['yi-34b', 'yi-1.5-34b'], parameters: 34_388_917_248, layers: 60, hidden: 7168, heads: 56, kvHeads: 8, headSize: 128, intermediate: 20480, vocab: 64000, maxContext: 4096 },
    ],
  }),
  ...defineFamily({
    family: 'OLMo 2', nativeType: 'bf16', source: SOURCE,
    models: [
      { id: 'allenai/OLMo-2-1124-7B', names: ['olmo-2-7b', 'olmo-2-1124-7b'], parameters: 7_298_617_344, layers: 32, hidden: 4096, heads: 32, kvHeads: 32, headSize: 128, intermediate: 11008, vocab: 100352, maxContext: 4096 },
      { id: 'allenai/OLMo-2-1124-13B', names: ['olmo-2-13b', 'olmo-2-1124-13b'], parameters: 13_716_198_400, layers: 40, hidden: 5120, heads: 40, kvHeads: 40, headSize: 128, intermediate: 13824, vocab: 100352, maxContext: 4096 },
    ],
  }),
  ...defineFamily({
    family: 'EuroLLM', nativeType: 'bf16', source: SOURCE,
    models: [
      { id: 'utter-project/EuroLLM-9B', names: ['eurollm-9b'], parameters: 9_152_000_000, layers: 42, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 12288, vocab: 128000, maxContext: 4096 },
    ],
  }),
  ...defineFamily({
    family: 'Granite 3', nativeType: 'bf16', tiedHead: true, source: SOURCE,
    models: [
      { id: 'ibm-granite/granite-3.1-8b-base', names: ['granite-3.1-8b', 'granite-3.2-8b', 'granite-3.3-8b'], parameters: 8_170_848_256, layers: 40, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 12800, vocab: 49155, maxContext: 131072 },
    ],
  }),
  ...defineFamily({
    family: 'Command R', nativeType: 'fp16', tiedHead: true, norm: 'rms', normsPerLayer: 1, source: SOURCE,
    models: [
      { id: 'CohereForAI/c4ai-command-r-v01', names: ['command-r', 'c4ai-command-r', 'command-r-35b'], parameters: 34_980_831_232, layers: 40, hidden: 8192, heads: 64, kvHeads: 64, headSize: 128, intermediate: 22528, vocab: 256000, maxContext: 131072 },
    ],
  }),
];
