import { ENGINE_MEMORY, pcieBytesPerSecond, weightBytes } from '../../knowledge/index.ts';
import { formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { weightFormatOf } from './situation.ts';
import { overlapping, overlappingText, shrinking, shrinkingText, advise, type Move } from './gain.ts';

/** Copies that go on while kernels run need pinned memory. */
const pinned: Move = (job) => {
  if (Number.isNaN(job.share)) return null;
  const rate = Math.max(...[job.mean('gpu.pcieRx'), job.mean('gpu.pcieTx')].filter((one) => one >= 0), Number.NEGATIVE_INFINITY);
  return advise(job, {
    text: `PCIe carries ${rate >= 0 ? formatValue(rate, 'bytes/s') : formatPercent(job.share)}${job.context.ceilings === null ? '' : ` of ${formatValue(job.context.ceilings.pcie.bytesPerSecond, 'bytes/s')}`}: copy from pinned memory and ahead of need (pin_memory=True, non_blocking=True, prefetch), so that it goes on behind the kernels.`,
    gain: overlapping(job.share),
    arithmetic: overlappingText(job.share),
  });
};

/** What is copied in every step should stay on the GPU, in fewer bits or on more GPUs. */
const stay: Move = (job) => {
  const {
    context: { model, ceilings, gpuCount, gpu },
    verdict,
  } = job;
  const format = weightFormatOf(job.context);
  if (model === null || format === null || ceilings === null || gpu === null || verdict.relief === null) return null;
  const bytes = weightBytes(model, format);
  const small = weightBytes(model, { ...format, quantization: 'awq' });
  const room = gpuCount * ceilings.memoryBytes * ENGINE_MEMORY;
  if (bytes <= room) return null;
  const fits = small <= room;
  return advise(job, {
    text: `${formatValue(bytes, 'bytes')} of weights do not fit into ${formatValue(room, 'bytes')} of GPU memory, so they cross PCIe in every step: ${fits ? '4-bit weights fit' : `take ${Math.ceil(bytes / (ENGINE_MEMORY * ceilings.memoryBytes))} GPUs, or larger ones`}.`,
    gain: verdict.relief,
    arithmetic: `${formatValue(bytes, 'bytes')} in ${format.type}, ${formatValue(small, 'bytes')} in 4 bits; without those copies ${formatFactor(verdict.relief)}`,
  });
};

/** A card on half its link copies at half the pace. */
const link: Move = (job) => {
  const { share } = job;
  const now = pcieBytesPerSecond(job.mean('gpu.pcieGen'), job.mean('gpu.pcieWidth'));
  const most = pcieBytesPerSecond(job.mean('gpu.pcieGenMax'), job.mean('gpu.pcieWidthMax'));
  if (now === null || most === null || !(most > now) || Number.isNaN(share)) return null;
  return advise(job, {
    text: `The card is on PCIe ${job.mean('gpu.pcieGen')}.0 × ${job.mean('gpu.pcieWidth')} where its slot has ${job.mean('gpu.pcieGenMax')}.0 × ${job.mean('gpu.pcieWidthMax')}: tell support the node and the GPU.`,
    gain: shrinking(share, now / most),
    arithmetic: `${formatValue(now, 'bytes/s')} of ${formatValue(most, 'bytes/s')}: ${shrinkingText(share, now / most)}`,
  });
};

/** Optimiser state on the host crosses PCIe twice a step. */
const offload: Move = (job) => {
  if (!job.training || Number.isNaN(job.share) || job.verdict.relief === null) return null;
  return advise(job, {
    text: 'If optimiser state is kept on the host (ZeRO-Offload, --offload-optimizer): 8-bit Adam or sharding over more GPUs (ZeRO-2/3, FSDP) keeps it on the GPU; accumulation over more micro-batches copies it less often.',
    gain: job.verdict.relief,
    arithmetic: `PCIe ${formatPercent(job.share)} of the time; without it the next limit is ${formatFactor(job.verdict.relief)} away. 8-bit Adam keeps 2 instead of 8 bytes per parameter`,
  });
};

export const TRANSFER: readonly Move[] = [link, stay, offload, pinned];
