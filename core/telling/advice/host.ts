import { CONTRIBUTING } from '../../judging/index.ts';
import { ENGINE_MEMORY, KERNELS_PER_LAYER, LAUNCH_SECONDS } from '../../knowledge/index.ts';
import { formatDuration, formatFactor, formatPercent } from '../../readings/index.ts';
import { SECOND_SERVER_BYTES } from './limits.ts';
import { requestsText, type Situation } from './situation.ts';
import { overlapping, overlappingText, shrinking, shrinkingText, advise, type Move } from './gain.ts';

/** Whether a job's engine runs without CUDA graphs, as its options or its own words say. */
function isEager(job: Situation): boolean {
  const graphs = job.context.facts?.get('cudaGraphs');
  return job.commanded(/--enforce[-_]eager\b|--disable[-_]cuda[-_]graph\b|--cuda-graphs 0\b/) || graphs === 'false' || graphs === '0';
}

/** Kernels launched one by one leave the GPU empty between them; a graph launches a step at once. */
export const cudaGraphs: Move = (job) => {
  const {
    context: { model, workload },
    share,
  } = job;
  // llama.cpp, Triton's plans and the like capture graphs by themselves.
  if (workload.engine !== null && !['vllm', 'sglang', 'tgi'].includes(workload.engine)) return null;
  const steps = job.mean('engine.stepRate') > 0 ? job.mean('engine.stepRate') : job.mean('engine.generationRate') / job.mean('engine.running');
  if (!job.serving || model === null || Number.isNaN(share)) return null;
  const launches = model.layers * KERNELS_PER_LAYER * LAUNCH_SECONDS;
  const spent = Math.min(share, steps * launches);
  const eager = isEager(job);
  return advise(job, {
    text: `${eager ? 'The engine runs without CUDA graphs: leave out --enforce-eager' : 'Keep CUDA graphs on (no --enforce-eager) and check that the batch is not above the captured sizes (--cuda-graph-sizes)'}; launching ${model.layers * KERNELS_PER_LAYER} kernels a step one by one takes about ${formatDuration(launches)}.`,
    gain: eager ? 1 / (1 - spent) : null,
    arithmetic: `${model.layers} layers × ${KERNELS_PER_LAYER} kernels × ${formatDuration(LAUNCH_SECONDS)} = ${formatDuration(launches)} a step, ${requestsText(steps)} steps a second: ${formatPercent(spent)} of the time${eager ? `, without it ${formatFactor(1 / (1 - spent))}` : ''}`,
  });
};

/** The host's work for a step hardly depends on the requests in it: more of them share it. */
export const widerSteps: Move = (job) => {
  const { decode, share } = job;
  if (decode === null || Number.isNaN(share)) return null;
  const most = Number.isNaN(decode.room) ? 2 * decode.running : decode.running + decode.room;
  const target = Math.floor(Math.min(2 * decode.running, most));
  if (!(target > decode.running)) return null;
  const factor = decode.running / target;
  return advise(job, {
    text: `Run up to ${target} requests at once (now ${requestsText(decode.running)}): they share the host's work of each step.${Number.isNaN(decode.room) ? '' : ` The KV cache has room for ${decode.room} more.`}`,
    gain: shrinking(share, factor),
    arithmetic: `the same host time for ${formatFactor(1 / factor)} as many tokens: ${shrinkingText(share, factor)}`,
  });
};

/** The next step is prepared while this one runs. */
const asynchronous: Move = (job) => {
  if (!job.serving || Number.isNaN(job.share)) return null;
  return advise(job, {
    text: `The GPU waited for the host ${formatPercent(job.share)} of the time: schedule ahead (--async-scheduling in vLLM; SGLang's overlap scheduler is on by default), detokenise in processes of their own, and use a current version of the engine.`,
    gain: overlapping(job.share),
    arithmetic: overlappingText(job.share),
  });
};

/** Of a GPU's memory what each of two servers takes. */
const HALF_OF_IT = ENGINE_MEMORY / 2;

/** A small model leaves room for a second server beside it, which works while the first one's host thinks. */
const replicas: Move = (job) => {
  const {
    context: { ceilings },
    decode,
    share,
  } = job;
  const total = job.mean('gpu.memTotal') > 0 ? job.mean('gpu.memTotal') : (ceilings?.memoryBytes ?? Number.NaN);
  if (decode === null || Number.isNaN(share) || !(decode.weights(decode.running) + SECOND_SERVER_BYTES <= HALF_OF_IT * total)) return null;
  return advise(job, {
    text: `The model takes ${formatPercent(decode.weights(decode.running) / total)} of the memory: two servers on the GPU (MPS, --gpu-memory-utilization ${HALF_OF_IT} each) work while the other's host is busy.`,
    gain: overlapping(share),
    arithmetic: overlappingText(share),
  });
};

/** A loader in the training process itself makes the GPU wait for every batch. */
const loaders: Move = (job) => {
  const {
    context: { cores, gpuCount, nodeCount },
    share,
  } = job;
  if (job.serving || Number.isNaN(share)) return null;
  const perGpu = cores === null || cores === undefined ? Number.NaN : Math.floor(cores / Math.max(1, gpuCount / Math.max(1, nodeCount)));
  const hot = Math.max(...[job.mean('host.cpuMaxThread'), job.mean('process.maxThread')].filter((one) => one > 0), Number.NEGATIVE_INFINITY);
  return advise(job, {
    text: `The GPU waited for the CPU ${formatPercent(share)} of the time${hot > 0 ? ` with a thread at ${formatPercent(hot)} of a core` : ''}: prepare batches in workers (num_workers${perGpu > 1 ? ` up to ${perGpu - 1} per GPU of your ${cores ?? 0} cores` : ' above 0'}, pin_memory: measured, 0.646 → 0.459 s a step), tokenise before the job, and save .item(), print and other synchronisation for every hundredth step.`,
    gain: overlapping(share),
    arithmetic: overlappingText(share),
  });
};

/** Cores that are too few show as pressure. */
const moreCores: Move = (job) => {
  const {
    context: { cores, gpuCount },
    share,
  } = job;
  const pressure = job.mean('host.psiCpu');
  if (!(pressure >= CONTRIBUTING) || Number.isNaN(share)) return null;
  return advise(job, {
    text: `Processes waited for a core ${formatPercent(pressure)} of the time${cores === null || cores === undefined ? '' : ` on ${cores} cores for ${gpuCount} ${gpuCount === 1 ? 'GPU' : 'GPUs'}`}: ask for more cores per GPU (--cpus-per-task), or start fewer threads (OMP_NUM_THREADS).`,
    gain: shrinking(share, Math.max(0, 1 - pressure)),
    arithmetic: `without that waiting: ${shrinkingText(share, Math.max(0, 1 - pressure))}`,
  });
};

export const HOST: readonly Move[] = [cudaGraphs, asynchronous, widerSteps, loaders, moreCores, replicas];
