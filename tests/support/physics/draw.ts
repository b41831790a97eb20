/** Repeatable draws from one seed. */
export interface Draw {
  /** Evenly in low–high. */
  between(low: number, high: number): number;
  /** Evenly in the logarithm, low–high. */
  across(low: number, high: number): number;
  /** A value that is off by at most a part of itself, either way. */
  near(value: number, part: number): number;
  chance(part: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** Draws for a seed: neighbouring seeds have nothing in common (a hash of the seed, then mulberry32). */
export function drawOf(seed: number): Draw {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + (high - low) * next();
  return {
    between,
    across: (low, high) => low * (high / low) ** next(),
    near: (value, part) => value * between(1 - part, 1 + part),
    chance: (part) => next() < part,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
  };
}
