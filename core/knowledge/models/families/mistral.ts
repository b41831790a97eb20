import { defineFamily } from '../spec/index.ts';

const SOURCE = 'config.json of the Hugging Face repository; size from its safetensors index';
const moe = (expertIntermediate: number) => ({ experts: 8, activeExperts: 2, expertIntermediate, sharedIntermediate: 0, denseLayers: 0 });

export const MISTRAL = [
  ...defineFamily({
    family: 'Mistral', nativeType: 'bf16', source: SOURCE,
    models: [
      { id: 'mistralai/Mistral-7B-v0.1', names: ['mistral-7b', 'mistral-7b-v0.1', 'zephyr-7b'], parameters: 7_241_732_096, sliding: { window: 4096, layers: 32 }, layers: 32, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 14336, vocab: 32000, maxContext: 32768, notes: ['v0.1 slides over 4096 tokens; v0.2 and later do not.'] },
      { id: 'mistralai/Mistral-7B-v0.2', names: ['mistral-7b-v0.2'], parameters: 7_241_732_096, layers: 32, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 14336, vocab: 32000, maxContext: 32768 },
      { id: 'mistralai/Mistral-7B-v0.3', names: ['mistral-7b-v0.3'], parameters: 7_248_023_552, layers: 32, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 14336, vocab: 32768, maxContext: 32768 },
      { id: 'mistralai/Ministral-8B-Instruct-2410', names: ['ministral-8b'], parameters: 8_019_808_256, layers: 36, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 12288, vocab: 131072, maxContext: 131072, notes: ['Slides over 32768 tokens in some layers; counted as full attention.'] },
      { id: 'mistralai/Mistral-Nemo-Base-2407', names: ['mistral-nemo', 'mistral-nemo-12b'], parameters: 12_247_782_400, layers: 40, hidden: 5120, heads: 32, kvHeads: 8, headSize: 128, intermediate: 14336, vocab: 131072, maxContext: 131072 },
      { id: 'mistralai/Mistral-Small-Instruct-2409', names: ['mistral-small-2409', 'mistral-small-22b', 'codestral-22b'], parameters: 22_247_282_688, layers: 56, hidden: 6144, heads: 48, kvHeads: 8, headSize: 128, intermediate: 16384, vocab: 32768, maxContext: 131072 },
      { id: 'mistralai/Mistral-Small-24B-Base-2501', names: ['mistral-small-24b', 'mistral-small-3', 'mistral-small-3.1-24b', 'mistral-small-3.2-24b', 'devstral-small'], parameters: 23_572_403_200, layers: 40, hidden: 5120, heads: 32, kvHeads: 8, headSize: 128, intermediate: 32768, vocab: 131072, maxContext: 131072, notes: ['3.1 and later add a 0.4 B vision encoder, not counted.'] },
      { id: 'mistralai/Mistral-Large-Instruct-2407', names: ['mistral-large', 'mistral-large-2407', 'mistral-large-2411'], parameters: 122_610_069_504, layers: 88, hidden: 12288, heads: 96, kvHeads: 8, headSize: 128, intermediate: 28672, vocab: 32768, maxContext: 131072 },
    ],
  }),
  ...defineFamily({
    family: 'Mixtral', nativeType: 'bf16', source: SOURCE,
    models: [
      { id: 'mistralai/Mixtral-8x7B-v0.1', names: ['mixtral-8x7b'], parameters: 46_702_792_704, moe: moe(14336), layers: 32, hidden: 4096, heads: 32, kvHeads: 8, headSize: 128, intermediate: 14336, vocab: 32000, maxContext: 32768 },
      { id: 'mistralai/Mixtral-8x22B-v0.1', names: ['mixtral-8x22b'], parameters: 140_620_634_112, moe: moe(16384), layers: 56, hidden: 6144, heads: 48, kvHeads: 8, headSize: 128, intermediate: 16384, vocab: 32000, maxContext: 65536 },
    ],
  }),
];
