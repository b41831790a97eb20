import { jobIndex, openSenders, type Senders } from '../../server/ownership/index.ts';

/** Senders where no job, card or node is known yet, with what a test changes. */
export function sendersWith(changes: Partial<Parameters<typeof openSenders>[0]> = {}): Senders {
  return openSenders({
    index: jobIndex(),
    placeOf: () => null,
    agents: { heard: () => undefined, lastOf: () => null },
    keyOf: (id) => ({ cluster: 'c', id }),
    mostJobs: { all: 100, perToken: 100 },
    log: { warn: () => undefined },
    now: () => 10_000,
    ...changes,
  });
}
export const someSenders: Senders = sendersWith();

/** The way in of one who may send everything. */
export const ANYBODY = someSenders.door({ kind: 'system' });
