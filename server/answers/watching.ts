import type { WatchTarget } from '../../core/contract/index.ts';
import type { Viewer } from '../store/index.ts';
import type { AnswerParts } from './parts.ts';

/** Null where a viewer may watch a job, a node or the overview live; else why not, in words for the page. */
export async function refusalOf({ store, nodes }: Pick<AnswerParts, 'store' | 'nodes'>, viewer: Viewer, target: WatchTarget): Promise<string | null> {
  if (target.kind === 'job' && (await store.jobs.get(viewer, target)) === null) return `job ${target.id} of cluster ${target.cluster} is not known here`;
  if (target.kind === 'node' && nodes.get(target.node) === undefined) return `node ${target.node} has sent nothing yet`;
  return null;
}
