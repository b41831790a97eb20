import type { Backoff } from './types.ts';

/** The wait before attempt `n` (1, 2, 3 …), in seconds: doubled each time, at most `most`, and between half of it and all of it by chance, so that a cluster's agents do not come back together. */
export function waitFor(n: number, { first, most }: Backoff, chance: () => number = Math.random): number {
  return Math.min(most, first * 2 ** Math.min(n - 1, 30)) * (0.5 + chance() / 2);
}

/** Waits, or until the signal says that nobody does any more. */
export function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    signal.addEventListener('abort', done);
  });
}
