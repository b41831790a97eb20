import { ENGINE_MEMORY, pcieBytesPerSecond, weightBytes, optionOf } from '../../knowledge/index.ts';
import { formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { bothWays, gpusPerNode, isOffloading, talksOverPcie, tensorWidth } from './signs.ts';
import { type Situation, weightFormatOf } from './situation.ts';
import { overlapping, overlappingText, shrinking, shrinkingText, advise, type Piece } from './gain.ts';

/** Copies that go on while kernels run need pinned memory. */
const pinned: Piece = {
  id: 'pinned-memory',
  when: 'copies between host and GPU by the program itself; not where several GPUs talk over PCIe, weights do not fit or an engine moves them',
  holds: (job) => !talksOverPcie(job) && !job.serving && !isOffloading(job),
  say: (job) => {
    if (Number.isNaN(job.share)) return null;
    return advise(job, {
      text: `${carried(job)}: copy from pinned memory and ahead of need (pin_memory=True, non_blocking=True, prefetch), so that it goes on behind the kernels.`,
      gain: overlapping(job.share),
      arithmetic: overlappingText(job.share),
    });
  },
};

function carried(job: Situation): string {
  const rate = Math.max(...[job.mean('gpu.pcieRx'), job.mean('gpu.pcieTx')].filter((one) => one >= 0), Number.NEGATIVE_INFINITY);
  const { ceilings } = job.context;
  return `PCIe carries ${rate >= 0 ? formatValue(rate, 'bytes/s') : formatPercent(job.share)}${ceilings === null ? '' : ` of ${formatValue(ceilings.pcie.bytesPerSecond, 'bytes/s')}`}`;
}

/** Whether a job's weights are larger than what an engine may take of its GPUs; false where either is not known. */
function isTooLarge({ context }: Situation): boolean {
  const format = weightFormatOf(context);
  const { model, ceilings, gpuCount } = context;
  return model !== null && format !== null && ceilings !== null && weightBytes(model, format) > gpuCount * ceilings.memoryBytes * ENGINE_MEMORY;
}

/** What is copied in every step should stay on the GPU, in fewer bits or on more GPUs. */
const stay: Piece = {
  id: 'weights-stay',
  when: 'the weights are larger than what the engine may take of the job’s GPUs',
  holds: isTooLarge,
  say: (job) => {
    const {
      context: { model, ceilings, gpuCount },
      verdict,
    } = job;
    const format = weightFormatOf(job.context);
    if (model === null || format === null || ceilings === null || verdict.relief === null) return null;
    const bytes = weightBytes(model, format);
    const small = weightBytes(model, { ...format, quantization: 'awq' });
    const room = gpuCount * ceilings.memoryBytes * ENGINE_MEMORY;
    const fits = small <= room;
    return advise(job, {
      text: `${formatValue(bytes, 'bytes')} of weights do not fit into ${formatValue(room, 'bytes')} of GPU memory, so they cross PCIe in every step: ${fits ? '4-bit weights fit' : `take ${Math.ceil(bytes / (ENGINE_MEMORY * ceilings.memoryBytes))} GPUs, or larger ones`}.`,
      gain: verdict.relief,
      arithmetic: `${formatValue(bytes, 'bytes')} in ${format.type}, ${formatValue(small, 'bytes')} in 4 bits; without those copies ${formatFactor(verdict.relief)}`,
    });
  },
};

/** A card on half its link copies at half the pace. */
const link: Piece = {
  id: 'slow-link',
  when: 'the link’s generation or width is below its maximum under load',
  holds: (job) => {
    const { now, most } = linkOf(job);
    return now !== null && most !== null && most > now;
  },
  say: (job) => {
    const { share } = job;
    const { now, most } = linkOf(job);
    if (now === null || most === null || Number.isNaN(share)) return null;
    return advise(job, {
      text: `The card is on PCIe ${job.mean('gpu.pcieGen')}.0 × ${job.mean('gpu.pcieWidth')} where its slot has ${job.mean('gpu.pcieGenMax')}.0 × ${job.mean('gpu.pcieWidthMax')}: tell support the node and the GPU.`,
      gain: shrinking(share, now / most),
      arithmetic: `${formatValue(now, 'bytes/s')} of ${formatValue(most, 'bytes/s')}: ${shrinkingText(share, now / most)}`,
    });
  },
};

function linkOf({ mean }: Situation): { now: number | null; most: number | null } {
  return {
    now: pcieBytesPerSecond(mean('gpu.pcieGen'), mean('gpu.pcieWidth')),
    most: pcieBytesPerSecond(mean('gpu.pcieGenMax'), mean('gpu.pcieWidthMax')),
  };
}

/** Optimiser state on the host crosses PCIe twice a step. */
const offload: Piece = {
  id: 'offloaded-state',
  when: 'a trainer whose command says that it offloads; without such a word only on one GPU that sends about as much as it receives',
  holds: (job) => job.training && (isOffloading(job) || (gpusPerNode(job) <= 1 && bothWays(job.mean('gpu.pcieRx'), job.mean('gpu.pcieTx')))),
  say: (job) => {
    if (Number.isNaN(job.share) || job.verdict.relief === null) return null;
    const sure = isOffloading(job);
    return advise(job, {
      text: `${sure ? 'Optimiser state or weights are kept on the host' : 'If optimiser state is kept on the host'} (ZeRO-Offload, CPU offload): 8-bit Adam or sharding over more GPUs (ZeRO-2/3, FSDP) keeps it on the GPU; accumulation over more micro-batches copies it less often.`,
      gain: job.verdict.relief,
      arithmetic: `PCIe ${formatPercent(job.share)} of the time; without it the next limit is ${formatFactor(job.verdict.relief)} away. 8-bit Adam keeps 2 instead of 8 bytes per parameter`,
    });
  },
};

/** What was told to keep weights or cache in the host's memory reads them over PCIe. */
const offloadedModel: Piece = {
  id: 'offloaded-model',
  when: 'no trainer, its command line offloads to the host, and its weights are not known to be too large',
  holds: (job) => !job.training && isOffloading(job) && !isTooLarge(job),
  say: (job) => {
    if (job.verdict.relief === null) return null;
    return advise(job, {
      text: `The command line keeps weights or cache in host memory, and PCIe carries them in every step: leave that option out where the GPU has room, or make room (weights in 8 or 4 bits${job.serving ? `, the cache in 8, ${optionOf(job.context.workload.engine, 'longestContext')} at what is used` : ', or more GPUs'}).`,
      gain: job.verdict.relief,
      arithmetic: `PCIe ${formatPercent(job.share)} of the time; without it the next limit is ${formatFactor(job.verdict.relief)} away`,
    });
  },
};

/** Two all-reduces a layer between cards that only PCIe joins. */
const tensorOffPcie: Piece = {
  id: 'tensor-off-pcie',
  when: 'a server whose GPUs talk over PCIe (they send as they receive, or share each layer) on a node without NVLink between all',
  holds: (job) => job.serving && talksOverPcie(job),
  say: (job) => {
    const { relief } = job.verdict;
    const { engine } = job.context.workload;
    const known = tensorWidth(job);
    const width = known > 1 ? known : Math.round(gpusPerNode(job));
    if (relief === null || Number.isNaN(job.share)) return null;
    const layers = job.context.model?.layers ?? null;
    return advise(job, {
      text: `${carried(job)}, between ${width} GPUs that share each layer: take tensor parallelism off PCIe. Where a GPU holds the model, run one replica on each (data parallel); where not, ${optionOf(engine, 'pipelineParallel')} ${width} and ${optionOf(engine, 'tensorParallel')} 1, or tensor parallelism over pairs that NVLink joins; larger steps (chunks of prompts) make fewer and larger exchanges.`,
      gain: relief,
      arithmetic: `a step makes ${layers === null ? 'two all-reduces a layer' : `${2 * layers} all-reduces`}, of which a GPU sends 2(n−1)/n = ${((2 * (width - 1)) / width).toFixed(2)} of each message; stages hand on ${width - 1} messages. PCIe ${formatPercent(job.share)} of the time, without it ${formatFactor(relief)}`,
    });
  },
};

/** Gradients, or the shards of FSDP, between cards that only PCIe joins. */
const fewerCollectives: Piece = {
  id: 'fewer-collectives',
  when: 'no server, and its GPUs talk over PCIe (they send as they receive, or share each layer) on a node without NVLink between all',
  holds: (job) => !job.serving && talksOverPcie(job),
  say: (job) => {
    const { share } = job;
    if (Number.isNaN(share)) return null;
    const sharded = job.commanded(SHARDED)
      ? ' ZeRO-3 and FSDP also gather the weights in every step: ZeRO-1 or 2, or plain data parallelism, send gradients only.'
      : '';
    const split = tensorWidth(job) > 1 ? ' Tensor parallelism exchanges twice a layer: pipeline stages or data parallelism cross PCIe far less.' : '';
    return advise(job, {
      text: `${carried(job)}, in exchanges between ${gpusPerNode(job).toFixed(0)} GPUs: make them fewer and larger. Accumulate gradients over more micro-batches, reduce them in 16 bits and in large buckets (bucket_cap_mb), behind the backward pass.${sharded}${split}`,
      gain: shrinking(share, HALF_AS_OFTEN),
      arithmetic: `steps twice as long send half per token: ${shrinkingText(share, HALF_AS_OFTEN)}`,
    });
  },
};

/** Steps twice as long: the least that is worth changing a batch for. */
const HALF_AS_OFTEN = 0.5;
const SHARDED = /fsdp|zero[-_]?(?:stage)?[-_ =]?3|zero3/i;

export const TRANSFER: readonly Piece[] = [link, stay, offloadedModel, tensorOffPcie, fewerCollectives, offload, pinned];
