import { COMMON_CONTEXT, type ComputeType, GPUS, type ModelSpec } from '../knowledge/index.ts';
import { ENGINES, expertReads, isGguf, layerSeconds, type Span, unpackSeconds } from './engine.ts';
import type { PlanInput } from './input.ts';
import type { Placement } from './links.ts';

/** What a plan takes for granted that the question did not say, in words; the expected range is modelled from it. */
export function assumptions(input: PlanInput, place: Placement, compute: ComputeType): readonly string[] {
  const serving = input.mode === 'serve';
  return [
    ...typeLines(input, compute),
    ...(serving ? servingLines(input) : trainingLines(input)),
    chosenLine(place),
    place.nodes > 1 && place.between === null ? 'Between nodes: 100 Gbit/s, since no network is described.' : null,
  ].filter((line) => line !== null);
}

function chosenLine({ chosen }: Placement): string | null {
  if (chosen === null) return null;
  const together = chosen.every((group) => group.length === 1) ? [chosen.flat()] : chosen;
  return `It runs on the GPUs of a node that are joined best: ${together.map((group) => group.join(', ')).join(' | ')} (CUDA_VISIBLE_DEVICES=${chosen.flat().join(',')}).`;
}

function typeLines({ type, gpu, model, quantization, mode }: PlanInput, { math, instead }: ComputeType): (string | null)[] {
  const { label, peaks } = GPUS[gpu];
  return [
    model.nativeType === 'bf16' && type === 'fp16' && peaks.bf16 === null && !isGguf(quantization)
      ? `FP16: the model is published in BF16, which ${label} does not have.`
      : model.nativeType === 'fp32' && type === 'fp16' && mode === 'serve' && !isGguf(quantization)
        ? 'FP16: engines run in 16 bits what was published in FP32.'
        : null,
    instead === null ? null : `Products in ${math.toUpperCase()}, since ${label} has no ${instead.toUpperCase()}.`,
  ];
}

function servingLines(input: PlanInput): (string | null)[] {
  const { engine, serve, quantization, gpu, model } = input;
  const { label, launchesAhead } = ENGINES[engine];
  const unpack = unpackSeconds(gpu, quantization);
  return [
    `${label}: every layer takes ${micro(layerSeconds(engine, quantization))} ${launchesAhead ? 'to launch, while the GPU works on the one before' : 'beside its bytes and FLOPs'} (--engine changes it).`,
    serve.memoryUtilization < 1
      ? `The engine takes ${Math.round(serve.memoryUtilization * 100)} % of the card's memory (--utilization).`
      : 'No part of the card is kept back: the program takes what it needs.',
    unpack.poor === 0 ? null : `Unpacking ${isGguf(quantization) ? 'GGUF' : '4-bit'} weights takes ${perBillion(unpack)} per billion of them.`,
    expertsLine(input, model),
    headsLine(input, model),
    `Prompts are worked off ${serve.chunkTokens} tokens at a time (--chunk).`,
  ];
}

function expertsLine({ engine, batch, quantization }: PlanInput, { moe }: ModelSpec): string | null {
  const { good, poor } = expertReads(engine, quantization);
  return moe === null || batch > 1
    ? null
    : `The chosen experts of one request are read ${good === 1 ? 'once' : `${good} times`} at best and ${poor} times by kernels that gather them first.`;
}

function headsLine({ engine, serve }: PlanInput, { heads, kvHeads, mla }: ModelSpec): string | null {
  if (engine !== 'graphs' || mla !== null || heads === kvHeads) return null;
  return serve.cachePerHead
    ? `Each of ${heads / kvHeads} query heads that share a KV head reads the cache for itself.`
    : `The ${heads / kvHeads} query heads that share a KV head read the cache together; engines of 2023 do not (--cache-per-head).`;
}

function trainingLines({ train, context }: PlanInput): (string | null)[] {
  return [
    train.flashAttention
      ? 'FlashAttention: its first version at the low end, its second at the high end.'
      : 'Attention without FlashAttention: its matrix is counted in memory.',
    'Between matrix products the program reads and writes its activations; a fused or compiled one is at the high end.',
    context > COMMON_CONTEXT ? 'Attention of long sequences reaches less of the peak than matrix products do: the range is the wider for it.' : null,
  ];
}

function micro({ good, poor }: Span): string {
  return `${Math.round(good * 1e6)} to ${Math.round(poor * 1e6)} µs`;
}

/** Seconds per weight as milliseconds per 10⁹ weights. */
function perBillion({ good, poor }: Span): string {
  return `${(good * 1e12).toPrecision(2)} to ${(poor * 1e12).toPrecision(2)} ms`;
}
