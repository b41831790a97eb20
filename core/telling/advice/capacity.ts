import {
  activationBytes,
  COMMON_CONTEXT,
  ENGINE_MEMORY,
  GPUS,
  kvBytesPerToken,
  loraParameters,
  OPTIMIZERS,
  QUANTIZATIONS,
  WORKSPACE_BYTES,
  optionOf,
} from '../../knowledge/index.ts';
import { formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { gpusInNode } from './hardware.ts';
import { FEWER_REQUESTS, LARGER, MOST_MEMORY, WIDE_WEIGHTS } from './limits.ts';
import { bitsOf, fourBits, isOld, isSmallCache } from './memory.ts';
import { requestsText, type Situation } from './situation.ts';
import { advise, type Piece } from './gain.ts';

/** Preempted requests are computed again: fewer at once finish sooner. */
const fewerAtOnce: Piece = {
  id: 'fewer-at-once',
  when: 'requests are put back and computed again (preemptions)',
  holds: (job) => job.decode !== null && job.mean('engine.preemptions') > 0,
  say: (job) => {
    const { decode, context } = job;
    const preemptions = job.mean('engine.preemptions');
    const requests = job.mean('engine.requests');
    if (decode === null) return null;
    const again = preemptions / (preemptions + requests);
    const maximum = Number(context.facts?.get('maxNumSeqs') ?? job.mean('engine.maxRunning'));
    const target = Math.max(1, Math.floor(decode.running * FEWER_REQUESTS));
    return advise(job, {
      text: `Run fewer requests at once, ${optionOf(context.workload.engine, 'maxRunning')} ${target}${maximum > 0 ? ` (now ${maximum.toFixed(0)})` : ''}: ${(preemptions * 60).toPrecision(2)} a minute were put back and computed again. ${optionOf(context.workload.engine, 'longestContext')} at what is really used leaves more room.`,
      gain: requests > 0 ? 1 / (1 - again) : null,
      arithmetic:
        requests > 0
          ? `${preemptions.toPrecision(2)} put back for ${requests.toPrecision(2)} finished a second: ${formatPercent(again)} of the starts are done twice, 1 ÷ (1 − ${again.toFixed(2)}) = ${formatFactor(1 / (1 - again))}`
          : `${requestsText(decode.running)} ran at once with a full cache; how many finished was not measured`,
    });
  },
};

/** What the cache holds by the engine's own gauges, where the model is not known and nothing can be computed of a token. */
const whatFits: Piece = {
  id: 'what-fits',
  when: 'requests wait while others run, of a model that is not known',
  holds: (job) => job.decode === null && job.mean('engine.running') > 0 && job.mean('engine.waiting') > 0,
  say: (job) => {
    const running = job.mean('engine.running');
    const waiting = job.mean('engine.waiting');
    const eight = isSmallCache(job.context.facts) || (job.context.gpu !== null && isOld(job.context.gpu)) ? '' : 'keep the cache in 8 bits, ';
    return advise(job, {
      text: `About ${requestsText(running)} fill the KV cache and ${waiting.toFixed(0)} more wait: ${eight}give the engine more of the GPU’s memory, limit the context to what is used, or start a second replica.`,
      gain: null,
      arithmetic: `cache ${formatPercent(job.mean('engine.kvUsage'))} full on average with ${requestsText(running)}: twice the room runs twice as many of this length`,
    });
  },
};

/** Throughput with so many times the requests per step, where memory is what a step takes (§4). */
function withRoom(job: Situation, factor: number): number {
  const { decode } = job;
  if (decode === null) return Number.NaN;
  const step = (requests: number) => decode.weights(requests) + decode.cache(requests);
  const target = Math.min(decode.running * factor, Number.isNaN(decode.critical) ? Number.POSITIVE_INFINITY : decode.critical);
  return ((target / decode.running) * step(decode.running)) / step(target);
}

/** Half the bytes per token of cache. */
const cacheInEight: Piece = {
  id: 'cache-in-eight',
  when: 'a server whose KV cache has 16 bits, on a card from Ampere on',
  holds: ({ decode, context: { gpu, facts } }) => decode !== null && gpu !== null && !isOld(gpu) && !isSmallCache(facts),
  say: (job) => {
    const { decode, context } = job;
    if (decode === null) return null;
    const gain = withRoom(job, 2);
    return advise(job, {
      text: `A token takes ${formatValue(kvBytesPerToken(decode.model, 2), 'bytes')} of cache: in 8 bits (${optionOf(context.workload.engine, 'cacheInEight')}) twice as many fit.`,
      gain,
      arithmetic: `${requestsText(decode.running * 2)} instead of ${requestsText(decode.running)} requests a step, with ${formatValue(decode.weights(decode.running), 'bytes')} of weights read for all of them: ${formatFactor(gain)}`,
    });
  },
};

/** The part of the GPU's memory that the engine may take. */
const moreOfTheCard: Piece = {
  id: 'more-of-the-card',
  when: 'the engine says what part of the GPU it may take, and it is under 95 %',
  holds: ({ decode, context: { facts } }) => decode !== null && Number(facts?.get('gpuMemoryUtilization') ?? Number.NaN) < MOST_MEMORY,
  say: (job) => {
    const {
      decode,
      context: { ceilings, facts },
    } = job;
    const now = Number(facts?.get('gpuMemoryUtilization') ?? Number.NaN);
    const tokens = job.mean('engine.kvTokensMax');
    if (decode === null || ceilings === null || !(now > 0)) return null;
    const extra = (MOST_MEMORY - now) * ceilings.memoryBytes;
    const cache = tokens * kvBytesPerToken(decode.model, 2);
    if (!(cache > 0)) return null;
    const factor = (cache + extra) / cache;
    return advise(job, {
      text: `The engine may take ${formatPercent(now)} of the GPU: ${optionOf(job.context.workload.engine, 'memoryPart')} ${MOST_MEMORY} gives ${formatValue(extra, 'bytes')} more to the cache (less if something else runs there).`,
      gain: withRoom(job, factor),
      arithmetic: `${formatValue(cache, 'bytes')} of cache become ${formatValue(cache + extra, 'bytes')}: ${formatFactor(factor)} the requests, ${formatFactor(withRoom(job, factor))} the tokens`,
    });
  },
};

/** Weights in fewer bits leave more to the cache. */
const weightsInFour: Piece = {
  id: 'weights-in-four',
  when: 'a server whose weights have eight bits or more',
  holds: ({ decode }) => decode !== null && bitsOf(decode) >= WIDE_WEIGHTS,
  say: (job) => {
    const {
      decode,
      context: { gpu, ceilings },
    } = job;
    if (decode === null || gpu === null || ceilings === null) return null;
    const next = fourBits(gpu);
    const saved = decode.weights(decode.running) - decode.weights(decode.running, { ...decode.format, quantization: next });
    const now = ceilings.memoryBytes * ENGINE_MEMORY - decode.weights(decode.running) - WORKSPACE_BYTES;
    if (!(now > 0)) return null;
    const factor = (now + saved) / now;
    return advise(job, {
      text: `Weights in ${bitsOf(decode).toFixed(0)} bits leave ${formatValue(now, 'bytes')} per GPU to the cache: 4-bit weights (${QUANTIZATIONS[next].label}) leave ${formatValue(now + saved, 'bytes')}.`,
      gain: withRoom(job, factor),
      arithmetic: `${formatFactor(factor)} the cache, ${formatFactor(withRoom(job, factor))} the tokens of steps of the same length`,
    });
  },
};

/** Weights spread over more GPUs, or a card with more memory, leave more to the cache. */
const moreMemory: Piece = {
  id: 'more-memory',
  when: 'a server beside whose weights the card has room, and more GPUs in the node or a card of the site with half as much memory again',
  holds: ({ decode }) => decode !== null,
  say: (job) => {
    const {
      decode,
      context: { gpu, ceilings, workload, site },
    } = job;
    if (decode === null || gpu === null || ceilings === null) return null;
    const larger = site.nodeTypes.find((node) => GPUS[node.gpu].memoryBytes >= LARGER * ceilings.memoryBytes);
    const wider = 2 * (workload.tensorParallel ?? 1);
    const room = (memory: number, weights: number) => memory * ENGINE_MEMORY - weights - WORKSPACE_BYTES;
    const weights = decode.weights(decode.running);
    const now = room(ceilings.memoryBytes, weights);
    if (!(now > 0)) return null;
    const ways = [
      ...(wider > gpusInNode(job)
        ? []
        : [
            {
              how: `${optionOf(workload.engine, 'tensorParallel')} ${wider} (inside the node) makes it`,
              factor: (2 * room(ceilings.memoryBytes, weights / 2)) / now,
            },
          ]),
      ...(larger === undefined ? [] : [{ how: `${GPUS[larger.gpu].label} (${larger.id})`, factor: room(GPUS[larger.gpu].memoryBytes, weights) / now }]),
    ];
    if (ways.length === 0) return null;
    const best = Math.max(...ways.map(({ factor }) => factor));
    return advise(job, {
      text: `The cache has ${formatValue(now, 'bytes')} per GPU beside the weights: ${ways.map(({ how, factor }) => `${how} ${formatFactor(factor)}`).join(', ')}.`,
      gain: withRoom(job, best),
      arithmetic: `memory × ${ENGINE_MEMORY} − weights − ${WORKSPACE_BYTES / 1e9} GB: ${formatFactor(best)} the cache, ${formatFactor(withRoom(job, best))} the tokens per step of the same length`,
    });
  },
};

/** Training that does not fit: what each way of saving gives, for this model. */
const savingTraining: Piece = {
  id: 'saving-training',
  when: 'no server: a trainer that ran out of memory, or offloads',
  holds: (job) => job.context.model !== null && !job.serving,
  say: (job) => {
    const {
      context: { model, ceilings },
    } = job;
    if (model === null) return null;
    const shape = { sequence: COMMON_CONTEXT, microBatch: 1, flashAttention: true, tensorParallel: 1, layers: model.layers };
    const kept = activationBytes(model, { ...shape, checkpointing: false });
    const saved = activationBytes(model, { ...shape, checkpointing: true });
    const states = (OPTIMIZERS.adamw.optimizer - OPTIMIZERS['adamw-8bit'].optimizer) * model.parameters;
    return advise(job, {
      text: `In this order: a micro-batch of 1 with accumulation, activation checkpointing (saves ${formatValue(kept - saved, 'bytes')} per ${COMMON_CONTEXT} tokens), 8-bit Adam (saves ${formatValue(states, 'bytes')}), ZeRO or FSDP over the job's GPUs, LoRA (trains ${(loraParameters(model, 16) / 1e6).toFixed(0)} M parameters).`,
      gain: null,
      arithmetic: `${model.id}: full AdamW takes 18 × ${(model.parameters / 1e9).toFixed(1)} G = ${formatValue(18 * model.parameters, 'bytes')}${ceilings === null ? '' : ` against ${formatValue(ceilings.memoryBytes, 'bytes')} a GPU`}; activations ${formatValue(kept, 'bytes')}, with checkpointing ${formatValue(saved, 'bytes')}`,
    });
  },
};

export const CAPACITY: readonly Piece[] = [whatFits, fewerAtOnce, cacheInEight, moreOfTheCard, weightsInFour, moreMemory, savingTraining];
