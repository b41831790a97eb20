import { INACTIVE } from '../../core/judging/index.ts';
import { dayStart } from '../../core/knowledge/index.ts';
import type { FindingsReply, Overview } from '../../core/contract/index.ts';
import { jobName, maySee, maySeeEntity, maySeeNode, runsAt, visibleOwnersAt, visibleTo } from '../ownership/index.ts';
import { rowOf } from '../analysis/index.ts';
import { busyNow, isSilent, type KnownGpu, type KnownNode } from '../nodes/index.ts';
import type { AnswerParts } from './parts.ts';
import type { Viewer } from '../auth/index.ts';
import { hoursLost } from './hours-lost.ts';

/** A GPU below this busy fraction leaves most of itself unused; below INACTIVE it does nothing worth the name. */
const UNDERUSED = 0.4;
/** What finished lately, for a person who comes back the next morning: seconds and rows. */
const LATELY = 86_400;
const ROWS = 30;

/** The figures and rows of the first page. */
export async function overviewOf(parts: AnswerParts, viewer: Viewer): Promise<Overview> {
  const asked = parts.now();
  const midnight = dayStart(asked, parts.site.timeZone);
  const [findings, recent] = await Promise.all([
    parts.store.jobs.findings(midnight, visibleTo(viewer)),
    parts.store.jobs.active(Math.min(midnight, asked - LATELY), visibleTo(viewer)), // a day may have 25 hours
  ]);
  // Later than every row below: a page that names this time when it joins gets what changed afterwards, and nothing twice.
  const now = parts.now();
  const jobs = new Map(recent.map(({ job }) => [jobName(job), job]));
  const finished = recent
    .filter(({ job }) => job.end !== null && job.end <= now && job.end > asked - LATELY)
    .sort((a, b) => (b.job.end ?? now) - (a.job.end ?? now))
    .slice(0, ROWS);
  return {
    demo: parts.demo,
    now,
    gpus: gpuCounts(parts, viewer, now),
    nodes: [...parts.nodes.all()].filter(({ node }) => maySeeNode(viewer, parts.index, { node, at: now })).length,
    power: power(parts, viewer, now),
    gpuHoursLostToday: hoursLost(findings, jobs, { from: midnight, to: now }),
    running: parts.analyses.running().filter(({ job }) => maySee(viewer, job)),
    finished: finished.map(rowOf),
  };
}

function gpuCounts(parts: AnswerParts, viewer: Viewer, now: number): Overview['gpus'] {
  const counts = { known: 0, allocated: 0, busy: 0, underused: 0, idle: 0, silent: 0 };
  let measured = false;
  const seen = new Set<string>();
  for (const { gpu, node } of visibleGpus(parts, viewer, now)) {
    counts.known += 1;
    seen.add(gpu.uuid);
    if (visibleOwnersAt(viewer, parts.index, { entity: { kind: 'gpu', id: gpu.uuid, node: node.node }, at: now }).length === 0) continue;
    counts.allocated += 1;
    const busy = isSilent(gpu.latest.at, now) ? null : busyNow(gpu);
    if (busy === null) counts.silent += 1;
    else {
      measured = true;
      counts[busy < INACTIVE ? 'idle' : busy < UNDERUSED ? 'underused' : 'busy'] += 1;
    }
  }
  // GPUs that a job lists and no source has ever shown: allocated, and silent.
  for (const job of parts.index.all()) {
    if (!runsAt(job, now) || !maySee(viewer, job)) continue;
    for (const { uuid } of job.gpus) {
      if (seen.has(uuid)) continue;
      seen.add(uuid);
      counts.known += 1;
      counts.allocated += 1;
      counts.silent += 1;
    }
  }
  return measured ? counts : { ...counts, busy: null, underused: null, idle: null };
}

/** Watts of all GPUs that say so; null where none does. */
function power(parts: AnswerParts, viewer: Viewer, now: number): number | null {
  let sum: number | null = null;
  for (const { gpu } of visibleGpus(parts, viewer, now)) {
    const watts = gpu.latest.get('gpu.power');
    if (watts !== undefined && !isSilent(gpu.latest.at, now)) sum = sum === null ? watts : sum + watts;
  }
  return sum;
}

/** The GPUs that a viewer may see now, with their nodes. */
function* visibleGpus({ nodes, index }: AnswerParts, viewer: Viewer, now: number): Iterable<{ gpu: KnownGpu; node: KnownNode }> {
  for (const node of nodes.all()) {
    for (const gpu of node.gpus.values()) {
      if (maySeeEntity(viewer, index, { entity: { kind: 'gpu', id: gpu.uuid, node: node.node }, at: now })) yield { gpu, node };
    }
  }
}

/** Findings that were true at or after a time, seconds UTC; of the last day where nobody says. */
export async function findingsOf(parts: AnswerParts, viewer: Viewer, query: { readonly since?: number | undefined }): Promise<FindingsReply> {
  const found = await parts.store.jobs.findings(query.since ?? parts.now() - LATELY, visibleTo(viewer));
  return { findings: found.map(({ key, finding }) => ({ ...key, finding })) };
}
