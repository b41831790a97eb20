import { ONE_ACTIVITY, WITHOUT_TENSOR_CORES } from '../../judging/index.ts';
import { GPUS, type MathType, onTensorCores, parseQuantization, QUANTIZATIONS, optionOf } from '../../knowledge/index.ts';
import { formatAgainst, formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { fasterArithmetic, gpusInNode } from './hardware.ts';
import { clockPart, clockText, isOverheated, isSlowed, usesTensorCores } from './signs.ts';
import { type Situation, weightFormatOf } from './situation.ts';
import { shrinking, shrinkingText, advise, type Piece } from './gain.ts';

/** A card that is too hot computes at a part of its pace: no software mends it. */
export const coolDown: Piece = {
  id: 'cool-down',
  when: 'the driver reports a slow-down for heat or by the power brake; not for a power cap, which is ordinary',
  holds: isOverheated,
  say: (job) => {
    const part = clockPart(job);
    const clock = clockText(job);
    return advise(job, {
      text: `The GPU runs slowed down${clock === null ? '' : ` (${clock})`}, for heat or by the power brake: tell support the node and the GPU, and move the job from its next checkpoint. Nothing in the job is at fault.`,
      gain: part > 0 && !Number.isNaN(job.share) ? shrinking(job.share, Math.min(1, part)) : null,
      arithmetic:
        part > 0 && !Number.isNaN(job.share)
          ? `at its full clock: ${shrinkingText(job.share, Math.min(1, part))}`
          : job.verdict.modifiers.filter((text) => /\d/.test(text)).join(', '),
    });
  },
};

/** FP32 on CUDA cores: the card's tensor cores in TF32 where it has it, else FP16 (V100, T4 have no BF16). */
const tensorCores: Piece = {
  id: 'use-tensor-cores',
  when: 'FP32 pipes work while the tensor cores rest, on a card that has them',
  holds: (job) => job.verdict.modifiers.includes(WITHOUT_TENSOR_CORES),
  say: (job) => {
    const {
      context: { gpu, ceilings },
      share,
    } = job;
    if (gpu === null || ceilings === null) return null;
    const { peaks } = ceilings;
    const types: readonly MathType[] = ['tf32', 'bf16', 'fp16'];
    const options = types.filter((type) => peaks[type] !== null && !(type === 'fp16' && peaks.bf16 !== null));
    const best = Math.max(...options.map((type) => peaks[type] ?? Number.NaN));
    const factor = peaks.fp32 / best;
    const how =
      peaks.bf16 === null
        ? 'FP16 by torch.autocast with a gradient scaler (this card has no BF16)'
        : "TF32 by torch.set_float32_matmul_precision('high'), one line, or BF16 by torch.autocast";
    return advise(job, {
      text: `FP32 runs on the CUDA cores, which end at ${formatValue(peaks.fp32, 'flop/s')}, while the tensor cores (${formatValue(best, 'flop/s')}) rest: use ${how}.`,
      gain: shrinking(share, factor),
      arithmetic:
        options.map((type) => `${type.toUpperCase()} ${formatFactor((peaks[type] ?? Number.NaN) / peaks.fp32)}`).join(', ') +
        ` the FP32 peak: ${shrinkingText(share, factor)}`,
    });
  },
};

/** The part of prompt tokens from the cache that an advice reckons with: half is common where prompts share instructions. */
const HALF = 0.5;

/** Part of the prompt tokens that came from the prefix cache, 0–1; NaN where nothing says. */
function prefixHits(job: Situation): number {
  const queries = job.mean('engine.prefixQueries');
  return queries > 0 ? job.mean('engine.prefixHits') / queries : job.mean('engine.cacheHitRatio');
}

/** Prompts that begin alike are computed once. */
const prefixCache: Piece = {
  id: 'prefix-cache',
  when: 'a server with prompts in its arithmetic, of whose prompt tokens less than half come from the prefix cache',
  holds: (job) => job.serving && (job.verdict.split?.flops?.prefill ?? Number.NaN) > 0 && !(prefixHits(job) >= HALF),
  say: (job) => {
    const flops = job.verdict.split?.flops?.prefill ?? Number.NaN;
    if (Number.isNaN(job.share)) return null;
    const hits = prefixHits(job);
    // Of the prompt tokens that are computed now so many would come from the cache.
    const saved = Number.isNaN(hits) ? HALF : 1 - HALF / (1 - hits);
    const factor = 1 - flops * saved;
    return advise(job, {
      text: `Prompts are ${formatPercent(flops)} of the arithmetic${Number.isNaN(hits) ? '' : `, and ${formatPercent(hits)} of their tokens come from the prefix cache`}: if they begin alike (system prompt, examples, documents), put the common part first and keep ${optionOf(job.context.workload.engine, 'prefixCache')} on; shorter prompts save the same.`,
      gain: shrinking(job.share, factor),
      arithmetic: `with half of all prompt tokens from the cache ${formatPercent(1 - factor)} of the arithmetic goes: ${shrinkingText(job.share, factor)}`,
    });
  },
};

/** INT8 or FP8 on both sides, where tensor cores multiply it: not on V100. */
const smallTypes: Piece = {
  id: 'small-types',
  when: 'a server whose tensor cores multiply in 16 bits, on a card that multiplies INT8 or FP8 faster',
  holds: (job) => job.serving && usesTensorCores(job) && job.context.workload.dtype !== 'fp32',
  say: (job) => {
    const {
      context: { gpu, ceilings, workload },
      share,
    } = job;
    if (gpu === null || ceilings === null || Number.isNaN(share)) return null;
    const quantization = weightFormatOf(job.context)?.quantization ?? (workload.quantization === null ? null : parseQuantization(workload.quantization));
    const math = quantization === null ? 'weights' : QUANTIZATIONS[quantization].math;
    if (math !== 'weights') return null;
    const type: MathType | null = onTensorCores(gpu, 'fp8') ? 'fp8' : onTensorCores(gpu, 'int8') ? 'int8' : null;
    const now = ceilings.peaks.fp16;
    const next = type === null ? null : ceilings.peaks[type];
    if (type === null || now === null || next === null) return null;
    const factor = now / next;
    return advise(job, {
      text: `Multiply in ${type.toUpperCase()}: weights and activations quantised (W8A8, llm-compressor) run on the tensor cores at ${formatValue(next, 'flop/s')} instead of ${formatValue(now, 'flop/s')}.${GPUS[gpu].generation === 'Turing' ? ` On ${GPUS[gpu].label} measure it: bitsandbytes INT8 was four times slower there than FP16.` : ''}`,
      gain: shrinking(share, factor),
      arithmetic: `${formatFactor(1 / factor)} the peak: ${shrinkingText(share, factor)}`,
    });
  },
};

/** Neither prefill nor decode is all that a GPU does: what is left to the other when one alone would name the activity. */
const BOTH_KINDS = 1 - ONE_ACTIVITY;

/** Long prompts hold up those who read their answer word by word. */
const chunkedPrefill: Piece = {
  id: 'chunked-prefill',
  when: 'a server that spends at least a fifth of its time on prompts and a fifth on answers',
  holds: (job) =>
    job.serving && (job.verdict.split?.time?.prefill ?? Number.NaN) >= BOTH_KINDS && (job.verdict.split?.time?.decode ?? Number.NaN) >= BOTH_KINDS,
  say: (job) => {
    const time = job.verdict.split?.time;
    if (time === null || time === undefined) return null;
    return advise(job, {
      text: `If answers stutter while prompts are read: chunked prefill with a smaller ${optionOf(job.context.workload.engine, 'tokensPerStep')}, or prompts and answers on GPUs of their own.`,
      gain: null,
      arithmetic: `prefill takes ${formatPercent(time.prefill)} and decode ${formatPercent(time.decode)} of the GPU's time; chunks change who waits, not how much is done`,
    });
  },
};

/** Half the arithmetic per GPU on two of them, where NVLink joins them. */
const widerTensor: Piece = {
  id: 'wider-tensor',
  when: 'a server whose whole job is one tensor-parallel group, with NVLink between all GPUs of the node and GPUs left in it',
  holds: (job) => job.serving && job.context.ceilings?.nvlink?.reach === 'all' && job.context.gpuCount === (job.context.workload.tensorParallel ?? 1),
  say: (job) => {
    const {
      context: { gpu, workload },
      share,
    } = job;
    const tp = workload.tensorParallel ?? 1;
    const wider = 2 * tp;
    if (gpu === null || wider > gpusInNode(job) || Number.isNaN(share)) return null;
    return advise(job, {
      text: `If the first token must come sooner: ${optionOf(workload.engine, 'tensorParallel')} ${wider} inside one node (NVLink), at twice the GPU-hours an hour.`,
      gain: shrinking(share, 0.5),
      arithmetic: `half the arithmetic on each GPU: ${shrinkingText(share, 0.5)}, less what the GPUs tell each other`,
    });
  },
};

/** Compute-bound training is as it should be; what is left is arithmetic that need not be done. */
const lessTraining: Piece = {
  id: 'less-recomputation',
  when: 'a trainer on tensor cores; healthy is said only at full clocks',
  holds: (job) => job.training && usesTensorCores(job),
  say: (job) => {
    const {
      context: { model },
      share,
    } = job;
    const used = job.mean('gpu.memUsed');
    const total = job.mean('gpu.memTotal');
    if (Number.isNaN(share)) return null;
    const room = total - used;
    return advise(job, {
      text: `Training is bound by arithmetic at ${formatPercent(share)} of what matrix products reach${isSlowed(job) ? `, at ${clockText(job) ?? 'a lowered clock'}` : ': that is healthy'}. If full activation checkpointing is on${room > 0 ? ` (${formatAgainst(used, total, 'bytes')} of memory are used)` : ''}, recompute fewer layers or none.`,
      gain: shrinking(share, 6 / 8),
      arithmetic: `${model === null ? '8 FLOPs per parameter and token' : `8 × ${(model.activeParameters / 1e9).toFixed(1)} GFLOP per token`} with full recomputation, 6 without: ${shrinkingText(share, 6 / 8)}`,
    });
  },
};

/** Adapters instead of all weights, where adapting is what is wanted. */
const adapters: Piece = {
  id: 'adapters',
  when: 'training that is neither pretraining by its command line nor of adapters already',
  holds: (job) => job.verdict.activity === 'training' && !job.commanded(/pre[-_]?train/i),
  say: (job) => {
    if (Number.isNaN(job.share)) return null;
    return advise(job, {
      text: 'If the model is to be adapted, not taught anew: LoRA computes no gradients of the frozen weights.',
      gain: shrinking(job.share, 4 / 6),
      arithmetic: `4 instead of 6 FLOPs per parameter and token: ${shrinkingText(job.share, 4 / 6)}`,
    });
  },
};

/** Where the verdict's own pipes are all that counts. */
export const COMPUTE: readonly Piece[] = [
  coolDown,
  tensorCores,
  prefixCache,
  smallTypes,
  chunkedPrefill,
  lessTraining,
  adapters,
  widerTensor,
  fasterArithmetic,
];
