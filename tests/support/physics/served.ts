import {
  decodeFlopsPerToken,
  type GpuId,
  gemmFraction,
  GPUS,
  ACHIEVABLE,
  kvBytesPerToken,
  MODELS,
  type ModelSpec,
  prefillFlops,
  weightBytes,
  weightBytesTouched,
  WORKSPACE_BYTES,
  type WeightFormat,
} from '../../../core/knowledge/index.ts';
import type { Draw } from './draw.ts';

/** How far the true achievable rates of this card lie from the table's, as factors. */
export interface Eta {
  readonly dram: number;
  readonly tensor: number;
}

/** A server in a steady state: everything per second of the time in which requests are there. */
export interface Served {
  readonly model: ModelSpec;
  /** Requests that each of its replicas runs at once. */
  readonly batch: number;
  /** Parts of the time: GPU work on prompts and on tokens, kernels that do nothing that counts, no kernel. */
  readonly prefill: number;
  readonly decode: number;
  readonly loose: number;
  readonly empty: number;
  readonly steps: number;
  readonly generated: number;
  readonly prompted: number;
  readonly requests: number;
  /** Tokens in the cache of one replica. */
  readonly cached: number;
  /** Part of its cache that is. */
  readonly usage: number;
  /** Drafts and accepted tokens, null where nothing is drafted. */
  readonly drafts: { readonly drafts: number; readonly accepted: number } | null;
  /** Shares of the achievable. */
  readonly tensor: number;
  readonly dram: number;
  /** Engines that share the card, each with its own weights and cache. */
  readonly replicas: number;
}

export interface ServedLike {
  readonly kind: 'decode' | 'prefill' | 'serving';
  readonly empty: number;
  readonly loose: number;
  readonly speculative: boolean;
  /** As many requests at once as the cache holds. */
  readonly full?: boolean;
  readonly engines: number;
  /** Another GPU computes its prompts, which are long: this one counts their tokens and gets their cache. */
  readonly handed?: boolean;
}

/** Part of device memory that engines take. */
export const ENGINE_PART = 0.9;

const FORMAT_OF = (gpu: GpuId): WeightFormat => ({ type: GPUS[gpu].peaks.bf16 === null ? 'fp16' : 'bf16', quantization: null });
const PLAIN = MODELS.filter(({ nativeQuantization, moe, sliding, mla }) => nativeQuantization === null && moe === null && sliding === null && mla === null);

/** A server of some model that fits the card; null where none does. Time is spent as the model's bytes and FLOPs ask on this card. */
export function servedOn(draw: Draw, gpu: GpuId, eta: Eta, like: ServedLike): Served | null {
  const spec = GPUS[gpu];
  const format = FORMAT_OF(gpu);
  // What an engine takes of the device at its start: nine tenths, less a gigabyte to work in.
  const room = ENGINE_PART * spec.memoryBytes - like.engines * WORKSPACE_BYTES;
  const [first, ...others] = PLAIN.filter((model) => like.engines * weightBytes(model, format) < 0.8 * room);
  if (first === undefined) return null;
  const model = draw.pick([first, ...others]);
  const prompt =
    like.handed === true
      ? draw.across(2000, 16_000)
      : like.kind === 'decode'
        ? draw.across(20, 300)
        : like.kind === 'prefill'
          ? draw.across(1000, 4000)
          : draw.across(200, 3000);
  const output = like.handed === true ? draw.across(20, 100) : like.kind === 'prefill' ? draw.across(2, 12) : draw.across(80, 1000);
  const perToken = kvBytesPerToken(model, 2);
  const holds = (room / like.engines - weightBytes(model, format)) / perToken;
  const most = (0.98 * holds) / (prompt + output / 2);
  if (most < 1) return null;
  const batch = Math.floor(like.full === true ? most : Math.min(most, draw.across(1, 256)));
  const cached = batch * (prompt + output / 2);
  const bytes = weightBytesTouched(model, format, batch) + cached * perToken;
  const bytesPerSecond = ACHIEVABLE.dramBytes.value * eta.dram * spec.bandwidth;
  const flopsPerSecond = gemmFraction(gpu).value * eta.tensor * (spec.peaks.bf16 ?? spec.peaks.fp16 ?? Number.NaN);
  // A pass checks all tokens that were drafted, and keeps some.
  const more = like.speculative ? draw.between(0.5, 2.5) : 0;
  const checked = like.speculative ? 2 + Math.ceil(more) : 1;
  const perStep = { dram: bytes / bytesPerSecond, tensor: (checked * batch * decodeFlopsPerToken(model, prompt + output / 2)) / flopsPerSecond };
  const stepSeconds = Math.max(perStep.dram, perStep.tensor);
  const stepsPerRequest = output / (batch * (1 + more));
  const promptSeconds = like.handed === true ? 0 : prefillFlops(model, prompt) / flopsPerSecond;
  const active = 1 - like.empty - like.loose;
  const requests = active / (stepsPerRequest * stepSeconds + promptSeconds);
  const steps = requests * stepsPerRequest;
  return {
    model,
    batch,
    cached,
    usage: cached / holds,
    steps,
    requests,
    prefill: requests * promptSeconds,
    decode: steps * stepSeconds,
    loose: like.loose,
    empty: like.empty,
    generated: requests * output,
    prompted: requests * prompt,
    drafts: like.speculative ? { drafts: steps * batch, accepted: steps * batch * more } : null,
    tensor: requests * promptSeconds + steps * perStep.tensor,
    // A prompt's pass reads the weights as well, over a longer time.
    dram: steps * perStep.dram + Math.min(0.3 * requests * promptSeconds, (requests * weightBytes(model, format)) / bytesPerSecond),
    replicas: like.engines,
  };
}
