import { defineFamily } from '../spec/index.ts';

/** OPT has two position rows more than its context. */
export const OPT = defineFamily({
  family: 'OPT', nativeType: 'fp16', tiedHead: true, gated: false, norm: 'layer', qkvBias: true, outBias: true, mlpBias: true, positions: 2050,
  source: 'config.json of the Hugging Face repository; size by arithmetic, equal to the published ones',
  models: [
    { id: 'facebook/opt-125m', names: ['opt-125m'], parameters: 125_239_296, layers: 12, hidden: 768, heads: 12, kvHeads: 12, headSize: 64, intermediate: 3072, vocab: 50272, maxContext: 2048 },
    { id: 'facebook/opt-350m', names: ['opt-350m'], parameters: 331_196_416, embeddingSize: 512, layers: 24, hidden: 1024, heads: 16, kvHeads: 16, headSize: 64, intermediate: 4096, vocab: 50272, maxContext: 2048 },
    { id: 'facebook/opt-1.3b', names: ['opt-1.3b'], parameters: 1_315_758_080, layers: 24, hidden: 2048, heads: 32, kvHeads: 32, headSize: 64, intermediate: 8192, vocab: 50272, maxContext: 2048 },
    { id: 'facebook/opt-2.7b', names: ['opt-2.7b'], parameters: 2_651_596_800, layers: 32, hidden: 2560, heads: 32, kvHeads: 32, headSize: 80, intermediate: 10240, vocab: 50272, maxContext: 2048 },
    { id: 'facebook/opt-6.7b', names: ['opt-6.7b'], parameters: 6_658_473_984, layers: 32, hidden: 4096, heads: 32, kvHeads: 32, headSize: 128, intermediate: 16384, vocab: 50272, maxContext: 2048 },
    { id: 'facebook/opt-13b', names: ['opt-13b'], parameters: 12_853_473_280, layers: 40, hidden: 5120, heads: 40, kvHeads: 40, headSize: 128, intermediate: 20480, vocab: 50272, maxContext: 2048 },
    { id: 'facebook/opt-30b', names: ['opt-30b'], parameters: 29_974_540_288, layers: 48, hidden: 7168, heads: 56, kvHeads: 56, headSize: 128, intermediate: 28672, vocab: 50272, maxContext: 2048 },
    { id: 'facebook/opt-66b', names: ['opt-66b'], parameters: 65_718_128_640, layers: 64, hidden: 9216, heads: 72, kvHeads: 72, headSize: 128, intermediate: 36864, vocab: 50272, maxContext: 2048 },
  ],
});
