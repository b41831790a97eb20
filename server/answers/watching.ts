import type { WatchTarget } from '../../core/contract/index.ts';
import type { Viewer } from '../auth/index.ts';
import { maySee, maySeeNode } from '../ownership/index.ts';
import type { AnswerParts } from './parts.ts';

/** Null where a viewer may watch a job, a node or the overview live; else why not, in words for the page. */
export async function refusalOf(
  { store, nodes, index, now }: Pick<AnswerParts, 'store' | 'nodes' | 'index' | 'now'>,
  viewer: Viewer,
  target: WatchTarget,
): Promise<string | null> {
  switch (target.kind) {
    case 'job':
      return maySee(viewer, target) && (await store.jobs.get(target)) !== null ? null : `job ${target.id} of cluster ${target.cluster} is not known here`;
    case 'node':
      return nodes.get(target.node) !== undefined && maySeeNode(viewer, index, { node: target.node, at: now() })
        ? null
        : `node ${target.node} has sent nothing yet`;
    case 'overview':
      return null;
  }
}
