import { OWNERSHIP_BOUNDS } from '../settings/index.ts';
import { entityMap, type EntityRef, type Intake, nodeInName } from '../../core/readings/index.ts';

/** Things remembered at most; the oldest of the kind that has most are forgotten first. */
const MOST = OWNERSHIP_BOUNDS.whereabouts.value;

/** Where a thing was heard last; times in seconds UTC. */
export interface Whereabouts {
  readonly node: string;
  /** Its latest reading there. */
  readonly at: number;
  /** The latest reading of the node that had it before; null where none is known. */
  readonly since: number | null;
}

/** Where the things are whose names do not say it: GPUs, engines, and processes of a node that was not named. */
export interface PlacesOfThings {
  placeOf(entity: Pick<EntityRef, 'kind' | 'id'>): Whereabouts | null;
  /** Takes up what was stored. `heard` (seconds UTC): when, for what is said without a time. */
  take(intake: Pick<Intake, 'tables' | 'facts'>, heard: number): void;
  restore(entity: EntityRef, last: number): void;
}

/** Nothing heard yet. */
export function placesOfThings(): PlacesOfThings {
  const places = entityMap<Whereabouts>(MOST);
  const note = ({ kind, id, node }: EntityRef, at: number): void => {
    if (node === undefined || nodeInName({ kind, id }) !== null) return;
    const known = places.get({ kind, id });
    if (known === undefined) places.set({ kind, id }, { node, at, since: null });
    else if (at >= known.at) places.set({ kind, id }, known.node === node ? { ...known, at } : { node, at, since: known.at });
  };
  return {
    placeOf: (entity) => places.get(entity) ?? null,
    take({ tables, facts }, heard) {
      for (const { entity, t } of tables) {
        const newest = t[t.length - 1];
        if (newest !== undefined) note(entity, newest);
      }
      for (const { entity } of facts) if (places.get(entity) === undefined) note(entity, heard);
    },
    restore: note,
  };
}
