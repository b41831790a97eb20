import { ACHIEVABLE, BALANCE_MFU, computeType, dataParallelBalanceTokens, GPUS, SHARDED_TRAFFIC, optionOf } from '../../knowledge/index.ts';
import { formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { betterConnected, lineOfNodes, NETWORK_NAMES, reportedLine } from './hardware.ts';
import { gpusPerNode, tensorWidth } from './signs.ts';
import { type Situation, weightFormatOf } from './situation.ts';
import { overlapping, overlappingText, shrinking, shrinkingText, advise, type Piece } from './gain.ts';

/** Between nodes the NIC is the link; inside one node NVLink. */
function betweenNodes(job: Situation): boolean {
  return job.context.nodeCount > 1 && !(job.shareOf('nvlink') > job.shareOf('network'));
}

/** Each GPU has gradients of its own to reduce: neither one tensor-parallel group nor one pipeline is all of the job. */
function sendsGradients(job: Situation): boolean {
  const { gpuCount, workload } = job.context;
  const copy = tensorWidth(job) * (workload.pipelineParallel ?? 1);
  return job.training && !(copy > 1 && copy >= gpuCount) && !leavesNode(job);
}

/** One tensor-parallel group is larger than a node. */
function leavesNode(job: Situation): boolean {
  return job.context.nodeCount > 1 && tensorWidth(job) > gpusPerNode(job);
}

/** The line rate that the job's nodes report, bytes/s; else what the site's nodes with that card have, -∞ where nobody says. */
function lineRate(job: Situation): number {
  const reported = reportedLine(job);
  return reported > 0 ? reported : lineOfNodes(job);
}

/** Steps twice as long: the least that is worth changing a batch for. */
const HALF_AS_OFTEN = 0.5;

/** Gradients are sent once per step whatever its length: longer steps send fewer. */
const accumulate: Piece = {
  id: 'accumulate-gradients',
  when: 'data-parallel training over several nodes; not where tensor parallelism leaves the node, or one pipeline is the job',
  holds: (job) => sendsGradients(job) && betweenNodes(job),
  say: (job) => {
    const {
      context: { gpu, nodeCount, gpuCount },
      share,
    } = job;
    const steps = job.mean('engine.trainSteps');
    const tokens = job.mean('engine.trainTokenRate');
    const format = weightFormatOf(job.context);
    if (gpu === null || Number.isNaN(share)) return null;
    const line = lineRate(job);
    if (!(line > 0)) {
      return advise(job, {
        text: 'Accumulate gradients over more micro-batches, or raise the batch per GPU: they are sent once a step, however long it is.',
        gain: shrinking(share, HALF_AS_OFTEN),
        arithmetic: `steps twice as long send half per token: ${shrinkingText(share, HALF_AS_OFTEN)}`,
      });
    }
    const perStep = tokens / steps / nodeCount;
    const math = computeType({ gpu, type: format?.type ?? 'bf16', quantization: null });
    const balance = dataParallelBalanceTokens((gpuCount / nodeCount) * math.peak, BALANCE_MFU, line);
    const known = steps > 0 && tokens > 0;
    if (known && perStep >= balance) {
      return advise(job, {
        text: `A step has ${thousands(perStep)} tokens per node, enough for this line: the network delivers less than it could. NCCL_DEBUG=INFO says which way it goes (NET/IB is InfiniBand, NET/Socket is not; see NCCL_IB_DISABLE, NCCL_SOCKET_IFNAME).`,
        gain: null,
        arithmetic: `from ${thousands(balance)} tokens per node and step on computing takes longer than sending gradients at ${formatValue(line, 'bytes/s')}, yet the network took ${formatPercent(share)} of the time`,
      });
    }
    const factor = known ? Math.min(HALF_AS_OFTEN, perStep / balance) : HALF_AS_OFTEN;
    return advise(job, {
      text: `${known ? `A step has ${thousands(perStep)} tokens per node, where about ${thousands(balance)} take as long to compute as their gradients to send` : `About ${thousands(balance)} tokens per node and step take as long to compute as their gradients to send`}: accumulate gradients over more micro-batches, or raise the batch per GPU.`,
      gain: shrinking(share, factor),
      arithmetic: `4 bytes ÷ (6 FLOP) × ${formatValue((gpuCount / nodeCount) * math.peak * BALANCE_MFU, 'flop/s')} of a node ÷ ${formatValue(line, 'bytes/s')} = ${thousands(balance)} tokens; ${(1 / factor).toFixed(1)} × as long a step sends ${formatPercent(factor)} per token: ${shrinkingText(share, factor)}`,
    });
  },
};

const overlap: Piece = {
  id: 'overlap-gradients',
  when: 'data-parallel training, whose gradients can go while the backward pass computes; not one tensor-parallel group or pipeline',
  holds: sendsGradients,
  say: (job) => {
    if (Number.isNaN(job.share)) return null;
    return advise(job, {
      text: `The network takes ${formatPercent(job.share)} of the time: let it work while the GPU computes (DDP buckets during the backward pass, --overlap-grad-reduce in Megatron, overlap_comm in DeepSpeed).`,
      gain: overlapping(job.share),
      arithmetic: overlappingText(job.share),
    });
  },
};

const smallGradients: Piece = {
  id: 'small-gradients',
  when: 'data-parallel training over several nodes',
  holds: (job) => sendsGradients(job) && betweenNodes(job),
  say: (job) => {
    if (Number.isNaN(job.share)) return null;
    const half = job.context.gpu !== null && GPUS[job.context.gpu].peaks.bf16 === null ? 'FP16' : 'BF16';
    return advise(job, {
      text: `If gradients are reduced in FP32, reduce them in ${half}: half the bytes.`,
      gain: shrinking(job.share, 0.5),
      arithmetic: `2 instead of 4 bytes per parameter: ${shrinkingText(job.share, 0.5)}`,
    });
  },
};

const lessSharding: Piece = {
  id: 'less-sharding',
  when: 'training over several nodes whose command line names FSDP or ZeRO-3',
  holds: (job) => job.training && betweenNodes(job) && job.commanded(/fsdp|zero[-_]?(?:stage)?[-_ =]?3|zero3/i),
  say: (job) => {
    if (Number.isNaN(job.share)) return null;
    return advise(job, {
      text: 'FSDP and ZeRO-3 also gather the weights over the network: ZeRO-1 or 2, or HYBRID_SHARD (sharded within a node, copied between nodes), send gradients only.',
      gain: shrinking(job.share, 1 / SHARDED_TRAFFIC),
      arithmetic: `${SHARDED_TRAFFIC} times the bytes of a plain all-reduce: ${shrinkingText(job.share, 1 / SHARDED_TRAFFIC)}`,
    });
  },
};

/** Nodes that a slow network joins: a job over several of them should not be there. */
const betterNodes: Piece = {
  id: 'better-nodes',
  when: 'several nodes without InfiniBand, and nodes of the site that hold the job and have a faster line',
  holds: (job) => betweenNodes(job) && !(job.mean('host.ibSpeed') > 0),
  say: (job) => {
    const {
      context: { gpu, nodeCount },
      share,
    } = job;
    const better = betterConnected(job);
    if (gpu === null || better === null || Number.isNaN(share)) return null;
    const line = lineRate(job);
    const factor = line / better.network.rate;
    return advise(job, {
      text: `${nodeCount} nodes with ${GPUS[gpu].label} talk over ${NETWORK_NAMES[better.own.kind]} (${formatValue(line, 'bytes/s')}): stay on one node, or take ${better.node.id} nodes, which ${NETWORK_NAMES[better.network.kind]} joins (${formatValue(better.network.rate, 'bytes/s')}).`,
      gain: shrinking(share, factor),
      arithmetic: `${formatFactor(1 / factor)} the line: ${shrinkingText(share, factor)}`,
    });
  },
};

/** Tensor parallelism across nodes waits for the network twice a layer. */
const tensorInside: Piece = {
  id: 'tensor-inside',
  when: 'one tensor-parallel group larger than a node',
  holds: leavesNode,
  say: (job) => {
    const {
      context: { workload, gpuCount, nodeCount, model },
      verdict,
    } = job;
    const tp = workload.tensorParallel;
    const perNode = gpuCount / nodeCount;
    if (tp === null || verdict.relief === null) return null;
    const layers = model?.layers ?? null;
    const stages = Math.ceil(tp / perNode);
    return advise(job, {
      text: `Tensor parallelism over ${tp} GPUs leaves the node (${perNode.toFixed(0)} GPUs): use ${optionOf(workload.engine, 'tensorParallel')} ${perNode.toFixed(0)} and ${optionOf(workload.engine, 'pipelineParallel')} ${stages}.`,
      gain: verdict.relief,
      arithmetic: `a token crosses the network ${layers === null ? 'twice a layer' : `${2 * layers} times`} as part of an all-reduce, with pipeline stages ${stages - 1} ${stages - 1 === 1 ? 'time' : 'times'}; without that traffic at best ${formatFactor(verdict.relief)}`,
    });
  },
};

/** Inside a node the GPUs wait for each other: fewer of them per model. */
const narrower: Piece = {
  id: 'narrower-group',
  when: 'a tensor-parallel group whose link inside the node is the limit',
  holds: (job) => tensorWidth(job) > 1 && !betweenNodes(job),
  say: (job) => {
    const {
      context: { workload, ceilings },
      verdict,
    } = job;
    const tp = workload.tensorParallel;
    if (tp === null || verdict.relief === null) return null;
    const half = tp / 2;
    const link = ceilings?.nvlink?.oneWay ?? ceilings?.pcie.bytesPerSecond;
    return advise(job, {
      text: `${tp} GPUs exchange two all-reduces a layer over ${ceilings?.nvlink?.reach === 'all' ? 'NVLink' : 'PCIe'}: if the model fits, ${optionOf(workload.engine, 'tensorParallel')} ${half} and two replicas send ${half === 1 ? 'nothing' : 'less'}.`,
      gain: verdict.relief,
      arithmetic: `${link === undefined ? '' : `${formatPercent(job.share)} of ${formatValue(ACHIEVABLE.nvlink.value * link, 'bytes/s')}; `}ring bytes per GPU 2(n−1)/n: ${((2 * (tp - 1)) / tp).toFixed(2)} of each message with ${tp}, ${((2 * (half - 1)) / half).toFixed(2)} with ${half}; at best ${formatFactor(verdict.relief)}`,
    });
  },
};

export const NETWORK: readonly Piece[] = [tensorInside, narrower, accumulate, overlap, smallGradients, lessSharding, betterNodes];

/** Tokens are counted in thousands from here. */
const THOUSANDS = 10e3;

function thousands(tokens: number): string {
  return tokens < THOUSANDS ? `${Math.round(tokens)}` : `${(tokens / 1e3).toFixed(0)} thousand`;
}
