/** The numbers that advice turns on, beside core/judging/thresholds.ts and the achievable fractions. Each with its reason; none fitted to a recording. */

/** Of its GPU an engine is told to take at most so much: CUDA graphs and what the driver allocates need the rest. */
export const MOST_MEMORY = 0.95;
/** A mean of running requests this near to the allowed number is at it: requests end and begin within a sample. */
export const AT_MAXIMUM = 0.95;
/** With a full cache a twentieth fewer requests than ran leave room for those that grow. */
export const FEWER_REQUESTS = 0.95;

/** A card that holds at least this part of another's memory takes its jobs: sizes of one kind differ by ECC and by GB or GiB. */
export const AS_LARGE = 0.8;
/** A card of less than this part of another's memory is a smaller one, by the same margins. */
export const SMALLER = 0.9;
/** A card is worth naming for its memory from half as much again: what it gains all goes to the cache. */
export const LARGER = 1.5;

/** Bits per weight from which half as many are worth advising: 8-bit formats take 8 to 9 with their scales, 4-bit ones up to 5. */
export const WIDE_WEIGHTS = 7;
/** Weights up to this part of a GPU's memory leave room for a cache as large as half of them, and for the workspace. */
export const ROOMY = 0.6;
/** What a second server on a GPU takes beside its weights: its workspace and as much cache. */
export const SECOND_SERVER_BYTES = 2e9;
/** A micro-batch is advised to grow at most so many times at once: activations grow with it, and not all of them are seen. */
export const MOST_LARGER_BATCH = 4;

/** Boards that join their GPUs hold four or eight: where nothing is known of the node, four. */
export const SMALL_BOARD = 4;

/** Draft tokens per cycle, their chance of being right, the draft's size as a part of the model's, and of the critical batch what the checked tokens may take. */
export const DRAFT = { tokens: 4, accepted: 0.7, size: 0.1, batch: 0.5 } as const;
