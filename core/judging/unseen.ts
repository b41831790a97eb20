import { isPowered } from './cross-checks.ts';
import type { WindowShares } from './shares.ts';
import { known, mean } from './stats.ts';
import { tensorCoresRest } from './tensor-cores.ts';

/** Fields that would show a share which nobody looked at, in words; null where nothing is missing. */
type Unseen = string | null;

/** Whether an engine's work is known but for the prompts, of which nobody counted the tokens: its FLOPs are a lower bound then. */
export function lacksPrompts({ work }: WindowShares): boolean {
  return work !== null && work.from === 'model' && !work.training && !known(work.prefillTokens);
}

const PROMPTS = 'engine.promptTokens: what prompts cost';

/**
 * What may compute without having been looked at: the tensor pipe, and where it rests the FP32 and FP64 pipes, unless the power is low or
 * a complete model of the work tells its FLOPs.
 */
export function unseenCompute(window: WindowShares): Unseen {
  const { tensor, stats, computeModel } = window;
  if (known(computeModel) && !lacksPrompts(window)) return null;
  if (isPowered(window) === false) return null;
  if (!known(tensor)) return lacksPrompts(window) ? PROMPTS : 'gpu.tensorActive (DCGM 1004): whether the tensor cores work';
  if (!tensorCoresRest(tensor)) return null;
  const vectors = known(mean(stats, 'gpu.fp32Active')) && known(mean(stats, 'gpu.fp64Active'));
  return vectors ? null : 'gpu.fp32Active, gpu.fp64Active (DCGM 1007, 1006): work without tensor cores';
}

/**
 * What may move bytes without having been looked at: DRAM, or the passes over the weights and the cache in a model of a server's work. A
 * training step multiplies thousands of tokens per pass over its weights: memory cannot take much more than the time left by its products.
 */
export function unseenMemory({ memory, memoryFrom, work }: WindowShares): Unseen {
  if (work !== null && work.training) return null;
  if (!known(memory)) return 'gpu.dramActive (DCGM 1005): how busy the memory is';
  if (memoryFrom !== 'model' || work === null || work.from !== 'model') return null;
  if (!known(work.weightBytes)) return 'engine.running or the engine’s steps: how often the weights are read';
  return known(work.kvBytes) ? null : 'engine.kvUsage with the cache’s size, or finished requests: how much of the KV cache is read';
}
