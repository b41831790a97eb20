import { defineFamily } from '../spec/index.ts';

const SOURCE = 'config.json of the Hugging Face repository; size from its safetensors index';

export const PHI = [
  ...defineFamily({
    family: 'Phi', nativeType: 'bf16', source: SOURCE,
    models: [
      { id: 'microsoft/phi-2', names: ['phi-2', 'phi-2-2.7b'], parameters: 2_779_683_840, gated: false, norm: 'layer', normsPerLayer: 1, qkvBias: true, outBias: true, mlpBias: true, layers: 32, hidden: 2560, heads: 32, kvHeads: 32, headSize: 80, intermediate: 10240, vocab: 51200, maxContext: 2048 },
      { id: 'microsoft/Phi-3-mini-4k-instruct', names: ['phi-3-mini', 'phi-3.5-mini', 'phi-3-mini-3.8b'], parameters: 3_821_079_552, layers: 32, hidden: 3072, heads: 32, kvHeads: 32, headSize: 96, intermediate: 8192, vocab: 32064, maxContext: 131072 },
      { id: 'microsoft/Phi-3-medium-4k-instruct', names: ['phi-3-medium', 'phi-3-14b'], parameters: 13_960_238_080, layers: 40, hidden: 5120, heads: 40, kvHeads: 10, headSize: 128, intermediate: 17920, vocab: 32064, maxContext: 131072 },
      { id: 'microsoft/Phi-3.5-MoE-instruct', names: ['phi-3.5-moe'], parameters: 41_873_153_344, norm: 'layer', qkvBias: true, outBias: true, moe: { experts: 16, activeExperts: 2, expertIntermediate: 6400, sharedIntermediate: 0, denseLayers: 0 }, layers: 32, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 6400, vocab: 32064, maxContext: 131072 },
      { id: 'microsoft/phi-4', names: ['phi-4', 'phi-4-14b', 'phi-4-reasoning'], parameters: 14_659_507_200, layers: 40, hidden: 5120, heads: 40, kvHeads: 10, headSize: 128, intermediate: 17920, vocab: 100352, maxContext: 16384 },
      { id: 'microsoft/Phi-4-mini-instruct', names: ['phi-4-mini'], parameters: 3_836_021_760, tiedHead: true, layers: 32, hidden: 3072, heads: 24, kvHeads: 8, headSize: 128, intermediate: 8192, vocab: 200064, maxContext: 131072 },
    ],
  }),
];
