import type { Advice } from '../../contract/index.ts';
import { DOMINANT } from '../../judging/index.ts';
import { GPUS, hostBytesPerSecond, loadSeconds, scratchName, weightBytes } from '../../knowledge/index.ts';
import { formatDuration, formatFactor, formatPercent, formatValue } from '../../readings/index.ts';
import { betterConnected, lineOfNodes, NETWORK_NAMES, reportedLine } from './hardware.ts';
import { coresPerGpu, mostlyWrites, readRateOf } from './signs.ts';
import { type Situation, weightFormatOf } from './situation.ts';
import { overlapping, overlappingText, shrinking, shrinkingText, advise, type Piece } from './gain.ts';

const isLoading = (job: Situation): boolean => job.verdict.activity === 'loading';
const isSaving = (job: Situation): boolean => job.verdict.activity === 'checkpointing';

/** Loading weights, against the line's floor (§1.6). */
const fasterLoad: Piece = {
  id: 'faster-load',
  when: 'device memory rises and no token comes out (loading)',
  holds: isLoading,
  say: (job) => {
    const { site } = job.context;
    const rate = readRateOf(job);
    const seen = Number.isNaN(rate) ? '' : ` (${formatValue(rate, 'bytes/s')} read)`;
    const text = `Weights are being loaded${seen}: keep them as safetensors (mapped, not unpickled) on ${site.storage.name}, let one rank read and the others share the page cache, and stage them to ${scratchName(site)} if they are loaded again and again.`;
    const line = Math.max(reportedLine(job), lineOfNodes(job));
    return line > 0 ? againstLine(job, text, line) : withoutLine(job, text);
  },
};

function againstLine(job: Situation, text: string, line: number): Advice | null {
  const {
    context: { model, ceilings, gpuCount, nodeCount },
  } = job;
  const format = weightFormatOf(job.context);
  const rate = readRateOf(job);
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
    host: hostBytesPerSecond(ceilings),
  }).total;
  const now = Number.isNaN(rate) ? Number.NaN : bytes / nodeCount / rate;
  return advise(job, {
    text,
    gain: Number.isNaN(now) ? null : now / floor,
    arithmetic: `${formatValue(bytes, 'bytes')} of ${model.id} over ${formatValue(line, 'bytes/s')} and PCIe take at least ${formatDuration(floor)}${Number.isNaN(now) ? '' : `, at the present rate ${formatDuration(now)}`}`,
  });
}

/** Nobody says how fast the node's line is: then there is no floor, and no gain to promise. */
function withoutLine(job: Situation, text: string): Advice | null {
  if (Number.isNaN(job.share)) return null;
  return advise(job, {
    text,
    gain: null,
    arithmetic: `of this stretch ${formatPercent(job.share)} is waiting for files; how fast the node's line is was not measured`,
  });
}

/** Data are read for work that goes on: neither a model that is loaded, nor a checkpoint or results that are written, nor a server's cache. */
function readsData(job: Situation): boolean {
  return !isLoading(job) && !isSaving(job) && !job.serving && !mostlyWrites(job);
}

/** The node's lines carry half of what they can, or more: then size counts, not the number of files. */
function fillsLine(job: Situation): boolean {
  const busiest = Math.max(...[job.mean('host.netRxRate'), job.mean('host.ibRxRate')].filter((rate) => rate >= 0), Number.NEGATIVE_INFINITY);
  const line = reportedLine(job);
  return line > 0 && busiest >= DOMINANT * line;
}

/** Reading ahead hides what it can behind the GPU's own work. */
const readAhead: Piece = {
  id: 'read-ahead',
  when: 'a program that reads data while it works; not where it loads, saves, mostly writes or serves',
  holds: readsData,
  say: (job) => {
    const {
      context: { cores },
      share,
    } = job;
    if (Number.isNaN(share)) return null;
    const perGpu = coresPerGpu(job);
    const workers = perGpu > 1 ? `num_workers up to ${Math.max(1, perGpu - 1)} per GPU (${cores ?? 0} cores)` : 'num_workers above 0';
    return advise(job, {
      text: `The GPU waited for files ${formatPercent(share)} of the time: read ahead (DataLoader ${workers}, prefetch_factor 4, pin_memory, persistent_workers).`,
      gain: overlapping(share),
      arithmetic: overlappingText(share),
    });
  },
};

/** Many small files cost a round trip each; local scratch and large files do not. */
const stage: Piece = {
  id: 'stage-files',
  when: 'the same, with a line that carries less than half of what it can: many small files, not many bytes',
  holds: (job) => readsData(job) && !fillsLine(job),
  say: (job) => {
    const { share } = job;
    if (Number.isNaN(share)) return null;
    const rate = readRateOf(job);
    const scratch = job.mean('host.scratchReadRate') > 0;
    const disk = scratchName(job.context.site);
    return advise(job, {
      text: `${Number.isNaN(rate) ? 'Reading' : `Reading at ${formatValue(rate, 'bytes/s')}`}${scratch ? ` from ${disk}` : ''}: pack many small files into few large ones (tar shards for WebDataset, Parquet, HDF5)${scratch ? '' : `, or copy them to ${disk} at the start of the job`}.`,
      gain: 1 / (1 - share),
      arithmetic: `without waiting for files 1 ÷ (1 − ${share.toFixed(2)}) = ${formatFactor(1 / (1 - share))}`,
    });
  },
};

/** Other nodes of the site have a faster line to the storage, and this one's is in use. */
const fasterLine: Piece = {
  id: 'faster-line',
  when: 'the node’s line carries half of what it can, and other nodes of the site that hold the job have a faster one',
  holds: fillsLine,
  say: (job) => {
    const {
      context: { gpu },
      share,
    } = job;
    const better = betterConnected(job);
    const speed = reportedLine(job);
    const busiest = Math.max(...[job.mean('host.netRxRate'), job.mean('host.ibRxRate')].filter((rate) => rate >= 0), Number.NEGATIVE_INFINITY);
    if (gpu === null || better === null || Number.isNaN(share)) return null;
    const factor = speed / better.network.rate;
    return advise(job, {
      text: `The node's line carries ${formatValue(busiest, 'bytes/s')} of ${formatValue(speed, 'bytes/s')}: nodes with ${GPUS[gpu].label} are on ${NETWORK_NAMES[better.own.kind]}; ${better.node.id} nodes reach the storage over ${formatValue(better.network.rate, 'bytes/s')}.`,
      gain: shrinking(share, factor),
      arithmetic: `${formatFactor(1 / factor)} the line: ${shrinkingText(share, factor)}`,
    });
  },
};

/** Checkpoints written while the next steps run. */
const saveAside: Piece = {
  id: 'save-aside',
  when: 'the trainer stands still while gigabytes are written, or more is written than read',
  holds: (job) => isSaving(job) || (!isLoading(job) && !job.serving && mostlyWrites(job)),
  say: (job) => {
    if (Number.isNaN(job.share)) return null;
    return advise(job, {
      text: `The job waits while it writes: save asynchronously (torch.distributed.checkpoint.async_save, Megatron --async-save), less often, or to ${scratchName(job.context.site)} with a copy behind it.`,
      gain: 1 / (1 - job.share),
      arithmetic: `of this stretch ${formatPercent(job.share)} is waiting: 1 ÷ (1 − ${job.share.toFixed(2)}) = ${formatFactor(1 / (1 - job.share))}`,
    });
  },
};

export const STORAGE: readonly Piece[] = [fasterLoad, saveAside, readAhead, stage, fasterLine];
