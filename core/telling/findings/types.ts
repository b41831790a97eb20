import { isAtWork, type JudgedGpu, type JudgedRun, MIN_SEGMENT_SAMPLES, samplesOf, stretchesOf } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { type GpuId, GPUS, gpusOf, onTensorCores, parseQuantization, parseWeightType, QUANTIZATIONS } from '../../knowledge/index.ts';
import { formatPercent, formatValue } from '../../readings/index.ts';
import { finding, gpuName, listed, siteOf, toldTogether } from './finding.ts';
import { over } from './stretches.ts';

/** FP32 work on CUDA cores while the tensor cores rest (§7.2.6): seen by DCGM's pipes only. */
export function findNoTensorCores(judged: JudgedRun): Finding[] {
  const cases = judged.gpus.flatMap((gpu) =>
    stretchesOf(gpu.phases, judged.period, ({ states }) => states.isWithoutTensorCores)
      .filter(({ phases }) => samplesOf(phases) >= MIN_SEGMENT_SAMPLES)
      .map((stretch) => ({ gpu, stretch })),
  );
  return toldTogether(judged, cases, (group) => {
    const phases = group.flatMap(({ stretch }) => stretch.phases);
    const fp32 = over(phases, ({ verdict }) => verdict.shares.fp32);
    const [first] = group;
    return {
      id: 'no-tensor-cores',
      text: `${group.length === 1 && first !== undefined ? gpuName(first.gpu) : `All ${group.length} GPUs`} multiplied in FP32 on CUDA cores ${formatPercent(fp32)} of what they can, with the tensor cores at rest. ${faster(first?.gpu.type ?? null)}`,
      evidence: [
        `FP32 pipe ${formatPercent(fp32)}, tensor cores ${formatPercent(over(phases, ({ verdict }) => verdict.shares.tensor))} of the achievable`,
        `in ${samplesOf(phases)} samples`,
      ],
    };
  });
}

/** What the card's tensor cores take instead, by its own peaks. */
function faster(type: GpuId | null): string {
  if (type === null) return 'Use mixed precision (torch.autocast in BF16 on Ampere and newer, FP16 on older cards).';
  const { peaks } = GPUS[type];
  const times = (peak: number | null) => (peak === null ? '' : ` (${(peak / peaks.fp32).toFixed(0)} ×)`);
  const tf32 = peaks.tf32 === null ? '' : `TF32 by one line, torch.set_float32_matmul_precision('high')${times(peaks.tf32)}, or `;
  const half = peaks.bf16 === null ? `FP16 with a gradient scaler${times(peaks.fp16)}; this card has no BF16` : `BF16 by torch.autocast${times(peaks.bf16)}`;
  return `Its peak in FP32 is ${formatValue(peaks.fp32, 'flop/s')}; use ${tf32}${half}.`;
}

/** A data type that the cards have no hardware for, by what was given, said on the command line or by the engine. */
export function findUnsupportedType(judged: JudgedRun): Finding[] {
  const { workload } = judged;
  const type = workload.dtype === null ? null : parseWeightType(workload.dtype);
  const scheme = workload.quantization === null ? null : parseQuantization(workload.quantization);
  const used = judged.gpus.filter(({ phases }) => phases.some(isAtWork));
  const on = (lacks: (gpu: GpuId) => boolean): JudgedGpu[] => used.filter((gpu) => gpu.type !== null && lacks(gpu.type));
  const source = workload.from.filter((text) => /^(?:dtype|quantization) /.test(text));
  const noBf16 = type === 'bf16' ? on((gpu) => GPUS[gpu].peaks.bf16 === null) : [];
  const noInt8 = scheme !== null && QUANTIZATIONS[scheme].math === 'int8' ? on((gpu) => !onTensorCores(gpu, 'int8')) : [];
  return [
    ...told(judged, {
      gpus: noBf16,
      source,
      text: (gpu) =>
        `BF16 has no hardware on ${GPUS[gpu].label}: it is emulated, or done in FP32 at ${formatValue(GPUS[gpu].peaks.fp32, 'flop/s')} where FP16 reaches ${formatValue(GPUS[gpu].peaks.fp16, 'flop/s')}. Use --dtype float16 (training: fp16 with a gradient scaler)${withBf16(judged)}.`,
    }),
    ...told(judged, {
      gpus: noInt8,
      source,
      text: (gpu) =>
        `INT8 runs on the CUDA cores of ${GPUS[gpu].label} at ${formatValue(GPUS[gpu].peaks.int8, 'flop/s')}; FP16 on its tensor cores reaches ${formatValue(GPUS[gpu].peaks.fp16, 'flop/s')}. INT8 saves memory here and costs speed: use FP16 if the model fits, or 4-bit weights with FP16 arithmetic.`,
    }),
  ];
}

/** The site's GPUs that have BF16. */
function withBf16(judged: JudgedRun): string {
  const cards = gpusOf(siteOf(judged)).filter((gpu) => GPUS[gpu].peaks.bf16 !== null);
  return cards.length === 0 ? '' : `, or a GPU that has it (${listed(cards.map((gpu) => GPUS[gpu].label))})`;
}

interface Unsupported {
  /** The GPUs that lack the type. */
  readonly gpus: readonly JudgedGpu[];
  readonly text: (type: GpuId) => string;
  /** Who said the type. */
  readonly source: readonly string[];
}

function told(judged: JudgedRun, { gpus, text, source }: Unsupported): Finding[] {
  const [first] = gpus;
  if (first === undefined || first.type === null) return [];
  return [
    finding(
      judged,
      { id: 'unsupported-dtype', text: text(first.type), evidence: [...source, `on ${listed(gpus.map(gpuName))}`] },
      { entity: gpus.length === judged.gpus.length ? null : first.id, from: judged.from, to: judged.to },
    ),
  ];
}
