import { workerData } from 'node:worker_threads';
import { serve } from '../../server/threads/index.ts';

/** A thread for the tests of threads: it counts, fails, ends, hangs and spins as it is told. */
export type OddHandlers = typeof handlers;

let asked = 0;
const handlers = {
  /** How often this very thread was asked. */
  count: async (_: null) => (asked += 1),
  fail: async (text: string): Promise<never> => {
    throw new RangeError(text);
  },
  end: async (code: number): Promise<void> => process.exit(code),
  hang: async (_: null) => new Promise<void>(() => undefined),
  spin: async (_: null): Promise<void> => {
    for (;;);
  },
};

const { unopened } = workerData as { unopened?: string }; // given by the tests
await serve(
  async () => {
    if (unopened !== undefined) throw new Error(unopened);
    return handlers;
  },
  (error) => (error instanceof RangeError ? 'range' : 'failed'),
);
