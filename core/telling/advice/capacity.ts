import { activationBytes, COMMON_CONTEXT, ENGINE_MEMORY, GPUS, kvBytesPerToken, loraParameters, OPTIMIZERS, WORKSPACE_BYTES } from '../../knowledge/index.ts';
import { formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { gpusInNode } from './hardware.ts';
import { FEWER_REQUESTS, LARGER, MOST_MEMORY } from './limits.ts';
import { smallerWeights } from './memory.ts';
import { requestsText, type Situation } from './situation.ts';
import { advise, type Move } from './gain.ts';

/** Preempted requests are computed again: fewer at once finish sooner. */
const fewerAtOnce: Move = (job) => {
  const { decode, context } = job;
  const preemptions = job.mean('engine.preemptions');
  const requests = job.mean('engine.requests');
  if (decode === null || !(preemptions > 0)) return null;
  const again = preemptions / (preemptions + requests);
  const maximum = Number(context.facts?.get('maxNumSeqs') ?? job.mean('engine.maxRunning'));
  const target = Math.max(1, Math.floor(decode.running * FEWER_REQUESTS));
  return advise(job, {
    text: `Run fewer requests at once, --max-num-seqs ${target}${maximum > 0 ? ` (now ${maximum.toFixed(0)})` : ''}: ${(preemptions * 60).toPrecision(2)} a minute were put back and computed again. A --max-model-len of what is really used leaves more room.`,
    gain: requests > 0 ? 1 / (1 - again) : null,
    arithmetic:
      requests > 0
        ? `${preemptions.toPrecision(2)} put back for ${requests.toPrecision(2)} finished a second: ${formatPercent(again)} of the starts are done twice, 1 ÷ (1 − ${again.toFixed(2)}) = ${formatFactor(1 / (1 - again))}`
        : `${requestsText(decode.running)} ran at once with a full cache; how many finished was not measured`,
  });
};

/** What the cache holds by the engine's own gauges, where the model is not known and nothing can be computed of a token. */
const whatFits: Move = (job) => {
  const running = job.mean('engine.running');
  const waiting = job.mean('engine.waiting');
  if (job.decode !== null || !(running > 0) || !(waiting > 0)) return null;
  const eight = /fp8|int8|e4m3|e5m2/i.test(job.context.facts?.get('kvDtype') ?? '') ? '' : 'keep the cache in 8 bits, ';
  return advise(job, {
    text: `About ${requestsText(running)} fill the KV cache and ${waiting.toFixed(0)} more wait: ${eight}give the engine more of the GPU’s memory, limit the context to what is used, or start a second replica.`,
    gain: null,
    arithmetic: `cache ${formatPercent(job.mean('engine.kvUsage'))} full on average with ${requestsText(running)}: twice the room runs twice as many of this length`,
  });
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
const cacheInEight: Move = (job) => {
  const { decode, context } = job;
  if (decode === null || context.gpu === null || /fp8|int8|e4m3|e5m2/i.test(context.facts?.get('kvDtype') ?? '')) return null;
  const { generation } = GPUS[context.gpu];
  if (generation === 'Volta' || generation === 'Turing') return null;
  const gain = withRoom(job, 2);
  return advise(job, {
    text: `A token takes ${formatValue(kvBytesPerToken(decode.model, 2), 'bytes')} of cache: in FP8 (--kv-cache-dtype fp8) twice as many fit.`,
    gain,
    arithmetic: `${requestsText(decode.running * 2)} instead of ${requestsText(decode.running)} requests a step, with ${formatValue(decode.weights(decode.running), 'bytes')} of weights read for all of them: ${formatFactor(gain)}`,
  });
};

/** The part of the GPU's memory that the engine may take. */
const moreOfTheCard: Move = (job) => {
  const {
    decode,
    context: { ceilings, facts },
  } = job;
  const now = Number(facts?.get('gpuMemoryUtilization') ?? Number.NaN);
  const tokens = job.mean('engine.kvTokensMax');
  if (decode === null || ceilings === null || !(now > 0 && now < MOST_MEMORY)) return null;
  const extra = (MOST_MEMORY - now) * ceilings.memoryBytes;
  const cache = tokens * kvBytesPerToken(decode.model, 2);
  if (!(cache > 0)) return null;
  const factor = (cache + extra) / cache;
  return advise(job, {
    text: `The engine may take ${formatPercent(now)} of the GPU: --gpu-memory-utilization ${MOST_MEMORY} gives ${formatValue(extra, 'bytes')} more to the cache (less if something else runs there).`,
    gain: withRoom(job, factor),
    arithmetic: `${formatValue(cache, 'bytes')} of cache become ${formatValue(cache + extra, 'bytes')}: ${formatFactor(factor)} the requests, ${formatFactor(withRoom(job, factor))} the tokens`,
  });
};

/** Weights spread over more GPUs, or a card with more memory, leave more to the cache. */
const moreMemory: Move = (job) => {
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
      : [{ how: `--tensor-parallel-size ${wider} (inside the node) makes it`, factor: (2 * room(ceilings.memoryBytes, weights / 2)) / now }]),
    ...(larger === undefined ? [] : [{ how: `${GPUS[larger.gpu].label} (${larger.id})`, factor: room(GPUS[larger.gpu].memoryBytes, weights) / now }]),
  ];
  if (ways.length === 0) return null;
  const best = Math.max(...ways.map(({ factor }) => factor));
  return advise(job, {
    text: `The cache has ${formatValue(now, 'bytes')} per GPU beside the weights: ${ways.map(({ how, factor }) => `${how} ${formatFactor(factor)}`).join(', ')}.`,
    gain: withRoom(job, best),
    arithmetic: `memory × ${ENGINE_MEMORY} − weights − ${WORKSPACE_BYTES / 1e9} GB: ${formatFactor(best)} the cache, ${formatFactor(withRoom(job, best))} the tokens per step of the same length`,
  });
};

/** Training that does not fit: what each way of saving gives, for this model. */
const savingTraining: Move = (job) => {
  const {
    context: { model, ceilings },
  } = job;
  if (model === null || job.serving) return null;
  const shape = { sequence: COMMON_CONTEXT, microBatch: 1, flashAttention: true, tensorParallel: 1, layers: model.layers };
  const kept = activationBytes(model, { ...shape, checkpointing: false });
  const saved = activationBytes(model, { ...shape, checkpointing: true });
  const states = (OPTIMIZERS.adamw.optimizer - OPTIMIZERS['adamw-8bit'].optimizer) * model.parameters;
  return advise(job, {
    text: `In this order: a micro-batch of 1 with accumulation, activation checkpointing (saves ${formatValue(kept - saved, 'bytes')} per ${COMMON_CONTEXT} tokens), 8-bit Adam (saves ${formatValue(states, 'bytes')}), ZeRO or FSDP over the job's GPUs, LoRA (trains ${(loraParameters(model, 16) / 1e6).toFixed(0)} M parameters).`,
    gain: null,
    arithmetic: `${model.id}: full AdamW takes 18 × ${(model.parameters / 1e9).toFixed(1)} G = ${formatValue(18 * model.parameters, 'bytes')}${ceilings === null ? '' : ` against ${formatValue(ceilings.memoryBytes, 'bytes')} a GPU`}; activations ${formatValue(kept, 'bytes')}, with checkpointing ${formatValue(saved, 'bytes')}`,
  });
};

export const CAPACITY: readonly Move[] = [whatFits, fewerAtOnce, cacheInEight, moreOfTheCard, smallerWeights, moreMemory, savingTraining];
