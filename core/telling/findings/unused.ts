import { IDLE_FINDING_SECONDS, IDLE_SAMPLES, isAtWork, type JudgedGpu, type JudgedRun, namesOf, ranKernels, samplesOf } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { formatAgainst, formatDuration, formatGpuHours } from '../../readings/index.ts';
import { finding, gpuName, listed } from './finding.ts';
import { meanOver } from './stretches.ts';

/** GPUs that did nothing in the whole run while others of the job worked for ten minutes and more. */
export function unusedGpus(judged: JudgedRun): JudgedGpu[] {
  const worked = judged.gpus.some((gpu) => workSeconds(gpu) >= IDLE_FINDING_SECONDS);
  return worked ? judged.gpus.filter((gpu) => neverUsed(gpu)) : [];
}

function neverUsed({ phases }: JudgedGpu): boolean {
  return samplesOf(phases) >= IDLE_SAMPLES && !phases.some(isAtWork);
}

function workSeconds({ phases }: JudgedGpu): number {
  return phases.filter(ranKernels).reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Unused GPUs one by one, so that each counts once in the hours lost; allocated ones that no tool showed are said apart. */
export function findUnused(judged: JudgedRun): Finding[] {
  const unused = unusedGpus(judged);
  const working = judged.gpus.length - unused.length;
  const idle = unused.map((gpu) => {
    const from = gpu.phases[0]?.from ?? judged.from;
    const to = gpu.phases[gpu.phases.length - 1]?.to ?? judged.to;
    const used = meanOver(gpu.phases, 'gpu.memUsed');
    return finding(
      judged,
      {
        id: 'unused-gpus',
        text:
          `${gpuName(gpu)} was not used once in ${formatDuration(to - from)} while ${working} of the job's ${judged.gpus.length} GPUs worked: ${formatGpuHours(1, to - from)}. ` +
          `Ask for ${working} ${working === 1 ? 'GPU' : 'GPUs'}, or have the program use all of them (device_map, torchrun --nproc-per-node, --tensor-parallel-size).`,
        evidence: [
          `unused: ${listed(unused.map(gpuName))}`,
          ...(Number.isNaN(used) ? [] : [`memory ${formatAgainst(used, meanOver(gpu.phases, 'gpu.memTotal'), 'bytes')}`]),
        ],
      },
      { entity: gpu.id, from, to },
    );
  });
  return [...idle, ...notShown(judged)];
}

/** Nothing is known of them, so no time is named: they are not counted as lost. */
function notShown(judged: JudgedRun): Finding[] {
  const { gpusAllocated } = judged.options;
  if (gpusAllocated === undefined || judged.gpus.length === 0) return [];
  const seen = new Set(judged.gpus.flatMap(namesOf));
  const missing = gpusAllocated.filter((id) => !seen.has(id));
  // None of them shown by its name: the tools printed other names for the same GPUs.
  if (missing.length === gpusAllocated.length) return [];
  return missing.map((id) => ({
    id: 'unused-gpus' as const,
    text: `${id} was allocated, but no tool has shown it: whether it works is not known. Is the agent (or the recording) on every node of the job?`,
    evidence: [`${judged.gpus.length} of ${gpusAllocated.length} allocated GPUs were seen`],
    entity: id,
    from: judged.to,
    to: judged.to,
  }));
}
