import { serve } from '../../server/threads/index.ts';

/** A store's thread that only says in which order it was asked, after `ms` milliseconds each. */
export type SlowHandlers = typeof handlers;

const handlers = {
  write: async ({ ms }: { name: string; ms: number }) => wait(ms),
  read: async ({ ms }: { name: string; ms: number }) => wait(ms),
  close: async (_: null) => undefined,
};

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await serve(
  async () => handlers,
  () => 'failed',
);
