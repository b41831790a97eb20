import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats while the store says "later" (StoreBusy): the sender waits meanwhile. Throws what else goes wrong, and "later" too once `stopping`. */
export async function retryWhileBusy<T>(append: () => Promise<T>, stopping: () => boolean): Promise<T> {
  for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await append();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'StoreBusy' || stopping()) throw error;
      await sleep(wait);
    }
  }
}
