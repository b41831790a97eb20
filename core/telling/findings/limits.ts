/** The numbers that findings turn on, beside those of core/judging/thresholds.ts. Each with its reason; none fitted to a recording. */

/** A CUDA context takes some hundred megabytes: a GPU under this has none on it, whoever may see its processes. */
export const EMPTY_MEMORY = 100e6;
/** More than contexts and libraries take: a model, a cache or data are held. */
export const HELD_MEMORY = 1e9;

/** Uneven or alternating work counts from five minutes on: start-up and loading are uneven in every job. */
export const SUSTAINED_SECONDS = 300;

/** Samples under load before a link's state is judged: it takes a moment to leave its idle state. */
export const LOADED_SAMPLES = 10;

/**
 * A load is slow at ten times its floor (line rates, one reader: §1.6; one stream reaches a tenth of a line) and when it has
 * cost two minutes: a tenth of a second for a small model is nobody's loss.
 */
export const SLOW_LOAD = { factor: 10, seconds: 120 } as const;

/** A load is timed between these parts of its bytes: imports before it and compilation after it take no time of it. */
export const LOADED = { from: 0.05, to: 0.95, part: 0.9 } as const;
