import { NO_PROGRESS } from '../../judging/index.ts';
import { ENGINE_MEMORY, optionOf } from '../../knowledge/index.ts';
import { formatFactor, formatPercent } from '../../readings/index.ts';
import { coolDown } from './compute.ts';
import { bubble, cudaGraphs, widerSteps } from './host.ts';
import { MOST_LARGER_BATCH, ROOMY } from './limits.ts';
import { exchanges, isStaged, mayWaitForOthers } from './signs.ts';
import type { Situation } from './situation.ts';
import { advise, type Piece } from './gain.ts';

/** Resident kernels without work are no overhead that tuning could save: somebody waits for somebody (core/telling/findings/stuck.ts). */
function standsStill({ verdict }: Situation): boolean {
  return verdict.modifiers.includes(NO_PROGRESS);
}

const findWaiting: Piece = {
  id: 'find-the-missing-rank',
  when: 'kernels are resident and nothing that was measured moves for five minutes',
  holds: standsStill,
  say: (job) => {
    return advise(job, {
      text: 'Nothing here can be tuned: the kernels wait. See which rank is missing: py-spy dump --pid of each rank, NCCL_DEBUG=INFO, or TORCH_NCCL_TRACE_BUFFER_SIZE=2000 and its dump; then cancel the job.',
      gain: null,
      arithmetic: `busy ${formatPercent(job.shareOf('busy'))}, memory ${formatPercent(job.verdict.shares.memory)}, compute ${formatPercent(job.verdict.shares.compute)}`,
    });
  },
};

/** The rest of the list is for kernels that do something. */
const unlessStill = (piece: Piece): Piece => ({ ...piece, holds: (job) => !standsStill(job) && piece.holds(job) });

/** Engines bring fused kernels; what they wait for is not cured by compiling. */
function isEngine({ serving, context: { workload } }: Situation): boolean {
  return serving && workload.engine !== null;
}

/** Small kernels fused into large ones. */
const compile: Piece = {
  id: 'fuse-kernels',
  when: 'a program of its own whose GPU waits for no other: one GPU, or links that were measured and rest; not with a straggler, stages, or an engine that serves',
  holds: (job) => !isEngine(job) && !exchanges(job) && !mayWaitForOthers(job) && !isStaged(job) && job.context.hasStraggler !== true,
  say: (job) => {
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
  },
};

/** More work per kernel. */
const largerBatch: Piece = {
  id: 'larger-micro-batch',
  when: 'a trainer with free memory; not where stages need more micro-batches or one GPU holds up the others',
  holds: (job) => job.training && !isStaged(job) && job.context.hasStraggler !== true,
  say: (job) => {
    const used = job.mean('gpu.memUsed');
    const total = job.mean('gpu.memTotal');
    if (Number.isNaN(job.share) || !(total > used)) return null;
    const factor = Math.min(MOST_LARGER_BATCH, (total * ENGINE_MEMORY) / used);
    return advise(job, {
      text: `Memory is ${formatPercent(used / total)} full: a micro-batch up to ${factor.toFixed(1)} times as large makes kernels longer, not more.`,
      gain: 1 / (1 - job.share * (1 - 1 / factor)),
      arithmetic: `launches per sample ÷ ${factor.toFixed(1)}: 1 ÷ (1 − ${job.share.toFixed(2)} × (1 − 1 ÷ ${factor.toFixed(1)})) = ${formatFactor(1 / (1 - job.share * (1 - 1 / factor)))}`,
    });
  },
};

/** GPUs that share a small model wait for each other more than they work. */
const narrowerTensor: Piece = {
  id: 'narrower-tensor',
  when: 'a server spread by tensors over more GPUs than its weights and cache need',
  holds: ({ decode, context: { workload } }) => decode !== null && (workload.tensorParallel ?? 1) > 1,
  say: (job) => {
    const {
      context: { workload, ceilings },
      decode,
      verdict,
    } = job;
    const tp = workload.tensorParallel;
    if (tp === null || decode === null || ceilings === null || verdict.relief === null) return null;
    const whole = decode.weights(decode.running) * tp;
    const fits = Math.ceil(whole / (ROOMY * ceilings.memoryBytes));
    if (fits >= tp) return null;
    return advise(job, {
      text: `${tp} GPUs share ${(whole / 1e9).toFixed(1)} GB of weights, which ${fits === 1 ? 'one GPU holds' : `${fits} GPUs hold`} with room for the cache: ${optionOf(workload.engine, 'tensorParallel')} ${fits}, and ${Math.floor(tp / fits)} replicas.`,
      gain: verdict.relief,
      arithmetic: `each GPU reads ${(whole / tp / 1e9).toFixed(1)} GB a step and then waits for the others ${2 * decode.model.layers} times; without the waiting at best ${formatFactor(verdict.relief)} (measured: 7B on eight GPUs read at 34 % of their bandwidth, on one at 68 %)`,
    });
  },
};

/** Everybody waits for the late one. */
const waitForLate: Piece = {
  id: 'wait-for-late',
  when: 'several GPUs work together and one has a clock far below the others’',
  holds: (job) => job.context.hasStraggler === true,
  say: (job) =>
    advise(job, {
      text: 'The GPUs wait in every step for one that is slower than the others (see the finding): leave it out, or tell support the node and the GPU. Nothing in the program is at fault.',
      gain: job.verdict.relief,
      arithmetic: `of ${job.context.gpuCount} GPUs the slowest sets the pace; ${formatPercent(job.share)} of the busy time does no measured work`,
    }),
};

/** GPUs that exchange data: what looks busy may be waiting for each other. */
const lessTalk: Piece = {
  id: 'less-talk',
  when: 'several GPUs, of whose links one carries a third of what it can',
  holds: (job) => exchanges(job) && job.context.gpuCount > 1,
  say: (job) => {
    if (job.verdict.relief === null) return null;
    const links = (['nvlink', 'network', 'transfer'] as const).filter((key) => job.shareOf(key) > 0);
    return advise(job, {
      text: `The GPU is busy, but ${formatPercent(job.share)} of its time does no measured work while the GPUs exchange data: make the exchanges fewer and larger (longer steps, larger buckets), let them overlap with computing, and spread each layer over fewer GPUs.`,
      gain: job.verdict.relief,
      arithmetic: `${links.map((key) => `${LINKS[key]} ${formatPercent(job.shareOf(key))}`).join(', ')} of what it can; without the unexplained time ${formatFactor(job.verdict.relief)}`,
    });
  },
};

const LINKS = { nvlink: 'NVLink', network: 'the network', transfer: 'PCIe' } as const;

/** Small kernels and waiting for others look the same to counters: a profile tells them apart. */
const profile: Piece = {
  id: 'profile',
  when: 'several GPUs whose links were not measured, or an engine that serves: nothing says what the unexplained time is',
  holds: (job) => (isEngine(job) || mayWaitForOthers(job)) && !exchanges(job) && !isStaged(job) && job.context.hasStraggler !== true,
  say: (job) => {
    if (Number.isNaN(job.share)) return null;
    return advise(job, {
      text: `The GPU is busy, but ${formatPercent(job.share)} of its time does no measured work: small kernels and waiting for another GPU look the same here. nsys profile -t cuda,nvtx,nccl for half a minute tells them apart (give its nsys stats to headroom diagnose).`,
      gain: null,
      arithmetic: `busy time beyond the largest share is ${formatPercent(job.share)}; from a quarter of the kernels' time in NCCL on it is the exchange`,
    });
  },
};

const TUNING = [coolDown, waitForLate, bubble, narrowerTensor, lessTalk, cudaGraphs, widerSteps, largerBatch, compile, profile].map(unlessStill);
export const OVERHEAD: readonly Piece[] = [findWaiting, ...TUNING];
