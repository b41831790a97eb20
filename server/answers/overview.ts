import { dayStart } from '../../core/knowledge/index.ts';
import type { FindingsReply, Overview } from '../../core/contract/index.ts';
import { jobName, runsAt } from '../ownership/index.ts';
import { rowOf } from '../analysis/index.ts';
import { busyOf, isSilent } from '../nodes/index.ts';
import type { AnswerParts } from './parts.ts';
import type { Viewer } from '../store/index.ts';
import { hoursLost } from './hours-lost.ts';

/** A GPU below this busy fraction does nothing worth the name; below the second it leaves most of itself unused. */
const IDLE = 0.05;
const UNDERUSED = 0.4;
/** What finished lately, for a person who comes back the next morning: seconds and rows. */
const LATELY = 86_400;
const ROWS = 30;

/** The figures and rows of the first page. */
export async function overviewOf(parts: AnswerParts, viewer: Viewer): Promise<Overview> {
  const asked = parts.now();
  const midnight = dayStart(asked, parts.site.timeZone);
  const [findings, recent] = await Promise.all([
    parts.store.jobs.findings(viewer, { since: midnight }),
    parts.store.jobs.active(viewer, Math.min(midnight, asked - LATELY)), // a day may have 25 hours
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
    gpus: gpuCounts(parts, now),
    nodes: [...parts.nodes.all()].length,
    power: power(parts, now),
    gpuHoursLostToday: hoursLost(findings, jobs, midnight, now),
    running: parts.analyses.running(),
    finished: finished.map(rowOf),
  };
}

function gpuCounts(parts: AnswerParts, now: number): Overview['gpus'] {
  const counts = { known: 0, allocated: 0, busy: 0, underused: 0, idle: 0, silent: 0 };
  let measured = false;
  const seen = new Set<string>();
  for (const node of parts.nodes.all()) {
    for (const gpu of node.gpus.values()) {
      counts.known += 1;
      seen.add(gpu.uuid);
      if (parts.index.ownersAt({ kind: 'gpu', id: gpu.uuid, node: node.node }, now).length === 0) continue;
      counts.allocated += 1;
      const busy = isSilent(gpu.at, now) ? null : busyOf(gpu);
      if (busy === null) counts.silent += 1;
      else {
        measured = true;
        counts[busy < IDLE ? 'idle' : busy < UNDERUSED ? 'underused' : 'busy'] += 1;
      }
    }
  }
  // GPUs that a job lists and no source has ever shown: allocated, and silent.
  for (const job of parts.index.all()) {
    if (!runsAt(job, now)) continue;
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
function power(parts: AnswerParts, now: number): number | null {
  let sum: number | null = null;
  for (const node of parts.nodes.all()) {
    for (const gpu of node.gpus.values()) {
      const watts = gpu.latest.get('gpu.power');
      if (watts !== undefined && !isSilent(gpu.at, now)) sum = sum === null ? watts : sum + watts;
    }
  }
  return sum;
}

/** Findings that were true at or after a time, seconds UTC; of the last day where nobody says. */
export async function findingsOf(parts: AnswerParts, viewer: Viewer, query: { readonly since?: number | undefined }): Promise<FindingsReply> {
  const found = await parts.store.jobs.findings(viewer, { since: query.since ?? parts.now() - LATELY });
  return { findings: found.map(({ key, finding }) => ({ ...key, finding })) };
}
