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

const PROMPTS = 'the engine’s prompt tokens: what prompts cost';

/**
 * What may compute without having been looked at: the tensor pipe, and where it rests the FP32 and FP64 pipes, unless the power is low or
 * a complete model of the work tells its FLOPs.
 */
export function unseenCompute(window: WindowShares): Unseen {
  const { tensor, stats, computeModel } = window;
  if (known(computeModel) && !lacksPrompts(window)) return null;
  if (isPowered(window) === false) return null;
  if (!known(tensor)) return lacksPrompts(window) ? PROMPTS : 'whether the tensor cores work (DCGM 1004)';
  if (!tensorCoresRest(tensor)) return null;
  const vectors = known(mean(stats, 'gpu.fp32Active')) && known(mean(stats, 'gpu.fp64Active'));
  return vectors ? null : 'work without tensor cores: the FP32 and FP64 pipes (DCGM 1007, 1006)';
}

/**
 * What may move bytes without having been looked at: DRAM, or the passes over the weights and the cache in a model of a server's work. A
 * training step multiplies thousands of tokens per pass over its weights: memory cannot take much more than the time left by its products.
 */
export function unseenMemory({ memory, memoryFrom, work }: WindowShares): Unseen {
  if (work !== null && work.training) return null;
  if (!known(memory)) return 'how busy the memory is (DCGM 1005)';
  if (memoryFrom !== 'model' || work === null || work.from !== 'model') return null;
  if (!known(work.weightBytes)) return 'how often the weights are read: the engine’s running requests, or its steps';
  return known(work.kvBytes) ? null : 'how much of the KV cache is read: its use and size, or finished requests';
}
