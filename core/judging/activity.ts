import type { Activity } from '../contract/index.ts';
import { ridge } from '../knowledge/index.ts';
import { formatPercent } from '../readings/index.ts';
import { marginOf } from './evidence.ts';
import { isLoading, type WindowShares, writeRate } from './shares.ts';
import { prefillAtMost } from './work.ts';
import { known, mean, sumKnown } from './stats.ts';
import { ACTIVITY_CAPS, CEILINGS, CONTRIBUTING, DECODE_TOKENS, DOMINANT, INACTIVE, MEMORY_STEP, ONE_ACTIVITY, TENSOR_NONE } from './thresholds.ts';

export interface Doing {
  readonly activity: Activity;
  readonly grade: number;
  readonly why: string;
}

const NO_SIGN: Doing = { activity: 'unknown', grade: 0, why: 'activity unknown: no engine, no trainer’s log, no telling process name' };

/** What the job does in a window, with a grade of its own (§7.3). Unknown is the usual answer without an engine or a trainer. */
export function activityOf(window: WindowShares, idle: boolean): Doing {
  if (idle) return { activity: 'idle', grade: CEILINGS.seenDirectly, why: '' };
  if (isLoading(window) && !(window.busy >= DOMINANT)) {
    return { activity: 'loading', grade: ACTIVITY_CAPS.loading, why: 'loading: device memory rises and no token comes out' };
  }
  const engine = fromEngine(window);
  if (engine !== null) return engine;
  const trainer = fromTrainer(window);
  if (trainer !== null) return trainer;
  return fromCounters(window) ?? fromProcesses(window) ?? NO_SIGN;
}

/** By the time that prefill and decode took, never by counting tokens. */
function fromEngine(window: WindowShares): Doing | null {
  const { work } = window;
  if (work === null || work.training || window.subject.serving === false) return null;
  const prefill = work.prefillTokens;
  const decode = work.decodeTokens;
  const total = work.prefillTime + work.decodeTime;
  if (total > 0) {
    const share = work.decodeTime / total;
    const ceiling = work.timed ? CEILINGS.agreeing : CEILINGS.single;
    const how = work.timed ? 'measured by the engine' : 'estimated from tokens and the model';
    if (share >= ONE_ACTIVITY)
      return {
        activity: 'decode',
        grade: ceiling * marginOf(share / ONE_ACTIVITY),
        why: `decode takes ${formatPercent(share)} of the engine’s GPU time, ${how}`,
      };
    if (1 - share >= ONE_ACTIVITY)
      return {
        activity: 'prefill',
        grade: ceiling * marginOf((1 - share) / ONE_ACTIVITY),
        why: `prefill takes ${formatPercent(1 - share)} of the engine’s GPU time, ${how}`,
      };
    return {
      activity: 'serving',
      grade: ceiling * marginOf(ONE_ACTIVITY / Math.max(share, 1 - share)),
      why: `prefill and decode share the GPU time ${formatPercent(1 - share)} to ${formatPercent(share)}, ${how}`,
    };
  }
  if (!known(prefill) && !known(decode))
    return window.demand === true ? { activity: 'serving', grade: ACTIVITY_CAPS.requests, why: 'requests are running' } : null;
  const most = prefillAtMost(window.stats);
  if (decode > 0 && most <= (1 - ONE_ACTIVITY) * (known(window.busy) ? window.busy : 1))
    return {
      activity: 'decode',
      grade: CEILINGS.none,
      why: `requests spent ${formatPercent(most)} of the time in prefill, which is the most that it can have taken`,
    };
  // A prompt token never costs more GPU time than a generated one: it shares its pass over the weights with more others.
  if (decode > 0 && decode >= ONE_ACTIVITY * (prefill + decode))
    return { activity: 'decode', grade: CEILINGS.none, why: 'few prompt tokens for each generated one, and a prompt token never costs more' };
  if (prefill > 0 && decode === 0) return { activity: 'prefill', grade: CEILINGS.none, why: 'prompt tokens only' };
  return { activity: 'serving', grade: ACTIVITY_CAPS.requests, why: 'prompts and outputs; the model would tell how they share the time' };
}

function fromTrainer(window: WindowShares): Doing | null {
  const { stats, subject } = window;
  const progress = sumKnown(
    mean(stats, 'engine.trainSteps'),
    mean(stats, 'engine.trainTokenRate'),
    mean(stats, 'engine.trainStepTime'),
    mean(stats, 'engine.trainFlopRate'),
  );
  if (!subject.training || !known(progress)) return null;
  const writes = writeRate(stats);
  if (window.empty >= DOMINANT && known(writes) && writes * window.seconds >= MEMORY_STEP && !(mean(stats, 'engine.trainSteps') > 0)) {
    return { activity: 'checkpointing', grade: CEILINGS.none, why: 'the trainer stands still while gigabytes are written' };
  }
  return { activity: subject.fineTuning ? 'fine-tuning' : 'training', grade: CEILINGS.single, why: 'the trainer’s own log' };
}

/**
 * Tokens per pass over the weights from counters: T_eff = ridge · tensor ÷ DRAM. Few of them at a busy memory are decode:
 * training and prefill move hundreds. The converse says nothing, and link traffic proves no training: sharded serving has it too.
 */
function fromCounters(window: WindowShares): Doing | null {
  const { stats, subject } = window;
  if (window.memoryFrom === 'counter' && window.memory >= DOMINANT && subject.type !== null) {
    const point = ridge(subject.type, 'fp16');
    const tensor = mean(stats, 'gpu.tensorActive');
    const dram = mean(stats, 'gpu.dramActive');
    const otherPipe = Math.max(...[window.fp32, window.fp64].filter(known), Number.NEGATIVE_INFINITY) >= INACTIVE;
    if (point !== null && known(tensor) && !(window.tensor < TENSOR_NONE && otherPipe)) {
      const tokens = (point * tensor) / dram;
      if (tokens <= DECODE_TOKENS) {
        return {
          activity: 'decode',
          grade: ACTIVITY_CAPS.counters,
          why: `about ${Math.max(1, tokens).toFixed(0)} tokens per pass over the weights (tensor ÷ DRAM): decode`,
        };
      }
    }
  }
  const { burstSeconds } = window.tally;
  if (burstSeconds > 0 && subject.noServer) {
    return { activity: 'training', grade: ACTIVITY_CAPS.bursts, why: `symmetric bursts of traffic every ${burstSeconds.toFixed(0)} s and no serving process` };
  }
  return null;
}

function fromProcesses(window: WindowShares): Doing | null {
  const says = window.subject.processSays;
  if (says === null || !(window.busy >= INACTIVE)) return null;
  return { activity: says, grade: ACTIVITY_CAPS.processName, why: `only a process’s name says ${says}` };
}

/** What an unknown activity could be, for the text. */
export function activityCandidates(window: WindowShares): string | null {
  if (window.memory >= DOMINANT && !(window.compute >= CONTRIBUTING)) return 'decode, or a memory-bound training step';
  if (window.compute >= DOMINANT) return 'prefill or training';
  return null;
}
