import { DOMINANT } from '../../judging/index.ts';
import { ETHERNET_25, GPUS, INFINIBAND_100, loadSeconds, weightBytes } from '../../knowledge/index.ts';
import { formatDuration, formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { formatOf, type Situation } from './situation.ts';
import { overlapping, overlappingText, shrinking, shrinkingText, advise, type Move } from './gain.ts';

/** Bytes per second that files delivered, as far as anything shows it. */
function readRate(job: Situation): number {
  const rates = [job.mean('host.fsReadRate'), job.mean('host.diskReadRate'), job.mean('process.readChars'), job.mean('host.scratchReadRate')].filter(
    (rate) => rate > 0,
  );
  return rates.length === 0 ? Number.NaN : Math.max(...rates);
}

const isLoading = (job: Situation): boolean => job.verdict.activity === 'loading';
const isSaving = (job: Situation): boolean => job.verdict.activity === 'checkpointing';

/** Loading weights, against the line's floor (§1.6). */
const fasterLoad: Move = (job) => {
  const {
    context: { model, ceilings, gpu, gpuCount, nodeCount },
  } = job;
  const format = formatOf(job.context);
  if (!isLoading(job)) return null;
  const rate = readRate(job);
  const seen = Number.isNaN(rate) ? '' : ` (${formatValue(rate, 'bytes/s')} read)`;
  const line = Math.max(
    ...[job.mean('host.ibSpeed'), job.mean('host.netSpeed')].filter((one) => one > 0),
    gpu?.startsWith('A100') === true ? INFINIBAND_100.rate : ETHERNET_25.rate,
  );
  const text = `Weights are being loaded${seen}: keep them as safetensors (mapped, not unpickled) on the project storage, let one rank read and the others share the page cache, and stage them to $TMPDIR if they are loaded again and again.`;
  if (model === null || format === null || ceilings === null) {
    const gain = line / rate;
    return advise(job, {
      text,
      gain: Number.isNaN(rate) ? null : gain,
      arithmetic: `the line takes ${formatValue(line, 'bytes/s')}${Number.isNaN(rate) ? '; how much is read was not measured' : `: ${formatFactor(gain)}`}`,
    });
  }
  const bytes = weightBytes(model, format);
  const floor = loadSeconds({
    nodeBytes: bytes / Math.max(1, nodeCount),
    gpuBytes: bytes / Math.max(1, gpuCount),
    network: line,
    storage: null,
    pcie: ceilings.pcie.bytesPerSecond,
  }).total;
  const now = Number.isNaN(rate) ? Number.NaN : bytes / nodeCount / rate;
  return advise(job, {
    text,
    gain: Number.isNaN(now) ? null : now / floor,
    arithmetic: `${formatValue(bytes, 'bytes')} of ${model.id} over ${formatValue(line, 'bytes/s')} and PCIe take at least ${formatDuration(floor)}${Number.isNaN(now) ? '' : `, at the present rate ${formatDuration(now)}`}`,
  });
};

/** Reading ahead hides what it can behind the GPU's own work. */
const readAhead: Move = (job) => {
  const {
    context: { cores, gpuCount, nodeCount },
    share,
  } = job;
  if (isLoading(job) || isSaving(job) || job.serving || Number.isNaN(share)) return null;
  const perGpu = cores === null || cores === undefined ? Number.NaN : Math.floor(cores / Math.max(1, gpuCount / Math.max(1, nodeCount)));
  const workers = perGpu > 1 ? `num_workers up to ${Math.max(1, perGpu - 1)} per GPU (${cores ?? 0} cores)` : 'num_workers above 0';
  return advise(job, {
    text: `The GPU waited for files ${formatPercent(share)} of the time: read ahead (DataLoader ${workers}, prefetch_factor 4, pin_memory, persistent_workers).`,
    gain: overlapping(share),
    arithmetic: overlappingText(share),
  });
};

/** Many small files cost a round trip each; local scratch and large files do not. */
const stage: Move = (job) => {
  const { share } = job;
  if (isLoading(job) || isSaving(job) || Number.isNaN(share)) return null;
  const rate = readRate(job);
  const scratch = job.mean('host.scratchReadRate') > 0;
  return advise(job, {
    text: `${Number.isNaN(rate) ? 'Reading' : `Reading at ${formatValue(rate, 'bytes/s')}`}${scratch ? ' from $TMPDIR' : ''}: pack many small files into few large ones (tar shards for WebDataset, Parquet, HDF5)${scratch ? '' : ', or copy them to $TMPDIR at the start of the job'}.`,
    gain: 1 / (1 - share),
    arithmetic: `without waiting for files 1 ÷ (1 − ${share.toFixed(2)}) = ${formatFactor(1 / (1 - share))}`,
  });
};

/** Alvis's A100 nodes have four times the line to storage. */
const fasterLine: Move = (job) => {
  const {
    context: { gpu },
    share,
  } = job;
  const speed = Math.max(...[job.mean('host.netSpeed'), job.mean('host.ibSpeed')].filter((rate) => rate > 0), Number.NEGATIVE_INFINITY);
  const busiest = Math.max(...[job.mean('host.netRxRate'), job.mean('host.ibRxRate')].filter((rate) => rate >= 0), Number.NEGATIVE_INFINITY);
  if (gpu === null || gpu.startsWith('A100') || gpu.startsWith('H') || Number.isNaN(share) || !(busiest >= DOMINANT * speed)) return null;
  const factor = speed / INFINIBAND_100.rate;
  return advise(job, {
    text: `The node's line carries ${formatValue(busiest, 'bytes/s')} of ${formatValue(speed, 'bytes/s')}: nodes with ${GPUS[gpu].label} are on Ethernet; A100 nodes reach the storage over ${formatValue(INFINIBAND_100.rate, 'bytes/s')}.`,
    gain: shrinking(share, factor),
    arithmetic: `${formatFactor(1 / factor)} the line: ${shrinkingText(share, factor)}`,
  });
};

/** Checkpoints written while the next steps run. */
const saveAside: Move = (job) => {
  if (!isSaving(job) || Number.isNaN(job.share)) return null;
  return advise(job, {
    text: 'The job stands still while it saves: save asynchronously (torch.distributed.checkpoint.async_save, Megatron --async-save), less often, or to $TMPDIR with a copy behind it.',
    gain: 1 / (1 - job.share),
    arithmetic: `of this stretch ${formatPercent(job.share)} is waiting: 1 ÷ (1 − ${job.share.toFixed(2)}) = ${formatFactor(1 / (1 - job.share))}`,
  });
};

export const STORAGE: readonly Move[] = [fasterLoad, saveAside, readAhead, stage, fasterLine];
