import type { Finding, FindingId, Job } from '../../core/contract/index.ts';
import { jobName } from '../ownership/index.ts';
import type { JobKey } from '../store/index.ts';

/** Findings that say of a GPU, or of all GPUs of a job, that nobody used it meanwhile. */
const UNUSED: ReadonlySet<FindingId> = new Set(['idle', 'held-idle', 'no-process', 'unused-gpus', 'hung'] as const);

/** GPU-hours between two times (seconds UTC) on allocated GPUs that such findings name; a GPU counts once however many do. Null without any job. */
export function hoursLost(
  findings: readonly { key: JobKey; finding: Finding }[],
  jobs: ReadonlyMap<string, Job>,
  { from, to }: { readonly from: number; readonly to: number },
): number | null {
  if (jobs.size === 0) return null;
  const spans = new Map<string, [number, number][]>();
  for (const { key, finding } of findings) {
    const job = jobs.get(jobName(key));
    if (job === undefined || !UNUSED.has(finding.id)) continue;
    const start = Math.max(finding.from ?? job.start ?? to, from);
    const end = Math.min(finding.to ?? job.end ?? to, to);
    if (!(end > start)) continue;
    for (const gpu of gpusOf(job, finding)) spans.set(gpu, [...(spans.get(gpu) ?? []), [start, end]]);
  }
  let seconds = 0;
  for (const list of spans.values()) seconds += union(list);
  return seconds / 3_600;
}

function gpusOf(job: Job, { entity }: Finding): string[] {
  const all = job.gpus.length > 0 ? job.gpus.map((gpu) => gpu.uuid) : Array.from({ length: job.gpuCount }, (_, index) => `${jobName(job)}#${index}`);
  if (entity === null) return all;
  const id = entity.replace(/^gpu:/, '');
  const onNode = job.gpus.filter((gpu) => gpu.node === id).map((gpu) => gpu.uuid);
  return all.includes(id) ? [id] : onNode.length > 0 ? onNode : all;
}

/** Length of the union of stretches of time. */
function union(list: [number, number][]): number {
  let length = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [start, end] of [...list].sort(([a], [b]) => a - b)) {
    if (end <= reached) continue;
    length += end - Math.max(start, reached);
    reached = end;
  }
  return length;
}
