import type { Grid } from '../../../core/readings/index.ts';
import { limits } from './limits.ts';

/** How a range is answered: roll-ups for from ≤ t < rawFrom, raw readings from there on. */
export interface Plan {
  readonly grid: Grid;
  /** Seconds of the roll-up for the older part; null where raw readings serve it all. */
  readonly level: number | null;
}

/**
 * Buckets of a range, at most `points`. Where three buckets or more of a roll-up go into one, its edges are moved to the
 * roll-up's, so that means stay exact, and whole days that are rolled up need not be read raw.
 */
export function planRange({ from, to, points }: { from: number; to: number; points: number }): Plan {
  const width = (to - from) / points;
  const level = limits.rollups.filter((seconds) => width >= 3 * seconds).at(-1);
  if (level === undefined) return { grid: { start: from, width, count: points }, level: null };
  const start = Math.floor(from / level) * level;
  let wide = Math.ceil(width / level) * level;
  while (Math.ceil((to - start) / wide) > points) wide += level;
  return { grid: { start, width: wide, count: Math.ceil((to - start) / wide) }, level };
}
