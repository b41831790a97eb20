import { DOMINANT, ONE_ACTIVITY, WITHOUT_TENSOR_CORES } from '../../judging/index.ts';
import { GPUS, type MathType, onTensorCores, parseQuantization, QUANTIZATIONS } from '../../knowledge/index.ts';
import { formatAgainst, formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { fasterArithmetic, gpusInNode } from './hardware.ts';
import { weightFormatOf } from './situation.ts';
import { shrinking, shrinkingText, advise, type Move } from './gain.ts';

/** FP32 on CUDA cores: the card's tensor cores in TF32 where it has it, else FP16 (V100, T4 have no BF16). */
const tensorCores: Move = (job) => {
  const {
    context: { gpu, ceilings },
    share,
  } = job;
  if (gpu === null || ceilings === null || !job.verdict.modifiers.includes(WITHOUT_TENSOR_CORES)) return null;
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
};

/** The part of prompt tokens from the cache that an advice reckons with: half is common where prompts share instructions. */
const HALF = 0.5;

/** Prompts that begin alike are computed once. */
const prefixCache: Move = (job) => {
  const flops = job.verdict.split?.flops?.prefill ?? Number.NaN;
  if (!job.serving || !(flops > 0) || Number.isNaN(job.share)) return null;
  const queries = job.mean('engine.prefixQueries');
  const hits = queries > 0 ? job.mean('engine.prefixHits') / queries : job.mean('engine.cacheHitRatio');
  if (hits >= HALF) return null;
  // Of the prompt tokens that are computed now so many would come from the cache.
  const saved = Number.isNaN(hits) ? HALF : 1 - HALF / (1 - hits);
  const factor = 1 - flops * saved;
  return advise(job, {
    text: `Prompts are ${formatPercent(flops)} of the arithmetic${Number.isNaN(hits) ? '' : `, and ${formatPercent(hits)} of their tokens come from the prefix cache`}: if they begin alike (system prompt, examples, documents), put the common part first and keep --enable-prefix-caching on; shorter prompts save the same.`,
    gain: shrinking(job.share, factor),
    arithmetic: `with half of all prompt tokens from the cache ${formatPercent(1 - factor)} of the arithmetic goes: ${shrinkingText(job.share, factor)}`,
  });
};

/** INT8 or FP8 on both sides, where tensor cores multiply it: not on V100. */
const smallTypes: Move = (job) => {
  const {
    context: { gpu, ceilings, workload },
    share,
  } = job;
  if (!job.serving || gpu === null || ceilings === null || Number.isNaN(share)) return null;
  const quantization = weightFormatOf(job.context)?.quantization ?? (workload.quantization === null ? null : parseQuantization(workload.quantization));
  const math = quantization === null ? 'weights' : QUANTIZATIONS[quantization].math;
  if (math !== 'weights' || workload.dtype === 'fp32') return null;
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
};

/** Neither prefill nor decode is all that a GPU does: what is left to the other when one alone would name the activity. */
const BOTH_KINDS = 1 - ONE_ACTIVITY;

/** Long prompts hold up those who read their answer word by word. */
const chunkedPrefill: Move = (job) => {
  const time = job.verdict.split?.time;
  if (!job.serving || time === null || time === undefined || !(time.prefill >= BOTH_KINDS) || !(time.decode >= BOTH_KINDS)) return null;
  return advise(job, {
    text: 'If answers stutter while prompts are read: chunked prefill with a smaller --max-num-batched-tokens, or prompts and answers on GPUs of their own.',
    gain: null,
    arithmetic: `prefill takes ${formatPercent(time.prefill)} and decode ${formatPercent(time.decode)} of the GPU's time; chunks change who waits, not how much is done`,
  });
};

/** Half the arithmetic per GPU on two of them, where NVLink joins them. */
const widerTensor: Move = (job) => {
  const {
    context: { gpu, ceilings, workload, gpuCount },
    share,
  } = job;
  const tp = workload.tensorParallel ?? 1;
  const wider = 2 * tp;
  if (!job.serving || gpu === null || ceilings?.nvlink?.reach !== 'all' || gpuCount !== tp || wider > gpusInNode(job) || Number.isNaN(share)) return null;
  return advise(job, {
    text: `If the first token must come sooner: --tensor-parallel-size ${wider} inside one node (NVLink), at twice the GPU-hours an hour.`,
    gain: shrinking(share, 0.5),
    arithmetic: `half the arithmetic on each GPU: ${shrinkingText(share, 0.5)}, less what the GPUs tell each other`,
  });
};

/** Compute-bound training is as it should be; what is left is arithmetic that need not be done. */
const lessTraining: Move = (job) => {
  const {
    context: { model },
    share,
  } = job;
  const used = job.mean('gpu.memUsed');
  const total = job.mean('gpu.memTotal');
  if (!job.training || Number.isNaN(share) || job.shareOf('fp32') >= DOMINANT) return null;
  const room = total - used;
  return advise(job, {
    text: `Training is bound by arithmetic at ${formatPercent(share)} of what matrix products reach: that is healthy. If full activation checkpointing is on${room > 0 ? ` (${formatAgainst(used, total, 'bytes')} of memory are used)` : ''}, recompute fewer layers or none.`,
    gain: shrinking(share, 6 / 8),
    arithmetic: `${model === null ? '8 FLOPs per parameter and token' : `8 × ${(model.activeParameters / 1e9).toFixed(1)} GFLOP per token`} with full recomputation, 6 without: ${shrinkingText(share, 6 / 8)}`,
  });
};

/** Adapters instead of all weights, where adapting is what is wanted. */
const adapters: Move = (job) => {
  if (job.verdict.activity !== 'training' || Number.isNaN(job.share) || job.commanded(/pre[-_]?train/i)) return null;
  return advise(job, {
    text: 'If the model is to be adapted, not taught anew: LoRA computes no gradients of the frozen weights.',
    gain: shrinking(job.share, 4 / 6),
    arithmetic: `4 instead of 6 FLOPs per parameter and token: ${shrinkingText(job.share, 4 / 6)}`,
  });
};

/** Where the verdict's own pipes are all that counts. */
export const COMPUTE: readonly Move[] = [tensorCores, prefixCache, smallTypes, chunkedPrefill, lessTraining, adapters, widerTensor, fasterArithmetic];
