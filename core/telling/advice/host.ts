import { ALL_CORES, CONTRIBUTING } from '../../judging/index.ts';
import { ENGINE_MEMORY, KERNELS_PER_LAYER, LAUNCH_SECONDS, optionOf } from '../../knowledge/index.ts';
import { formatDuration, formatFactor, formatPercent, HOT_THREAD } from '../../readings/index.ts';
import { SECOND_SERVER_BYTES } from './limits.ts';
import { coresPerGpu, isOffloading, isStaged } from './signs.ts';
import { requestsText, type Situation } from './situation.ts';
import { overlapping, overlappingText, shrinking, shrinkingText, advise, type Piece, WORTH_TRYING } from './gain.ts';

/** Whether a job's engine runs without CUDA graphs, as its options or its own words say; null where nothing says. */
function isEager(job: Situation): boolean | null {
  const graphs = job.context.facts?.get('cudaGraphs');
  if (job.commanded(/--enforce[-_]eager\b|--disable[-_]cuda[-_]graph\b|--cuda-graphs 0\b/) || graphs === 'false' || graphs === '0') return true;
  return graphs === undefined ? null : false;
}

/** Seconds that launching a step's kernels one by one takes, and the part of the time that it would be; NaN where it is not known. */
function launching(job: Situation): { seconds: number; steps: number; spent: number } {
  const steps = job.mean('engine.stepRate') > 0 ? job.mean('engine.stepRate') : job.mean('engine.generationRate') / job.mean('engine.running');
  const seconds = (job.context.model?.layers ?? Number.NaN) * KERNELS_PER_LAYER * LAUNCH_SECONDS;
  return { seconds, steps, spent: Math.min(job.share, steps * seconds) };
}

/** Engines that have CUDA graphs as an option; llama.cpp, Triton's plans and the like capture them by themselves. */
const WITH_GRAPHS: readonly string[] = ['vllm', 'sglang', 'tgi', 'lmdeploy'];

/** Kernels launched one by one leave the GPU empty between them; a graph launches a step at once. */
export const cudaGraphs: Piece = {
  id: 'cuda-graphs',
  when: 'a server whose steps × kernels × launch time are worth a twentieth, and that is not known to use CUDA graphs',
  holds: (job) => {
    const { engine } = job.context.workload;
    return job.serving && (engine === null || WITH_GRAPHS.includes(engine)) && isEager(job) !== false && launching(job).spent >= 1 - 1 / WORTH_TRYING;
  },
  say: (job) => {
    const {
      context: { model, workload },
    } = job;
    if (model === null) return null;
    const { seconds, steps, spent } = launching(job);
    const eager = isEager(job) === true;
    const option = optionOf(workload.engine, 'eager');
    return advise(job, {
      text: `${eager ? `The engine runs without CUDA graphs: leave out ${option}` : `Keep CUDA graphs on (no ${option}) and check that the batch is not above the captured sizes`}; launching ${model.layers * KERNELS_PER_LAYER} kernels a step one by one takes about ${formatDuration(seconds)}.`,
      gain: eager ? 1 / (1 - spent) : null,
      arithmetic: `${model.layers} layers × ${KERNELS_PER_LAYER} kernels × ${formatDuration(LAUNCH_SECONDS)} = ${formatDuration(seconds)} a step, ${requestsText(steps)} steps a second: ${formatPercent(spent)} of the time${eager ? `, without it ${formatFactor(1 / (1 - spent))}` : ''}`,
    });
  },
};

/** What a step costs besides its bytes and FLOPs hardly depends on the requests in it: more of them share it. */
export const widerSteps: Piece = {
  id: 'wider-steps',
  when: 'a server whose KV cache has room for more requests than run, as far as its use is known',
  holds: ({ decode }) => decode !== null && !(decode.room < 1),
  say: (job) => {
    const { decode, share, verdict } = job;
    if (decode === null || Number.isNaN(share)) return null;
    const most = Number.isNaN(decode.room) ? 2 * decode.running : decode.running + decode.room;
    const target = Math.floor(Math.min(2 * decode.running, most));
    if (!(target > decode.running)) return null;
    const factor = decode.running / target;
    const what = verdict.bottleneck === 'overhead' ? 'what each step costs besides its work' : "the host's work of each step";
    return advise(job, {
      text: `Run up to ${target} requests at once (now ${requestsText(decode.running)}): they share ${what}.${Number.isNaN(decode.room) ? '' : ` The KV cache has room for ${decode.room} more.`}`,
      gain: shrinking(share, factor),
      arithmetic: `the same ${verdict.bottleneck === 'overhead' ? '' : 'host '}time for ${formatFactor(1 / factor)} as many tokens: ${shrinkingText(share, factor)}`,
    });
  },
};

/** The next step is prepared while this one runs. */
const asynchronous: Piece = {
  id: 'schedule-ahead',
  when: 'requests run on an empty GPU of vLLM or SGLang; not where layers are split into stages (they wait for each other) or the option is set',
  holds: (job) => {
    const { engine } = job.context.workload;
    return job.serving && !isStaged(job) && (engine === null || engine === 'vllm' || engine === 'sglang') && !job.commanded(/--async-scheduling\b/);
  },
  say: (job) => {
    if (Number.isNaN(job.share)) return null;
    const { engine } = job.context.workload;
    const how = engine === 'sglang' ? "SGLang's overlap scheduler is on by default: leave out --disable-overlap-schedule" : '--async-scheduling in vLLM';
    return advise(job, {
      text: `The GPU waited for the host ${formatPercent(job.share)} of the time: schedule ahead (${how}), detokenise in processes of their own, and use a current version of the engine.`,
      gain: overlapping(job.share),
      arithmetic: overlappingText(job.share),
    });
  },
};

/** Micro-batches for which the bubble is told. */
const MICRO_BATCHES = [1, 8, 32] as const;

/** Stages one after another wait for each other: what fills the bubble is more in flight. */
export const bubble: Piece = {
  id: 'pipeline-bubble',
  when: 'layers are split into stages, as a command line says or as GPUs show that take turns',
  holds: isStaged,
  say: (job) => {
    const { workload, gpuCount } = job.context;
    const said = workload.pipelineParallel ?? 1;
    const stages = said > 1 ? said : gpuCount;
    const bubbleOf = (batches: number): string => formatPercent((stages - 1) / (batches + stages - 1));
    const running = job.mean('engine.running');
    const how = job.serving
      ? `keep more requests in flight than there are stages${running > 0 ? ` (now ${requestsText(running)} for ${stages})` : ''}, take fewer stages, or tensor parallelism (${optionOf(workload.engine, 'tensorParallel')}) where NVLink joins the GPUs`
      : 'split each step into more micro-batches (a larger global batch of the same micro-batches), interleave the stages (1F1B, --num-layers-per-virtual-pipeline-stage in Megatron), or take fewer of them';
    return advise(job, {
      text: `The layers are spread over ${stages} GPUs one after another, so that each waits for the one before: ${how}.`,
      gain: job.verdict.relief,
      arithmetic: `(${stages} − 1) ÷ (m + ${stages} − 1) of the time is empty: ${MICRO_BATCHES.map((m) => `m = ${m} ${bubbleOf(m)}`).join(', ')}`,
    });
  },
};

/** Of a GPU's memory what each of two servers takes. */
const HALF_OF_IT = ENGINE_MEMORY / 2;

/** A small model leaves room for a second server beside it, which works while the first one's host thinks. */
const replicas: Piece = {
  id: 'second-server',
  when: 'a server on one GPU whose weights leave half of the memory; not where the CPU’s cores are all busy',
  holds: (job) => job.decode !== null && (job.context.workload.tensorParallel ?? 1) === 1 && !isStaged(job) && !hasNoCores(job),
  say: (job) => {
    const {
      context: { ceilings },
      decode,
      share,
    } = job;
    const total = job.mean('gpu.memTotal') > 0 ? job.mean('gpu.memTotal') : (ceilings?.memoryBytes ?? Number.NaN);
    if (decode === null || Number.isNaN(share) || !(decode.weights(decode.running) + SECOND_SERVER_BYTES <= HALF_OF_IT * total)) return null;
    return advise(job, {
      text: `The model takes ${formatPercent(decode.weights(decode.running) / total)} of the memory: two servers on the GPU (MPS, ${optionOf(job.context.workload.engine, 'memoryPart')} ${HALF_OF_IT} each) work while the other's host is busy.`,
      gain: overlapping(share),
      arithmetic: overlappingText(share),
    });
  },
};

/** Nothing is left for more workers: the job's cores are busy, or processes wait for one. */
function hasNoCores(job: Situation): boolean {
  const { cores } = job.context;
  return job.mean('host.psiCpu') >= CONTRIBUTING || job.mean('process.cpu') >= ALL_CORES * (cores ?? Number.NaN) || job.mean('host.cpu') >= ALL_CORES;
}

/** A loader in the training process itself makes the GPU wait for every batch. */
const loaders: Piece = {
  id: 'loader-workers',
  when: 'no server, and a thread at its limit or cores left; not where the optimiser works on the CPU or the layers are split into stages',
  holds: (job) => !job.serving && !isOffloading(job) && !isStaged(job) && (hotThread(job) >= HOT_THREAD || !hasNoCores(job)),
  say: (job) => {
    const {
      context: { cores },
      share,
    } = job;
    if (Number.isNaN(share)) return null;
    const perGpu = coresPerGpu(job);
    const hot = hotThread(job);
    return advise(job, {
      text: `The GPU waited for the CPU ${formatPercent(share)} of the time${hot > 0 ? ` with a thread at ${formatPercent(hot)} of a core` : ''}: prepare batches in workers (num_workers${perGpu > 1 ? ` up to ${perGpu - 1} per GPU of your ${cores ?? 0} cores` : ' above 0'}, pin_memory: measured, 0.646 → 0.459 s a step), tokenise before the job, and save .item(), print and other synchronisation for every hundredth step.`,
      gain: overlapping(share),
      arithmetic: overlappingText(share),
    });
  },
};

function hotThread(job: Situation): number {
  return Math.max(...[job.mean('host.cpuMaxThread'), job.mean('process.maxThread')].filter((one) => one > 0), Number.NEGATIVE_INFINITY);
}

/** An optimiser on the CPU works while the GPU waits for it. */
const cpuOptimizer: Piece = {
  id: 'cpu-optimizer',
  when: 'a trainer whose command line offloads to the host',
  holds: (job) => job.training && isOffloading(job),
  say: (job) => {
    if (Number.isNaN(job.share)) return null;
    return advise(job, {
      text: `The GPU waited for the CPU ${formatPercent(job.share)} of the time, and the command line offloads to it: the optimiser's step runs there. Keep it on the GPU (8-bit Adam, ZeRO-2/3 or FSDP over more GPUs without offload), give it more cores, or accumulate over more micro-batches so that it comes less often.`,
      gain: shrinking(job.share, HALF_AS_OFTEN),
      arithmetic: `half as many optimiser steps per token: ${shrinkingText(job.share, HALF_AS_OFTEN)}`,
    });
  },
};

/** Steps twice as long: the least that is worth changing a batch for. */
const HALF_AS_OFTEN = 0.5;

/** Cores that are too few show as pressure. */
const moreCores: Piece = {
  id: 'more-cores',
  when: 'processes wait for a core for a third of the time (CPU pressure)',
  holds: (job) => job.mean('host.psiCpu') >= CONTRIBUTING,
  say: (job) => {
    const {
      context: { cores, gpuCount },
      share,
    } = job;
    const pressure = job.mean('host.psiCpu');
    if (Number.isNaN(share)) return null;
    return advise(job, {
      text: `Processes waited for a core ${formatPercent(pressure)} of the time${cores === null || cores === undefined ? '' : ` on ${cores} cores for ${gpuCount} ${gpuCount === 1 ? 'GPU' : 'GPUs'}`}: ask for more cores per GPU (--cpus-per-task), or start fewer threads (OMP_NUM_THREADS).`,
      gain: shrinking(share, Math.max(0, 1 - pressure)),
      arithmetic: `without that waiting: ${shrinkingText(share, Math.max(0, 1 - pressure))}`,
    });
  },
};

export const HOST: readonly Piece[] = [bubble, cudaGraphs, asynchronous, widerSteps, cpuOptimizer, loaders, moreCores, replicas];
