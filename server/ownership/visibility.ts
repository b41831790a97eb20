import type { Viewer } from '../auth/index.ts';
import type { EntityRef } from '../../core/readings/index.ts';
import type { Job } from '../../core/contract/index.ts';
import type { Among, JobKey } from '../store/index.ts';
import { jobName, type JobIndex } from './job-index.ts';
import { type Span, spansOf } from './spans.ts';

/** The circle of those who see everything. */
export const EVERYTHING = 'everything';

/** The circles that a viewer is in; those of one circle see the same. Users and projects will be circles of their own. */
export function circlesOf(viewer: Viewer): readonly string[] {
  switch (viewer.kind) {
    case 'system':
    case 'local':
      return [EVERYTHING];
    case 'job':
      return [jobName(viewer)];
  }
}

/** The circles that see a job. */
export function circlesThatSee(job: JobKey): readonly string[] {
  return [EVERYTHING, jobName(job)];
}

/** Which jobs lists for this viewer may hold, as the store takes it: null for all. */
export function visibleTo(viewer: Viewer): Among {
  return viewer.kind === 'job' ? { cluster: viewer.cluster, id: viewer.id } : null;
}

/** True where nothing is hidden from a viewer, readings of no job included. */
export function seesEverything(viewer: Viewer): boolean {
  return circlesOf(viewer).includes(EVERYTHING);
}

/** True where a viewer may see a job with all that is its own. */
export function maySee(viewer: Viewer, job: JobKey): boolean {
  const circles = circlesThatSee(job);
  return circlesOf(viewer).some((circle) => circles.includes(circle));
}

/** Those owners of an entity's readings at one instant (seconds UTC) that a viewer may see. */
export function visibleOwnersAt(viewer: Viewer, index: JobIndex, { entity, at }: { entity: EntityRef; at: number }): readonly Job[] {
  const owners = index.ownersAt(entity, at);
  return seesEverything(viewer) ? owners : owners.filter((job) => maySee(viewer, job));
}

/** True where a viewer may see what an entity reads at one instant (seconds UTC). */
export function maySeeEntity(viewer: Viewer, index: JobIndex, what: { entity: EntityRef; at: number }): boolean {
  return seesEverything(viewer) || visibleOwnersAt(viewer, index, what).length > 0;
}

/** The spans within a time in which a viewer may see what an entity reads. */
export function visibleSpans(viewer: Viewer, index: JobIndex, { entity, from, to }: Span & { readonly entity: EntityRef }): Span[] {
  return seesEverything(viewer) ? [{ from, to }] : spansOf(index, entity, { from, to, wanted: (job) => maySee(viewer, job) });
}

/** True where a viewer may see a node at one instant (seconds UTC): while a job that it may see runs there. */
export function maySeeNode(viewer: Viewer, index: JobIndex, { node, at }: { node: string; at: number }): boolean {
  return maySeeEntity(viewer, index, { entity: { kind: 'host', id: node, node }, at });
}
