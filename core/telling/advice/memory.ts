import { CONTRIBUTING } from '../../judging/index.ts';
import { ACHIEVABLE, type GpuId, GPUS, onTensorCores, type QuantizationId, QUANTIZATIONS, type WeightType, optionOf } from '../../knowledge/index.ts';
import { formatAgainst, formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { fasterMemory } from './hardware.ts';
import { AT_MAXIMUM, DRAFT, WIDE_WEIGHTS } from './limits.ts';
import { type AdviceContext, type Decoding, requestsText, type Situation } from './situation.ts';
import { shrinking, shrinkingText, advise, type Piece } from './gain.ts';

/** Bytes of a step with so many requests. */
function stepBytes(decode: Decoding, requests: number): number {
  const cache = decode.cache(requests);
  return decode.weights(requests) + (Number.isNaN(cache) ? 0 : cache); // without a known cache the weights alone: a bound on the gain
}

/**
 * More requests per step: each pass over the weights then serves more of them. Up to the critical batch, and only as far as
 * the KV cache has room. Tokens per step grow with the requests, the memory's time with the bytes of a step.
 */
const moreRequests: Piece = {
  id: 'more-requests',
  when: 'a server that decodes below the critical batch of model and card, with room in the KV cache as far as its use is known',
  holds: ({ decode, verdict }) => decode !== null && verdict.activity !== 'prefill' && decode.running < decode.critical && !(decode.room < 1),
  say: (job) => {
    const { decode, share, context } = job;
    if (decode === null || Number.isNaN(share) || Number.isNaN(decode.critical)) return null;
    const { running, critical, room } = decode;
    const fits = Number.isNaN(room) ? critical : running + room;
    const target = Math.floor(Math.min(critical, fits));
    if (!(target > running)) return null;
    const factor = stepBytes(decode, target) / stepBytes(decode, running);
    const compute = job.shareOf('compute');
    const gain = Math.min(target / running / (1 - share + share * factor), compute > 0 ? 1 / compute : Number.POSITIVE_INFINITY);
    const maximum = Number(context.facts?.get('maxNumSeqs') ?? job.mean('engine.maxRunning'));
    const capped = maximum > 0 && running >= AT_MAXIMUM * maximum;
    const waiting = job.mean('engine.waiting');
    const now = `now ${requestsText(running)}`;
    const how =
      capped || waiting >= 1
        ? `Let up to ${target} requests run at once (${now}${waiting >= 1 ? `, ${waiting.toFixed(0)} wait` : ''}): raise ${optionOf(context.workload.engine, 'maxRunning')}${maximum > 0 ? ` (now ${maximum.toFixed(0)})` : ''}.`
        : `Send up to ${target} requests at once (${now}${waiting >= 0 ? '; none waits' : ''}).`;
    const known = Number.isNaN(room) ? 'Whether the KV cache holds them is not known.' : `The KV cache has room for ${room} more.`;
    return advise(job, {
      text: `${how} ${known} They share each pass over the weights; memory stays the limit up to about ${critical.toFixed(0)} of them.`,
      gain,
      arithmetic:
        `${target} ÷ ${requestsText(running)} × as many tokens a step, which takes 1 − ${share.toFixed(2)} + ${share.toFixed(2)} × ${factor.toFixed(2)} of the time (${formatValue(stepBytes(decode, target), 'bytes')} instead of ${formatValue(stepBytes(decode, running), 'bytes')} a step)` +
        ` = ${formatFactor(target / running / (1 - share + share * factor))}${compute > 0 ? `; compute, now ${formatPercent(compute)}, allows ${formatFactor(1 / compute)}` : ''}`,
    });
  },
};

/** Bits per weight, as they are read. */
export function bitsOf({ format }: Decoding): number {
  return format.quantization === null ? WORD_BITS[format.type] : QUANTIZATIONS[format.quantization].bits;
}

const WORD_BITS: Readonly<Record<WeightType, number>> = { fp32: 32, fp16: 16, bf16: 16 };

/** Volta and Turing: no BF16, no FP8 cache, 4-bit kernels of their own. */
export function isOld(gpu: GpuId): boolean {
  return GPUS[gpu].generation === 'Volta' || GPUS[gpu].generation === 'Turing';
}

/** The 4-bit format that engines have fast kernels for on a card. */
export function fourBits(gpu: GpuId): QuantizationId {
  return isOld(gpu) ? 'gptq-int4' : 'awq';
}

/** Weights in fewer bits: what the memory reads shrinks by so many bytes (§8: 7B on A100 105 → 156 → 197 tokens/s). */
const smallerWeights: Piece = {
  id: 'smaller-weights',
  when: 'a server whose weights have eight bits or more',
  holds: ({ decode }) => decode !== null && bitsOf(decode) >= WIDE_WEIGHTS,
  say: (job) => {
    const { decode, share, context } = job;
    if (decode === null || Number.isNaN(share) || context.gpu === null) return null;
    const old = isOld(context.gpu);
    const next = fourBits(context.gpu);
    const before = stepBytes(decode, decode.running);
    const after = before - decode.weights(decode.running) + decode.weights(decode.running, { ...decode.format, quantization: next });
    const factor = after / before;
    const warning = old
      ? ` On ${GPUS[context.gpu].label} measure it: the tensor cores take the 4-bit weights as FP16, and bitsandbytes INT8 was seen to be four times slower on a card of that age (24.4 → 6.3 tokens/s).`
      : onTensorCores(context.gpu, 'int8')
        ? ' INT8 weights are the half-way step with less loss.'
        : '';
    return advise(job, {
      text: `Each step reads ${formatValue(decode.weights(decode.running), 'bytes')} of weights per GPU in ${bitsOf(decode).toFixed(0)} bits: serve 4-bit weights (${QUANTIZATIONS[next].label}).${warning}`,
      gain: shrinking(share, factor),
      arithmetic: `${formatValue(after, 'bytes')} instead of ${formatValue(before, 'bytes')} a step: ${shrinkingText(share, factor)}`,
    });
  },
};

/** The KV cache has one byte per element already. */
export function isSmallCache(facts: AdviceContext['facts']): boolean {
  return /fp8|int8|e4m3|e5m2|q8/i.test(facts?.get('kvDtype') ?? '');
}

/** A cache of one byte per element, where the cache is worth it. Engines have kernels for it from Ampere on. */
const smallerCache: Piece = {
  id: 'smaller-cache',
  when: 'a server whose KV cache has 16 bits and is worth a twentieth of a step’s bytes, on a card from Ampere on',
  holds: ({ decode, context: { gpu, facts } }) => decode !== null && gpu !== null && !isOld(gpu) && !isSmallCache(facts),
  say: (job) => {
    const { decode, share, context } = job;
    if (decode === null || Number.isNaN(share) || context.gpu === null) return null;
    const cache = decode.cache(decode.running);
    const before = stepBytes(decode, decode.running);
    const factor = (before - cache / 2) / before;
    return advise(job, {
      text: `The KV cache is ${formatPercent(cache / before)} of what a step reads: keep it in 8 bits (${optionOf(context.workload.engine, 'cacheInEight')}).`,
      gain: shrinking(share, factor),
      arithmetic: `half of ${formatValue(cache, 'bytes')} saved of ${formatValue(before, 'bytes')} a step: ${shrinkingText(share, factor)}`,
    });
  },
};

/** Weights that a step of so many tokens reads, against one of the requests that run. */
function stepWeights(decode: Decoding, tokens: number): number {
  return decode.weights(tokens) / decode.weights(decode.running);
}

/**
 * Speculative decoding: a draft proposes, one pass over the weights checks. (1 − a^(k+1)) ÷ (1 − a) tokens for 1 + k·r passes
 * (Leviathan et al., arXiv 2211.17192); measured 25.3 → 48.4 tokens/s with a 7B draft for 70B (gpt-fast). Only while the
 * checked tokens of all requests take at most half of the critical batch: after that they cost what they gain.
 */
const speculative: Piece = {
  id: 'speculative-decoding',
  when: 'a server that decodes so few requests that the checked tokens stay under half of the critical batch; not where it drafts already, nor for prompts',
  holds: (job) =>
    !(job.mean('engine.specDrafts') > 0) &&
    job.decode !== null &&
    job.decode.running * (DRAFT.tokens + 1) <= DRAFT.batch * job.decode.critical &&
    job.verdict.activity !== 'prefill' &&
    !job.commanded(/--?spec(?:ulative|ulation)?[-_]/),
  say: (job) => {
    const { decode } = job;
    if (decode === null) return null;
    const tokens = (1 - DRAFT.accepted ** (DRAFT.tokens + 1)) / (1 - DRAFT.accepted);
    // The checked tokens of a mixture of experts are routed to more of them.
    const check = stepWeights(decode, decode.running * (DRAFT.tokens + 1));
    const gain = tokens / (check + DRAFT.tokens * DRAFT.size);
    return advise(job, {
      text: `With ${requestsText(decode.running)} requests a step arithmetic is nearly free: let a small draft model guess ahead (speculative decoding), which the model checks ${DRAFT.tokens + 1} tokens at a time.`,
      gain,
      arithmetic: `${DRAFT.tokens} guesses, ${formatPercent(DRAFT.accepted)} of them right, from a draft a tenth as large: ${tokens.toFixed(2)} tokens in ${(check + DRAFT.tokens * DRAFT.size).toFixed(1)} passes = ${formatFactor(gain)}; ${requestsText(decode.running)} × ${DRAFT.tokens + 1} tokens are at most half of the ${decode.critical.toFixed(0)} at which arithmetic counts`,
    });
  },
};

/** Where every head has a cache of its own, a model with grouped heads reads a fraction of it. */
const groupedHeads: Piece = {
  id: 'grouped-heads',
  when: 'a model with a cache for every head, which is a third of what a step reads',
  holds: ({ decode }) => decode !== null && decode.model.mla === null && decode.model.kvHeads >= decode.model.heads,
  say: (job) => {
    const { decode, share } = job;
    if (decode === null || Number.isNaN(share)) return null;
    const cache = decode.cache(decode.running);
    const before = stepBytes(decode, decode.running);
    const groups = 8;
    const factor = (before - cache * (1 - 1 / groups)) / before;
    if (!(cache / before >= CONTRIBUTING)) return null;
    return advise(job, {
      text: `${decode.model.id} keeps a cache for each of its ${decode.model.heads} heads, ${formatPercent(cache / before)} of what a step reads: a newer model with grouped heads (Llama 3, Mistral, Qwen) keeps an eighth.`,
      gain: shrinking(share, factor),
      arithmetic: `${formatValue(cache, 'bytes')} of cache ÷ ${groups} of ${formatValue(before, 'bytes')} a step: ${shrinkingText(share, factor)}`,
    });
  },
};

/** Part of the time that the memory moves data: of training only DCGM sees it, and its share is that counter over what is achievable. */
function memoryActive(job: Situation): number {
  const active = job.mean('gpu.dramActive');
  return Number.isNaN(active) ? job.share * ACHIEVABLE.dramCounter.value : active;
}

/** What the memory moves, against what it can: the sentence before all advice on memory. */
const fewerPasses: Piece = {
  id: 'fewer-passes',
  when: 'a trainer, of whose memory traffic only a counter tells',
  holds: (job) => job.training,
  say: (job) => {
    const { verdict, context, share } = job;
    if (verdict.relief === null || context.ceilings === null) return null;
    const moved = memoryActive(job) * context.ceilings.bandwidth;
    return advise(job, {
      text: `Training moves ${formatAgainst(moved, context.ceilings.bandwidth, 'bytes/s')} while its compute share is ${formatPercent(verdict.shares.compute)}: save passes over memory with flash attention, torch.compile or fused optimiser and norm kernels, and fill steps with a larger micro-batch.`,
      gain: verdict.relief,
      arithmetic: `memory ${formatPercent(share)} of the time; without its traffic the next limit is ${formatFactor(verdict.relief)} away`,
    });
  },
};

/** Bandwidth-bound: first what costs nothing, then what changes the weights, then another card. */
export const MEMORY: readonly Piece[] = [fewerPasses, moreRequests, smallerWeights, smallerCache, speculative, groupedHeads, fasterMemory];
