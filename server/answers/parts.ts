import type { Site } from '../../core/knowledge/index.ts';
import type { Analyses } from '../analysis/index.ts';
import type { NodeRegistry } from '../nodes/index.ts';
import type { JobIndex } from '../ownership/index.ts';
import type { Store } from '../store/index.ts';

/** What answers are made from. */
export interface AnswerParts {
  readonly store: Pick<Store, 'jobs' | 'series' | 'facts'>;
  readonly index: JobIndex;
  readonly nodes: NodeRegistry;
  readonly analyses: Pick<Analyses, 'current' | 'row' | 'running' | 'changedSince' | 'watched'>;
  readonly site: Pick<Site, 'timeZone'>;
  readonly demo: boolean;
  /** Seconds UTC. */
  readonly now: () => number;
}
