import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../http/index.ts';
import { STREAM_BOUNDS } from '../settings/index.ts';

/** A refusal that asks for more time than this, seconds, is its sender's to wait out. */
const PATIENCE = STREAM_BOUNDS.wait.value;

/**
 * Repeats while the answer is "later" (StoreBusy, or a limit with a Retry-After that is soon over): the sender waits meanwhile, and `told`
 * hears of a limit once. Throws what else goes wrong, and "later" too once `stopping`.
 */
export async function retryWhileBusy<T>(append: () => Promise<T>, stopping: () => boolean, told: (limit: Problem) => void = () => undefined): Promise<T> {
  let silent = true;
  for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await append();
    } catch (error) {
      if (!isLater(error) || stopping()) throw error;
      if (error instanceof Problem && silent) {
        silent = false;
        told(error);
      }
      await sleep(wait);
    }
  }
}

function isLater(error: unknown): boolean {
  if (error instanceof Problem) return error.retryAfter !== null && error.retryAfter <= PATIENCE;
  return error instanceof Error && error.name === 'StoreBusy';
}
