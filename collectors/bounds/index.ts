/** How much of one text is looked at, characters: beyond it a line costs itself, and a cell or word is cut. */
export const TEXT_BOUNDS = { line: 256 * 1024, word: 4096, cell: 4096, rejected: 1000, head: 64 * 1024 } as const;

/** What an agent holds, asks for and waits for: batches, bytes, seconds. */
export const AGENT_BOUNDS = {
  /** Batches in memory where there is no disk to put them. */
  batches: 100,
  /** MiB of the spool, where nobody says otherwise. */
  spool: 64,
  /** Readings, events and facts that wait for the next batch. */
  readings: 20_000,
  events: 500,
  facts: 5000,
  /** Seconds that a source has for one sample, and one delivery for its reply. */
  source: 5,
  delivery: 15,
  /** Seconds after which a receiver that says "later" is asked again at the latest. */
  retryAfter: 300,
  /** Bytes of a reply that are read, and of a page of metrics. */
  reply: 1_000_000,
  page: 16 * 1024 * 1024,
} as const;
