/** Counts the sweeps of a text without time: a new one begins when an entity comes again, or where the caller says so. */
export interface SweepCounter {
  /** The number (0, 1, 2 …) of the sweep to which this row of `id` belongs; null where a text with dates allows no rows without. */
  of(id: string): number | null;
  /** The next row begins a new sweep, if this one has any row. */
  next(): void;
}

/** No sweep has more rows: memory stays bounded where nothing ever comes again. */
const MOST_ROWS = 10_000;

/** Begins at sweep 0. */
export function sweepCounter(): SweepCounter {
  let sweep = 0;
  const seen = new Set<string>();
  const next = (): void => {
    if (seen.size > 0) sweep += 1;
    seen.clear();
  };
  return {
    of(id) {
      if (seen.has(id) || seen.size >= MOST_ROWS) next();
      seen.add(id);
      return sweep;
    },
    next,
  };
}
