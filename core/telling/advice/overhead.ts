import { NO_PROGRESS } from '../../judging/index.ts';
import { ENGINE_MEMORY } from '../../knowledge/index.ts';
import { formatFactor, formatPercent } from '../../readings/index.ts';
import { cudaGraphs, widerSteps } from './host.ts';
import { MOST_LARGER_BATCH, ROOMY } from './limits.ts';
import type { Situation } from './situation.ts';
import { advise, type Move } from './gain.ts';

/** Resident kernels without work are no overhead that tuning could save: somebody waits for somebody (core/telling/findings/stuck.ts). */
function standsStill({ verdict }: Situation): boolean {
  return verdict.modifiers.includes(NO_PROGRESS);
}

const findWaiting: Move = (job) => {
  if (!standsStill(job)) return null;
  return advise(job, {
    text: 'Nothing here can be tuned: the kernels wait. See which rank is missing: py-spy dump --pid of each rank, NCCL_DEBUG=INFO, or TORCH_NCCL_TRACE_BUFFER_SIZE=2000 and its dump; then cancel the job.',
    gain: null,
    arithmetic: `busy ${formatPercent(job.shareOf('busy'))}, memory ${formatPercent(job.verdict.shares.memory)}, compute ${formatPercent(job.verdict.shares.compute)}`,
  });
};

/** The rest of the list is for kernels that do something. */
const unlessStill =
  (move: Move): Move =>
  (job) =>
    standsStill(job) ? null : move(job);

/** Small kernels fused into large ones. */
const compile: Move = (job) => {
  const { verdict, share } = job;
  if (verdict.relief === null || Number.isNaN(share)) return null;
  const what = job.training
    ? 'torch.compile, fused optimiser (AdamW fused=True) and flash attention; find synchronisation (.item(), print, .cpu()) with the profiler'
    : 'torch.compile or an engine with fused kernels instead of eager Hugging Face code';
  return advise(job, {
    text: `The GPU is busy, but ${formatPercent(share)} of its time does no measured work: many small kernels. Use ${what}.`,
    gain: verdict.relief,
    arithmetic: `busy time beyond the largest share is ${formatPercent(share)}; without it ${formatFactor(verdict.relief)}. torch.compile was seen to gain up to 6 × where launches are the limit, nothing where arithmetic is`,
  });
};

/** More work per kernel. */
const largerBatch: Move = (job) => {
  const used = job.mean('gpu.memUsed');
  const total = job.mean('gpu.memTotal');
  if (!job.training || Number.isNaN(job.share) || !(total > used)) return null;
  const factor = Math.min(MOST_LARGER_BATCH, (total * ENGINE_MEMORY) / used);
  return advise(job, {
    text: `Memory is ${formatPercent(used / total)} full: a micro-batch up to ${factor.toFixed(1)} times as large makes kernels longer, not more.`,
    gain: 1 / (1 - job.share * (1 - 1 / factor)),
    arithmetic: `launches per sample ÷ ${factor.toFixed(1)}: 1 ÷ (1 − ${job.share.toFixed(2)} × (1 − 1 ÷ ${factor.toFixed(1)})) = ${formatFactor(1 / (1 - job.share * (1 - 1 / factor)))}`,
  });
};

/** GPUs that share a small model wait for each other more than they work. */
const narrowerTensor: Move = (job) => {
  const {
    context: { workload, ceilings },
    decode,
    verdict,
  } = job;
  const tp = workload.tensorParallel;
  if (tp === null || tp <= 1 || decode === null || ceilings === null || verdict.relief === null) return null;
  const whole = decode.weights(decode.running) * tp;
  const fits = Math.ceil(whole / (ROOMY * ceilings.memoryBytes));
  if (fits >= tp) return null;
  return advise(job, {
    text: `${tp} GPUs share ${(whole / 1e9).toFixed(1)} GB of weights, which ${fits === 1 ? 'one GPU holds' : `${fits} GPUs hold`} with room for the cache: --tensor-parallel-size ${fits}, and ${Math.floor(tp / fits)} replicas.`,
    gain: verdict.relief,
    arithmetic: `each GPU reads ${(whole / tp / 1e9).toFixed(1)} GB a step and then waits for the others ${2 * decode.model.layers} times; without the waiting at best ${formatFactor(verdict.relief)} (measured: 7B on eight GPUs read at 34 % of their bandwidth, on one at 68 %)`,
  });
};

export const OVERHEAD: readonly Move[] = [findWaiting, ...[narrowerTensor, cudaGraphs, widerSteps, largerBatch, compile].map(unlessStill)];
