import { defineFamily } from '../spec/index.ts';

const SOURCE = 'config.json of the Hugging Face repository; size from the model card, multi-token-prediction layer not counted';
const mla = (queryRank: number | null) => ({ queryRank, kvRank: 512, ropeSize: 64, nopeSize: 128, valueSize: 128 });
const NOTE = 'Latent attention: the cache holds 576 values per token and layer, and every tensor-parallel rank holds all of it.';

export const DEEPSEEK = [
  ...defineFamily({
    family: 'DeepSeek', nativeType: 'bf16', source: SOURCE,
    models: [
      { id: 'deepseek-ai/deepseek-llm-7b-base', names: ['deepseek-llm-7b', 'deepseek-7b'], parameters: 6_910_365_696, layers: 30, hidden: 4096, heads: 32, kvHeads: 32, headSize: 128, intermediate: 11008, vocab: 102400, maxContext: 4096 },
      { id: 'deepseek-ai/DeepSeek-V2-Lite', names: ['deepseek-v2-lite', 'deepseek-coder-v2-lite'], parameters: 15_706_484_224, mla: mla(null), moe: { experts: 64, activeExperts: 6, expertIntermediate: 1408, sharedIntermediate: 2816, denseLayers: 1 }, layers: 27, hidden: 2048, heads: 16, kvHeads: 16, headSize: 128, intermediate: 10944, vocab: 102400, maxContext: 32768, notes: [NOTE] },
      { id: 'deepseek-ai/DeepSeek-V2', names: ['deepseek-v2', 'deepseek-v2.5', 'deepseek-coder-v2'], parameters: 235_741_434_880, mla: mla(1536), moe: { experts: 160, activeExperts: 6, expertIntermediate: 1536, sharedIntermediate: 3072, denseLayers: 1 }, layers: 60, hidden: 5120, heads: 128, kvHeads: 128, headSize: 128, intermediate: 12288, vocab: 102400, maxContext: 131072, notes: [NOTE] },
    ],
  }),
  ...defineFamily({
    family: 'DeepSeek V3', nativeType: 'bf16', nativeQuantization: 'fp8', source: SOURCE, notes: [NOTE],
    models: [
      { id: 'deepseek-ai/DeepSeek-V3', names: ['deepseek-v3', 'deepseek-r1', 'deepseek-v3.1', 'deepseek-r1-0528'], parameters: 671_026_419_200, mla: mla(1536), moe: { experts: 256, activeExperts: 8, expertIntermediate: 2048, sharedIntermediate: 2048, denseLayers: 3 }, layers: 61, hidden: 7168, heads: 128, kvHeads: 128, headSize: 128, intermediate: 18432, vocab: 129280, maxContext: 163840 },
    ],
  }),
];
