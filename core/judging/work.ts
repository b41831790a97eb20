import {
  ACHIEVABLE,
  activeBlockParameters,
  causalAttentionFlops,
  decodeFlopsPerToken,
  gemmFraction,
  kvBytesPerToken,
  kvFractionPerGpu,
  trainingFlops,
  weightBytes,
  weightBytesTouched,
  WORKSPACE_BYTES,
} from '../knowledge/index.ts';
import { exact, firstKnown, known, mean, type Stats, sumKnown } from './stats.ts';
import type { EngineWork, Subject } from './subject.ts';
import type { Tally } from './tally.ts';
import { BEYOND_MODEL, DOMINANT, FEW_REQUESTS } from './thresholds.ts';

/** What an engine's counters say that one GPU had to do, per second. NaN where it cannot be said. */
export interface Work {
  readonly prefillTokens: number;
  readonly decodeTokens: number;
  readonly steps: number;
  readonly stepsFrom: 'counter' | 'tokens ÷ running' | null;
  readonly running: number;
  /** Tokens in the KV cache at once, and how that is known. */
  readonly cached: number;
  readonly cachedFrom: CachedFrom | null;
  readonly prefillFlops: number;
  readonly decodeFlops: number;
  readonly flops: number;
  readonly weightBytes: number;
  readonly kvBytes: number;
  readonly otherBytes: number;
  readonly bytes: number;
  /** Where FLOPs and bytes come from: the engine's own analytic counters, or our model of the work. */
  readonly from: 'engine' | 'model' | null;
  /** Least time per second that prefill and decode each need on this GPU. */
  readonly prefillTime: number;
  readonly decodeTime: number;
  /** True where the engine measured those times. */
  readonly timed: boolean;
  /** What is not in the bytes: then they are a lower bound. */
  readonly gaps: readonly string[];
  readonly training: boolean;
  /** A training's FLOP/s of one GPU as its trainer logs them (NaN without), by our count of its tokens, and that with the longest sequences; null where we cannot count. */
  readonly trainer: TrainerCount | null;
  /** Prompt tokens per second that were counted and not computed here: their cache came from another GPU. 0 where nothing says so. */
  readonly elsewhere: number;
}

/** FLOP/s of one GPU in training, twice over, and the raw peak of the card in what it multiplies. */
export interface TrainerCount {
  readonly logged: number;
  readonly counted: number;
  readonly atMost: number;
  readonly peak: number;
}

/** The engine's own count; its share of a cache whose size it says; the same with the size from device memory; mean lengths of requests. */
type CachedFrom = 'engine' | 'device memory' | 'request lengths';

/** What the work on a GPU depends on besides readings. */
export type Worker = Pick<Subject, 'serving' | 'training' | 'fineTuning' | 'work' | 'ceilings' | 'math'>;

/** Effective rates of the card: η × peak (× clock ÷ boost for compute). */
export interface Rates {
  readonly compute: number;
  readonly bytes: number;
  readonly clock: number;
}

/** η·F·clock/boost and η·BW; NaN where the GPU or the data type is not known. */
export function ratesOf({ ceilings, math }: Pick<Worker, 'ceilings' | 'math'>, smClock: number): Rates {
  if (ceilings === null) return { compute: Number.NaN, bytes: Number.NaN, clock: Number.NaN };
  const peak = math === null ? null : ceilings.peaks[math];
  const clock = known(smClock) && smClock > 0 ? Math.min(1, smClock / ceilings.boostClock) : 1;
  return {
    compute: peak === null ? Number.NaN : gemmFraction(ceilings.gpu).value * peak * clock,
    bytes: ACHIEVABLE.dramBytes.value * ceilings.bandwidth,
    clock,
  };
}

/** Prompt tokens that were computed, per second: not from a cache. Recomputation after a preemption is GPU work and counts. */
function prefillRate(stats: Stats): number {
  const computed = mean(stats, 'engine.promptTokensComputed');
  if (known(computed)) return computed;
  const all = mean(stats, 'engine.promptRate');
  const queries = mean(stats, 'engine.prefixQueries');
  const hits = mean(stats, 'engine.prefixHits');
  const ratio = firstKnown(queries > 0 ? hits / queries : Number.NaN, mean(stats, 'engine.cacheHitRatio'));
  return known(ratio) ? all * (1 - Math.min(1, Math.max(0, ratio))) : all;
}

/** Generated tokens per second less the first of each request, which belongs to its prefill. */
function decodeRate(stats: Stats): number {
  const generated = mean(stats, 'engine.generationRate');
  const requests = mean(stats, 'engine.requests');
  return known(requests) ? Math.max(0, generated - requests) : generated;
}

/** The engine's work in a window, for one GPU of it. Null without an engine. */
export function workOf(tally: Tally, worker: Worker): Work | null {
  if (!worker.serving && !worker.training) return null;
  const stats = tally.on;
  const base = countedWork(stats);
  const own = ownCounters(stats);
  const { work } = worker;
  if (work === null) {
    const logged = mean(stats, 'engine.trainFlopRate');
    return { ...base, ...own, ...(known(logged) ? ({ flops: logged, from: 'engine', training: true, gaps: ['bytes of a training step'] } as const) : {}) };
  }
  if (worker.training && !worker.serving) return { ...base, ...trainingWork(stats, work, worker), ...own };
  const served = servedWork(tally, base, work);
  return withTimes({ ...base, ...served, ...(own === null ? {} : { ...own, gaps: [] }) }, worker, stats);
}

/** What the engine's counters say as they are: tokens, steps and requests, and times where it measures them. */
function countedWork(stats: Stats): Work {
  const prefillTime = mean(stats, 'engine.prefillTime');
  const decodeTime = mean(stats, 'engine.decodeTime');
  return {
    prefillTokens: prefillRate(stats),
    decodeTokens: decodeRate(stats),
    steps: mean(stats, 'engine.stepRate'),
    stepsFrom: null,
    running: mean(stats, 'engine.running'),
    cached: Number.NaN,
    cachedFrom: null,
    prefillFlops: Number.NaN,
    decodeFlops: Number.NaN,
    flops: Number.NaN,
    weightBytes: Number.NaN,
    kvBytes: Number.NaN,
    otherBytes: Number.NaN,
    bytes: Number.NaN,
    from: null,
    prefillTime,
    decodeTime,
    timed: known(prefillTime) && known(decodeTime),
    gaps: [],
    training: false,
    trainer: null,
    elsewhere: 0,
  };
}

/** FLOPs and bytes of serving by the model's arithmetic (§4), with what they leave out. */
function servedWork(tally: Tally, counted: Work, work: EngineWork): Partial<Work> {
  const { prefillTokens, decodeTokens } = counted;
  const lengths = requestLengths(tally);
  const pass = passOf(tally);
  const { running } = pass;
  const { rate: steps, from: stepsFrom } = stepsOf(counted, running / work.replicas, tally.on);
  const { tokens: cached, from: cachedFrom } = cachedTokens(tally.on, work, { pass, lengths });
  const share = work.crowd / (work.tensorParallel * work.pipelineParallel * work.replicas);
  const context = running > 0 && known(cached) ? cached / running : contextOf(lengths);
  const prefillFlops = prefillTokens * prefillFlopsPerToken(work, lengths?.prompt ?? context, lengths !== null) * share;
  const decodeFlops = decodeTokens * decodeFlopsPerToken(work.model, known(context) ? context : 0) * share;
  const perToken = (work.crowd * cacheBytesPerToken(work)) / work.replicas;
  const batch = Math.max(1, known(running) ? running / work.replicas : 1);
  const readWeights = steps * weightBytesTouched(work.model, work.format, batch) * share;
  // A step reads the cache of its own replica: steps and tokens are those of all of them.
  const kvBytes = steps * (cached / work.replicas) * perToken;
  const otherBytes = sumKnown(prefillTokens, decodeTokens) * perToken;
  return {
    steps,
    stepsFrom,
    cached,
    cachedFrom,
    prefillFlops,
    decodeFlops,
    flops: sumKnown(prefillFlops, decodeFlops),
    weightBytes: readWeights,
    kvBytes,
    otherBytes,
    bytes: sumKnown(readWeights, kvBytes, otherBytes),
    from: 'model',
    gaps: [
      ...(known(cached) || !known(steps) ? [] : ['KV cache reads (how full the cache is and its size, or finished requests)']),
      ...(known(steps) ? [] : ['weight reads (engine steps, or running requests)']),
      ...(mean(tally.on, 'engine.specDrafts') > 0 ? ['reads of what drafts ahead (speculative decoding)'] : []),
    ],
  };
}

/** vLLM --enable-mfu-metrics and SGLang count FLOPs and bytes per GPU themselves. */
function ownCounters(stats: Stats): Pick<Work, 'flops' | 'bytes' | 'from'> | null {
  const flops = mean(stats, 'engine.flops');
  const bytes = sumKnown(mean(stats, 'engine.readBytes'), mean(stats, 'engine.writeBytes'));
  return known(flops) && known(bytes) ? { flops, bytes, from: 'engine' } : null;
}

/**
 * Steps per second of all replicas: their counters; otherwise every request that one of them runs (`running`) gets one token a step, which
 * holds while decode dominates.
 * With speculative decoding it gets those that were accepted besides: how many is not known where one of the two counters is missing.
 */
function stepsOf(work: Work, running: number, stats: Stats): { rate: number; from: Work['stepsFrom'] } {
  if (known(work.steps)) return { rate: work.steps, from: 'counter' };
  const drafts = mean(stats, 'engine.specDrafts');
  const accepted = mean(stats, 'engine.specAcceptedTokens');
  if (drafts > 0 !== accepted > 0 && !(known(drafts) && known(accepted))) return { rate: Number.NaN, from: null };
  const perPass = drafts > 0 && known(accepted) ? 1 + accepted / drafts : 1;
  if (running > 0 && known(work.decodeTokens)) return { rate: work.decodeTokens / (running * perPass), from: 'tokens ÷ running' };
  return { rate: Number.NaN, from: null };
}

/** What shares a pass over the weights, as the looks that saw requests show it: a mean over all looks would count passes that nobody made. */
interface Pass {
  readonly running: number;
  /** Tokens that they hold in the KV cache, and the part of it. */
  readonly cached: number;
  readonly usage: number;
}

function passOf({ on, ...seen }: Tally): Pass {
  if (seen.runningCount === 0) return { running: mean(on, 'engine.running'), cached: mean(on, 'engine.kvTokens'), usage: mean(on, 'engine.kvUsage') };
  return {
    running: exact(seen.running / seen.runningCount),
    cached: exact(seen.runningKv / seen.runningKvCount),
    usage: exact(seen.runningUsage / seen.runningUsageCount),
  };
}

interface Lengths {
  readonly prompt: number;
  readonly output: number;
}

/** Mean prompt and output of the requests that finished in the window; of all so far where fewer than FEW_REQUESTS did. */
function requestLengths(tally: Tally): Lengths | null {
  const seconds = tally.on.bins * tally.period;
  const requests = mean(tally.on, 'engine.requests') * seconds;
  const inside =
    requests >= FEW_REQUESTS
      ? { promptTokens: mean(tally.on, 'engine.promptRate') * seconds, generated: mean(tally.on, 'engine.generationRate') * seconds, requests }
      : tally.soFar;
  if (!(inside.requests > 0) || !(inside.generated > 0) || !known(inside.promptTokens)) return null;
  return { prompt: inside.promptTokens / inside.requests, output: inside.generated / inside.requests };
}

/** A request in the middle of its output holds its prompt and half its output. */
function contextOf(lengths: Lengths | null): number {
  return lengths === null ? Number.NaN : lengths.prompt + lengths.output / 2;
}

/**
 * Tokens whose keys and values are read at every step. Engines with a cache gauge allocate the cache at the start and fill the
 * device with it, so its size is what weights leave. Mean lengths hold only while as many requests end as begin: the last resort.
 */
function cachedTokens(stats: Stats, work: EngineWork, { pass, lengths }: { pass: Pass; lengths: Lengths | null }): { tokens: number; from: CachedFrom | null } {
  const { running, cached, usage } = pass;
  if (known(cached)) return { tokens: cached, from: 'engine' };
  const size = firstKnown(mean(stats, 'engine.kvTokensMax'), work.replicas * (work.cacheTokens ?? Number.NaN));
  if (known(usage) && known(size)) return { tokens: usage * size, from: 'engine' };
  const split = work.tensorParallel * work.pipelineParallel;
  const room = mean(stats, 'gpu.memUsed') / work.crowd - weightBytes(work.model, work.format) / split - WORKSPACE_BYTES;
  if (known(usage) && room > 0) return { tokens: ((usage * room) / cacheBytesPerToken(work)) * work.replicas, from: 'device memory' };
  const tokens = running * contextOf(lengths);
  return { tokens, from: known(tokens) ? 'request lengths' : null };
}

/** Bytes of a token in the KV cache of one GPU of its replica. */
function cacheBytesPerToken(work: EngineWork): number {
  return (kvBytesPerToken(work.model, work.cacheBytes) * kvFractionPerGpu(work.model, work.tensorParallel)) / work.pipelineParallel;
}

/** Blocks for every token; the head only for the last of a prompt; causal attention over half the prompt. */
function prefillFlopsPerToken(work: EngineWork, prompt: number, knownLength: boolean): number {
  const blocks = 2 * activeBlockParameters(work.model);
  if (!knownLength || !(prompt >= 1)) return blocks;
  return blocks + (2 * work.model.headParameters + causalAttentionFlops(work.model, prompt)) / prompt;
}

/** Tokens of a sequence that few trainings exceed: with them, and with the forward pass computed twice, a trainer counts the most that it may. */
const LONG_SEQUENCE = 8192;

/** A trainer's tokens: forward and backward. Without the sequence length attention is left out: a lower bound. */
function trainingWork(stats: Stats, work: EngineWork, worker: Worker): Partial<Work> {
  const logged = mean(stats, 'engine.trainFlopRate');
  const tokens = mean(stats, 'engine.trainTokenRate');
  const gpus = work.tensorParallel * work.pipelineParallel * work.replicas;
  const pass = { lora: worker.fineTuning, recompute: false };
  const perToken = trainingFlops(work.model, 1, pass);
  // What it logs per GPU is of every GPU that it has, also where not all are shown.
  const counted = firstKnown(mean(stats, 'engine.trainTokenRatePerGpu') * perToken, (tokens * perToken) / gpus);
  const flops = firstKnown(logged, counted);
  const peak = (worker.math === null ? null : worker.ceilings?.peaks[worker.math]) ?? Number.NaN;
  const longest = trainingFlops(work.model, LONG_SEQUENCE, { ...pass, recompute: true }) / LONG_SEQUENCE;
  // Where a step also generates, its tokens are of all of it and its FLOPs of the update alone: they do not compare.
  const comparable = known(counted) && !known(mean(stats, 'engine.trainRollout'));
  const trainer = comparable
    ? { logged: firstKnown(logged, mean(stats, 'engine.trainMfu') * peak), counted, atMost: (counted / perToken) * longest, peak }
    : null;
  return { training: true, trainer, flops, from: known(flops) ? (known(logged) ? 'engine' : 'model') : null, gaps: ['bytes of a training step'] };
}

/**
 * The most of the time that prefill can have taken, by the engine's own clock: a request is in prefill at least as long as its tokens
 * are computed. It is counted when the request ends, so that it means something only where those that end account for those that run.
 */
export function prefillAtMost(stats: Stats): number {
  const prefill = mean(stats, 'engine.requestPrefillTime');
  const steady = mean(stats, 'engine.requestDecodeTime') + prefill >= DOMINANT * mean(stats, 'engine.running');
  return steady ? prefill : Number.NaN;
}

/**
 * Without prefill time there are no prefill FLOPs: on the decode side of disaggregated serving the prompt counter grows with tokens
 * whose cache another GPU made. What is more than that time can hold, by more than the error of the model, is left out.
 */
function computedHere(work: Work, prefillTime: number, stats: Stats): Work {
  const most = prefillAtMost(stats);
  if (work.from !== 'model' || !(prefillTime > BEYOND_MODEL * most)) return work;
  const part = most / prefillTime;
  const prefillFlops = work.prefillFlops * part;
  return {
    ...work,
    prefillTokens: work.prefillTokens * part,
    prefillFlops,
    flops: sumKnown(prefillFlops, work.decodeFlops),
    elsewhere: work.prefillTokens * (1 - part),
  };
}

/** t_p = F_p/(η·F), t_d = (steps·W + KV)/(η·BW), where the engine does not measure them. Weights of shared steps are decode's. */
function withTimes(counted: Work, worker: Worker, stats: Stats): Work {
  const rates = ratesOf(worker, mean(stats, 'gpu.smClock'));
  const work = counted.timed ? counted : computedHere(counted, counted.prefillFlops / rates.compute, stats);
  const prefillTime = work.prefillTokens === 0 ? 0 : work.prefillFlops / rates.compute;
  const decodeBytes = sumKnown(work.weightBytes, work.kvBytes);
  const decodeTime = work.decodeTokens === 0 ? 0 : decodeBytes / rates.bytes;
  // tokens ÷ running, and the count of iterations with their tokens, leave out steps that emit no token (chunks of a prompt): where
  // prefill takes more of the time, that is no count of steps.
  const emitting = work.stepsFrom === 'tokens ÷ running' || (work.stepsFrom === 'counter' && known(mean(stats, 'engine.stepTokens')));
  const doubtful = emitting && prefillTime / (prefillTime + decodeTime) > DOMINANT;
  const gaps = doubtful ? [...work.gaps, 'steps that only prefill (engine steps)'] : work.gaps;
  return work.timed ? { ...work, gaps } : { ...work, prefillTime, decodeTime, gaps };
}
