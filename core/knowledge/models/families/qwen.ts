import { defineFamily } from '../spec/index.ts';

const SOURCE = 'config.json of the Hugging Face repository; size from its safetensors index without copies of tied weights';
const moe = (experts: number, expertIntermediate: number) => ({ experts, activeExperts: 8, expertIntermediate, sharedIntermediate: 0, denseLayers: 0 });

export const QWEN = [
  ...defineFamily({
    family: 'Qwen 2.5', nativeType: 'bf16', qkvBias: true, source: SOURCE,
    models: [
      { id: 'Qwen/Qwen2.5-0.5B', names: ['qwen-2.5-0.5b', 'qwen-2-0.5b'], parameters: 494_032_768, tiedHead: true, layers: 24, hidden: 896, heads: 14, kvHeads: 2, headSize: 64, intermediate: 4864, vocab: 151936, maxContext: 32768 },
      { id: 'Qwen/Qwen2.5-1.5B', names: ['qwen-2.5-1.5b', 'qwen-2-1.5b'], parameters: 1_543_714_304, tiedHead: true, layers: 28, hidden: 1536, heads: 12, kvHeads: 2, headSize: 128, intermediate: 8960, vocab: 151936, maxContext: 131072 },
      { id: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B', names: ['deepseek-r1-distill-qwen-1.5b', 'deepseek-r1-1.5b'], parameters: 1_777_088_000, layers: 28, hidden: 1536, heads: 12, kvHeads: 2, headSize: 128, intermediate: 8960, vocab: 151936, maxContext: 131072 },
      { id: 'Qwen/Qwen2.5-3B', names: ['qwen-2.5-3b'], parameters: 3_085_938_688, tiedHead: true, layers: 36, hidden: 2048, heads: 16, kvHeads: 2, headSize: 128, intermediate: 11008, vocab: 151936, maxContext: 32768 },
      { id: 'Qwen/Qwen2.5-7B', names: ['qwen-2.5-7b', 'qwen-2-7b', 'deepseek-r1-distill-qwen-7b', 'deepseek-r1-7b'], parameters: 7_615_616_512, layers: 28, hidden: 3584, heads: 28, kvHeads: 4, headSize: 128, intermediate: 18944, vocab: 152064, maxContext: 131072 },
      { id: 'Qwen/Qwen2.5-14B', names: ['qwen-2.5-14b', 'deepseek-r1-distill-qwen-14b', 'deepseek-r1-14b'], parameters: 14_770_033_664, layers: 48, hidden: 5120, heads: 40, kvHeads: 8, headSize: 128, intermediate: 13824, vocab: 152064, maxContext: 131072 },
      { id: 'Qwen/Qwen2.5-32B', names: ['qwen-2.5-32b', 'qwq-32b', 'deepseek-r1-distill-qwen-32b', 'deepseek-r1-32b'], parameters: 32_763_876_352, layers: 64, hidden: 5120, heads: 40, kvHeads: 8, headSize: 128, intermediate: 27648, vocab: 152064, maxContext: 131072 },
      { id: 'Qwen/Qwen2.5-72B', names: ['qwen-2.5-72b', 'qwen-2-72b'], parameters: 72_706_203_648, layers: 80, hidden: 8192, heads: 64, kvHeads: 8, headSize: 128, intermediate: 29568, vocab: 152064, maxContext: 131072 },
    ],
  }),
  ...defineFamily({
    family: 'Qwen 3', nativeType: 'bf16', qkNorm: true, source: SOURCE,
    models: [
      { id: 'Qwen/Qwen3-0.6B', names: ['qwen-3-0.6b'], parameters: 596_049_920, tiedHead: true, layers: 28, hidden: 1024, heads: 16, kvHeads: 8, headSize: 128, intermediate: 3072, vocab: 151936, maxContext: 40960 },
      { id: 'Qwen/Qwen3-1.7B', names: ['qwen-3-1.7b'], parameters: 1_720_574_976, tiedHead: true, layers: 28, hidden: 2048, heads: 16, kvHeads: 8, headSize: 128, intermediate: 6144, vocab: 151936, maxContext: 40960 },
      { id: 'Qwen/Qwen3-4B', names: ['qwen-3-4b'], parameters: 4_022_468_096, tiedHead: true, layers: 36, hidden: 2560, heads: 32, kvHeads: 8, headSize: 128, intermediate: 9728, vocab: 151936, maxContext: 40960 },
      { id: 'Qwen/Qwen3-8B', names: ['qwen-3-8b', 'deepseek-r1-0528-qwen-3-8b'], parameters: 8_190_735_360, layers: 36, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 12288, vocab: 151936, maxContext: 40960 },
      { id: 'Qwen/Qwen3-14B', names: ['qwen-3-14b'], parameters: 14_768_307_200, layers: 40, hidden: 5120, heads: 40, kvHeads: 8, headSize: 128, intermediate: 17408, vocab: 151936, maxContext: 40960 },
      { id: 'Qwen/Qwen3-32B', names: ['qwen-3-32b'], parameters: 32_762_123_264, layers: 64, hidden: 5120, heads: 64, kvHeads: 8, headSize: 128, intermediate: 25600, vocab: 151936, maxContext: 40960 },
      { id: 'Qwen/Qwen3-30B-A3B', names: ['qwen-3-30b-a3b', 'qwen-3-30b'], parameters: 30_532_122_624, moe: moe(128, 768), layers: 48, hidden: 2048, heads: 32, kvHeads: 4, headSize: 128, intermediate: 6144, vocab: 151936, maxContext: 40960, notes: ['The 2507 versions go to 262144 tokens.'] },
      { id: 'Qwen/Qwen3-235B-A22B', names: ['qwen-3-235b-a22b', 'qwen-3-235b'], parameters: 235_093_634_560, moe: moe(128, 1536), layers: 94, hidden: 4096, heads: 64, kvHeads: 4, headSize: 128, intermediate: 12288, vocab: 151936, maxContext: 40960 },
      { id: 'Qwen/Qwen3-Coder-480B-A35B-Instruct', names: ['qwen-3-480b-a35b', 'qwen-3-480b'], parameters: 480_154_875_392, moe: moe(160, 2560), layers: 62, hidden: 6144, heads: 96, kvHeads: 8, headSize: 128, intermediate: 8192, vocab: 151936, maxContext: 262144 },
    ],
  }),
];
