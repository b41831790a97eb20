import { formatFactor, formatOf, formatPercent } from '../../readings/index.ts';
import { fasterMemory } from './hardware.ts';
import { groupedHeads, moreRequests, smallerCache, smallerWeights, speculative } from './serving.ts';
import { tell, type Move } from './tell.ts';

/** What the memory moves, against what it can: the sentence before all advice on memory. */
const fewerPasses: Move = (job) => {
  const { verdict, context, share } = job;
  if (!job.training || verdict.relief === null || context.ceilings === null) return null;
  const moved = share * 0.8 * context.ceilings.bandwidth;
  return tell(job, {
    text: `Training moves ${formatOf(moved, context.ceilings.bandwidth, 'bytes/s')} while its compute share is ${formatPercent(verdict.shares.compute)}: save passes over memory with flash attention, torch.compile or fused optimiser and norm kernels, and fill steps with a larger micro-batch.`,
    gain: verdict.relief,
    arithmetic: `memory ${formatPercent(share)} of the time; without its traffic the next limit is ${formatFactor(verdict.relief)} away`,
  });
};

/** Bandwidth-bound: first what costs nothing, then what changes the weights, then another card. */
export const MEMORY: readonly Move[] = [fewerPasses, moreRequests, smallerWeights, smallerCache, speculative, groupedHeads, fasterMemory];
