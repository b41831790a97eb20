import { IDLE_FINDING_SECONDS } from '../../judging/index.ts';
import { GPUS } from '../../knowledge/index.ts';
import { plan } from '../../planner/index.ts';
import { formatDuration, formatGpuHours, formatPercent } from '../../readings/index.ts';
import { SMALLER } from './limits.ts';
import { weightFormatOf } from './situation.ts';
import { advise, type Piece } from './gain.ts';

/** A pause of less than a minute needs no advice. */
const PAUSE_SECONDS = 60;

/** What the allocation costs while it does nothing. */
const release: Piece = {
  id: 'release',
  when: 'nothing was done for a minute and more',
  holds: ({ context: { figures } }) => (figures?.seconds ?? Number.NaN) >= PAUSE_SECONDS,
  say: (job) => {
    const {
      context: { figures, gpuCount },
    } = job;
    if (figures === null) return null;
    const server = job.mean('engine.running') >= 0;
    return advise(job, {
      text: `${gpuCount === 1 ? 'The GPU' : `${gpuCount} GPUs`} did nothing for ${formatDuration(figures.seconds)}: ${server ? 'a server without requests can be stopped and started again when they come' : 'end the job when its work is done (scancel), and let interactive work ask for short jobs'}.`,
      gain: null,
      arithmetic: `${gpuCount} × ${formatDuration(figures.seconds)} = ${formatGpuHours(gpuCount, figures.seconds)}${figures.busy === null ? '' : ` at ${formatPercent(figures.busy)} busy`}`,
    });
  },
};

/** A model that fits a smaller card need not hold a large one. */
const smallerCard: Piece = {
  id: 'smaller-card',
  when: 'nothing was done for ten minutes and more, and the model fits a smaller card of the site',
  holds: ({ context: { figures } }) => (figures?.seconds ?? Number.NaN) >= IDLE_FINDING_SECONDS,
  say: (job) => {
    const {
      context: { model, gpu, ceilings, gpuCount, site },
    } = job;
    const format = weightFormatOf(job.context);
    if (model === null || format === null || gpu === null || ceilings === null) return null;
    const result = plan({ model, gpu, type: format.type, quantization: format.quantization, site });
    const [least] = result.ok ? result.allocations : [];
    const smaller = least !== undefined && (least.gpus < gpuCount || GPUS[least.input.gpu].memoryBytes < SMALLER * ceilings.memoryBytes);
    if (!smaller) return null;
    return advise(job, {
      text: `${model.id} also runs on ${least.gpus} × ${GPUS[least.input.gpu].label} (${least.nodeType}): enough for trying out and for few requests, and sooner to get.`,
      gain: null,
      arithmetic: `one request of ${least.input.context} tokens: ${(least.memory.total / 1e9).toFixed(1)} of ${(least.memory.usable / 1e9).toFixed(1)} GB a GPU${least.type === format.type ? '' : ` in ${least.type}`}, against ${gpuCount} × ${(ceilings.memoryBytes / 1e9).toFixed(0)} GB held`,
    });
  },
};

export const IDLE: readonly Piece[] = [release, smallerCard];
