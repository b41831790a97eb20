import { STORE_BOUNDS } from '../../settings/index.ts';

/** Sizes that shape the series file. Changing one changes no format: chunks of any size are read. */
export const limits = {
  /** An entity's open readings become a chunk at this many rows … */
  sealRows: 1024,
  /** … or when the oldest of them is in the store for this long, in seconds: a restart reads that much again. */
  sealAge: 3600,
  /** An entity whose readings could not be sealed is tried again after this long, in seconds. */
  sealRetry: 600,
  /** Open readings of all entities together in memory, and write-ahead rows on disk, in bytes: beyond it the oldest are sealed at once. */
  openBytes: STORE_BOUNDS.open.value,
  /** Small chunks are merged into chunks of this many rows. */
  chunkRows: 4096,
  /** A chunk below this many rows is small. */
  smallRows: 2048,
  /** Small chunks of one entity are merged when they fill a chunk together, or when there are this many. */
  smallChunks: 24,
  /** Decoded columns of sealed chunks that are kept in memory, in bytes: a day of a hundred GPUs' charts. */
  decodedBytes: STORE_BOUNDS.decoded.value,
  /** Values that one step of upkeep handles, so that no append waits longer than a tenth of a second or so. */
  stepValues: 200_000,
  /** Seconds per bucket of the roll-ups, fine to coarse. Each divides the next, and a day. */
  rollups: [60, 300],
  /** Roll-ups of a day are made this long after its end (seconds), when late readings have come. */
  rollupDelay: 3600,
  /** A sender that is silent for this long is forgotten, with its sequence numbers (seconds). */
  sourceMemory: 30 * 86_400,
  /** Rates over a longer silence are absent (seconds); the default of core/readings/rates.ts. */
  rateGap: 600,
} as const;

export const DAY = 86_400;
