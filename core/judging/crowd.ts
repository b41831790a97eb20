import type { Verdict } from '../contract/index.ts';
import type { EntityKind } from '../readings/index.ts';
import type { RunEntity } from './entity.ts';

/** How many entities of each kind are judged of one run. */
export type MostJudged = Readonly<Record<EntityKind, number>>;

const NAMES = { gpu: 'GPUs', host: 'nodes', engine: 'engines', process: 'processes' } as const satisfies Record<EntityKind, string>;

/**
 * The entities of a kind, those first that count where not all can be judged: what has readings before what is only spoken of; then of
 * processes, which come and go, those heard last, and of the others those that came first, so that the same ones are judged each time.
 */
export function ranking(entities: readonly RunEntity[], kind: EntityKind): RunEntity[] {
  const heard = (one: RunEntity) => (Number.isFinite(one.to()) ? (kind === 'process' ? one.to() : 0) : Number.NEGATIVE_INFINITY);
  return [...entities].sort((a, b) => (heard(a) === heard(b) ? 0 : heard(b) > heard(a) ? 1 : -1));
}

/** The verdict with what was left out of it. */
export function withCrowd(verdict: Verdict, crowded: ReadonlySet<EntityKind>, most: MostJudged | null): Verdict {
  if (crowded.size === 0 || most === null) return verdict;
  const left = [...crowded].map((kind) => `further ${NAMES[kind]}: while a job runs ${most[kind]} of them are judged, and it has more`);
  return { ...verdict, missing: [...verdict.missing, ...left] };
}
