import { defineFamily } from '../spec/index.ts';

const moe = (experts: number) => ({ experts, activeExperts: 4, expertIntermediate: 2880, sharedIntermediate: 0, denseLayers: 0 });

export const GPT_OSS = defineFamily({
  family: 'gpt-oss', nativeType: 'bf16', nativeQuantization: 'mxfp4', qkvBias: true, outBias: true, mlpBias: true,
  source: 'config.json of the Hugging Face repository; sizes from the gpt-oss model card (20.9 and 116.8 billion)',
  notes: ['Every second layer slides over 128 tokens. Experts are published in MXFP4, the rest in BF16.'],
  models: [
    { id: 'openai/gpt-oss-20b', names: ['gpt-oss-20b'], parameters: 20_914_757_184, moe: moe(32), sliding: { window: 128, layers: 12 }, layers: 24, hidden: 2880, heads: 64, kvHeads: 8, headSize: 64, intermediate: 2880, vocab: 201088, maxContext: 131072 },
    { id: 'openai/gpt-oss-120b', names: ['gpt-oss-120b'], parameters: 116_829_156_672, moe: moe(128), sliding: { window: 128, layers: 18 }, layers: 36, hidden: 2880, heads: 64, kvHeads: 8, headSize: 64, intermediate: 2880, vocab: 201088, maxContext: 131072 },
  ],
});
