import {
  BALANCE_MFU,
  computeType,
  dataParallelBalanceTokens,
  GPUS,
  onTensorCores,
  type PciePath,
  QUANTIZATIONS,
  SHARDED_TRAFFIC,
  weakestLink,
  type Wiring,
} from '../knowledge/index.ts';
import { withoutMarlin } from './engine.ts';
import { decodeWork, launchSeconds } from './stage.ts';
import { decodePlan } from './serve.ts';
import type { PlanInput } from './input.ts';
import { type Link, placement, type Placement, wiringFor } from './links.ts';
import { memoryPlan } from './memory.ts';

type WarningId =
  | 'unsupported-dtype'
  | 'int8-without-tensor-cores'
  | 'fp8-weights-only'
  | 'old-4-bit-kernels'
  | 'no-flash-attention'
  | 'context-too-long'
  | 'ethernet-between-nodes'
  | 'tensor-over-network'
  | 'tensor-over-pcie'
  | 'topology-too-small'
  | 'over-sharded'
  | 'uneven-stages'
  | 'cache-copies'
  | 'too-few-tokens'
  | 'launch-bound'
  | 'not-enough-nodes'
  | 'unknown-node';

export interface PlanWarning {
  readonly id: WarningId;
  /** What is so, the number, what to do instead. */
  readonly text: string;
}

/** What is unwise in a plan though it may run. */
export function warnings(input: PlanInput, place: Placement): PlanWarning[] {
  return [...typeWarnings(input), ...placementWarnings(input, place), ...shardingWarnings(input, place), ...trainingWarnings(input, place)];
}

function typeWarnings(input: PlanInput): PlanWarning[] {
  const { gpu, type, quantization, model, context } = input;
  const spec = GPUS[gpu];
  const math = computeType(input);
  const scheme = quantization === null ? null : QUANTIZATIONS[quantization];
  const old = spec.generation === 'Volta' || spec.generation === 'Turing';
  return found([
    [
      type === 'bf16' && spec.peaks.bf16 === null,
      'unsupported-dtype',
      `${gpu} has no BF16: engines refuse it or emulate it in FP32 at ${tera(spec.peaks.fp32)} instead of ${tera(spec.peaks.fp16)} in FP16. Use --dtype fp16.`,
    ],
    [
      scheme?.math === 'int8' && !onTensorCores(gpu, 'int8'),
      'int8-without-tensor-cores',
      `INT8 runs on ${gpu}'s CUDA cores at ${tera(spec.peaks.int8)}; FP16 reaches ${tera(spec.peaks.fp16)}. It saves memory and costs speed.`,
    ],
    [
      scheme?.math === 'fp8' && spec.peaks.fp8 === null,
      'fp8-weights-only',
      `${gpu} cannot multiply FP8: weights are unpacked to ${math.math} for every product. It saves memory and bandwidth, no compute.`,
    ],
    [
      withoutMarlin(gpu, quantization),
      'old-4-bit-kernels',
      `${scheme?.label ?? '4 bits'} on ${gpu}: the fast kernels (Marlin) need compute capability 8.0, this card has ${spec.computeCapability}. ${spec.generation === 'Volta' && quantization === 'awq' ? 'vLLM refuses AWQ here: take GPTQ or GGUF.' : 'It saves memory and may be slower than FP16 (17.1 against 24.4 tokens/s were measured with Transformers on a T4): try GGUF with llama.cpp.'}`,
    ],
    [
      old && input.mode !== 'serve' && input.train.flashAttention,
      'no-flash-attention',
      `FlashAttention 2 needs Ampere or newer; on ${gpu} use PyTorch's memory-efficient attention, or count the square attention matrix (--no-flash).`,
    ],
    [
      model.maxContext !== null && context > model.maxContext,
      'context-too-long',
      `${context} tokens are more than the ${model.maxContext ?? 0} that ${model.id} was made for.`,
    ],
  ]);
}

function placementWarnings(input: PlanInput, place: Placement): PlanWarning[] {
  const { gpu, tensorParallel: tp } = input;
  const limit = place.node?.nodes ?? null;
  const others = input.site.nodeTypes.some(({ networks }) => networks.some(({ kind }) => kind === 'infiniband'));
  return found([
    [
      place.node === null,
      'unknown-node',
      `${input.site.name} has no node with ${gpu}: ${place.gpusPerNode === 1 ? 'one GPU a node is' : `${place.gpusPerNode} GPUs a node are`} assumed, ${place.nodes > 1 ? `with ${gbit(farthest(place).rate)} between them` : 'and no network is known'}.`,
    ],
    [
      limit !== null && place.nodes > limit,
      'not-enough-nodes',
      `${place.nodes} nodes are needed and ${input.site.name} has ${limit ?? 0} of type ${place.node?.id ?? gpu}.`,
    ],
    [
      place.nodes > 1 && place.between?.kind === 'ethernet',
      'ethernet-between-nodes',
      `${gpu} nodes have no InfiniBand: ${gbit(place.between?.rate ?? 0)} Ethernet joins the ${place.nodes} nodes. Stay on one node${others ? ', or use nodes with InfiniBand' : ''}.`,
    ],
    [
      tp > place.gpusPerNode,
      'tensor-over-network',
      `Tensor parallelism over ${tp} GPUs leaves the node (${place.gpusPerNode} GPUs): every layer then waits for ${place.tensor.kind}. Use at most ${place.gpusPerNode}, and pipeline stages or replicas across nodes.`,
    ],
    [tp > 1 && tp <= place.gpusPerNode && place.tensor.kind === 'pcie', 'tensor-over-pcie', overPcie(input, place)],
    [
      input.wiring !== null && wiringFor(input, place) === null,
      'topology-too-small',
      `The topology shows ${plural(input.wiring?.length ?? 0, 'GPU')}, and a node of this plan has ${Math.min(place.gpus, place.gpusPerNode)}: what joins them is taken from the table of cards. Run nvidia-smi topo -m where all of them are seen.`,
    ],
  ]);
}

function overPcie(input: PlanInput, place: Placement): string {
  const { gpu, tensorParallel: tp } = input;
  const wiring = wiringFor(input, place);
  if (wiring === null)
    return `Tensor parallelism on ${gpu} goes over PCIe: no NVLink joins all GPUs of a node${GPUS[gpu].nvlink === null ? '' : ' (a bridge for pairs is an option; --topo reads nvidia-smi topo -m)'}. Pipeline stages send far less.`;
  const pairs = nvlinkPairs(input, wiring);
  const way = place.tensor.via === null ? '' : ` ${PATH_WORDS[place.tensor.via] ?? ''} (${place.tensor.via})`;
  return `Tensor parallelism over ${tp} GPUs of this node goes over PCIe${way}: ${pairs.length === 0 ? 'no NVLink joins any two of them. Pipeline stages or replicas send far less.' : `NVLink joins ${pairs.slice(0, 8).join(', ')} only. Take ${tp > 2 ? '--tp 2 on such a pair and pipeline stages or replicas between pairs' : 'such a pair'}.`}`;
}

const PATH_WORDS: Readonly<Partial<Record<string, string>>> = {
  PIX: 'through one switch',
  PXB: 'through several switches',
  PHB: 'through the CPU’s host bridge',
  NODE: 'across host bridges of one socket',
  SYS: 'across CPU sockets',
} satisfies Record<PciePath, string>;

/** Pairs that NVLink joins, as `0–1`. */
function nvlinkPairs({ gpu }: PlanInput, wiring: Wiring): string[] {
  return wiring.flatMap((_, a) =>
    wiring.flatMap((_other, b) => (a < b && weakestLink(wiring, [a, b], GPUS[gpu].nvlink).kind === 'nvlink' ? [`${a}–${b}`] : [])),
  );
}

/** The link of the ranks that are farthest apart. */
function farthest({ inside, tensor, pipeline, data }: Placement): Link {
  return [tensor, pipeline, data].find((one) => one.kind !== inside.kind) ?? inside;
}

/** A third of the time is what Amdahl calls worth looking at: below this efficiency sharding costs that much. */
const SHARDING_EFFICIENCY = 2 / 3;

function shardingWarnings(input: PlanInput, place: Placement): PlanWarning[] {
  const { model, tensorParallel: tp, pipelineParallel: pp } = input;
  const efficiency = tp === 1 || input.mode !== 'serve' ? 1 : shardingEfficiency(input, place);
  const half = { ...input, tensorParallel: tp / 2 };
  const halfFits = Number.isInteger(tp / 2) && memoryPlan(half).fits;
  const decode = input.mode === 'serve' ? decodePlan(input, place) : null;
  const launch = input.engine === 'llama.cpp' ? 0 : pp * launchSeconds(decodeWork(input, input.batch / Math.min(input.batch, pp)));
  return found([
    [
      efficiency < SHARDING_EFFICIENCY && halfFits,
      'over-sharded',
      `${tp} GPUs decode only ${(efficiency * tp).toFixed(1)} × as fast as one would (at best): each reads little and then waits for the others. ${tp / 2} GPUs hold the model too; run replicas on the rest.`,
    ],
    [model.layers % pp !== 0, 'uneven-stages', `${model.layers} layers do not divide by ${pp} stages: the largest stage sets the pace and the memory.`],
    [
      model.mla === null && tp > model.kvHeads,
      'cache-copies',
      `${model.kvHeads} KV heads on ${tp} GPUs: each head is kept ${Math.ceil(tp / model.kvHeads)} times, so the cache stops shrinking.`,
    ],
    [
      decode !== null && launch > decode.parts.memory + decode.parts.compute,
      'launch-bound',
      `Launching kernels one by one takes longer (${ms(launch)} at least) than their work (${ms(decode?.parts.memory ?? 0)}): CUDA graphs are a must (no --enforce-eager), or a larger batch.`,
    ],
  ]);
}

/** Expected decode rate per GPU against that of one GPU, at best. */
function shardingEfficiency(input: PlanInput, place: Placement): number {
  const single = { ...input, tensorParallel: 1 };
  const alone = decodePlan(single, placement(single)).tokensPerSecond.high;
  return decodePlan(input, place).tokensPerSecond.high / (input.tensorParallel * alone);
}

function trainingWarnings(input: PlanInput, place: Placement): PlanWarning[] {
  if (input.mode !== 'train' || place.nodes === 1 || input.dataParallel === 1) return [];
  const nodeFlops = place.gpusPerNode * computeType({ ...input, quantization: null }).peak;
  // The balance is the limit for many nodes: n nodes send (n−1)/n of it, sharded weights half again as much.
  const balance =
    ((dataParallelBalanceTokens(nodeFlops, BALANCE_MFU, place.data.rate) * (place.nodes - 1)) / place.nodes) * (input.train.zero === 3 ? SHARDED_TRAFFIC : 1);
  const tokens = (input.batch * input.context * input.dataParallel) / place.nodes;
  return found([
    [
      tokens < balance,
      'too-few-tokens',
      `${thousands(tokens)} tokens per node and step are fewer than the ${thousands(balance)} at which computing (MFU ${BALANCE_MFU}) takes as long as sending gradients: raise the batch or accumulate.`,
    ],
  ]);
}

function found(rows: readonly (readonly [boolean, WarningId, string])[]): PlanWarning[] {
  return rows.flatMap(([holds, id, text]) => (holds ? [{ id, text }] : []));
}

function tera(rate: number | null): string {
  return rate === null ? 'nothing' : `${(rate / 1e12).toFixed(1)} T/s`;
}

function gbit(bytesPerSecond: number): string {
  return `${((bytesPerSecond * 8) / 1e9).toFixed(0)} Gbit/s`;
}

function ms(seconds: number): string {
  return `${(seconds * 1e3).toFixed(1)} ms`;
}

function thousands(tokens: number): string {
  return tokens < 10e3 ? `${Math.round(tokens)}` : `${(tokens / 1e3).toFixed(0)} thousand`;
}

/** `1 node`, `2 nodes`: of words that take an s. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
