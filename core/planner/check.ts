import type { PlanInput } from './input.ts';

/** Why a plan cannot be computed, each with what to change; empty when it can. */
export function inputErrors(input: PlanInput): string[] {
  const { model, tensorParallel: tp, pipelineParallel: pp } = input;
  return [
    ...whole('tensor parallelism', tp),
    ...whole('pipeline parallelism', pp),
    ...whole('data parallelism', input.dataParallel),
    ...whole('batch', input.batch),
    ...whole('context', input.context),
    ...whole('micro-batch', input.train.microBatch),
    ...whole('LoRA rank', input.train.loraRank),
    ...whole('prefill chunk', input.serve.chunkTokens),
    ...(model.heads % tp === 0 ? [] : [`${model.heads} attention heads cannot be split over ${tp} GPUs: use ${divisors(model.heads)}`]),
    ...(pp <= model.layers ? [] : [`${model.layers} layers cannot make ${pp} pipeline stages`]),
    ...(input.mode === 'train' && input.quantization !== null
      ? ['quantised weights cannot be trained in full: use LoRA on them, or leave the quantisation out']
      : []),
    ...(input.train.microBatch <= input.batch ? [] : [`a micro-batch of ${input.train.microBatch} is more than the batch of ${input.batch}`]),
    ...(input.serve.memoryUtilization > 0 && input.serve.memoryUtilization <= 1 ? [] : ['memory utilisation is a fraction above 0 and at most 1']),
    ...(input.serve.cacheBytes > 0 ? [] : ['bytes per cache element must be above 0']),
  ];
}

function whole(name: string, value: number): string[] {
  return Number.isInteger(value) && value >= 1 ? [] : [`${name} must be a whole number of at least 1, not ${value}`];
}

function divisors(heads: number): string {
  return [1, 2, 4, 8, 16].filter((n) => heads % n === 0).join(', ');
}
