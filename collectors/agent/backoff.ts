import { AGENT_BOUNDS } from '../bounds/index.ts';
import type { Backoff, Outcome } from './types.ts';

/** A receiver that says "in an hour" is asked again after this, seconds. */
const MOST_RETRY_AFTER = AGENT_BOUNDS.retryAfter;

/** The wait before attempt `n` (1, 2, 3 …), in seconds: doubled each time, at most `most`, and between half of it and all of it by chance, so that a cluster's agents do not come back together. */
export function waitFor(n: number, { first, most }: Backoff, chance: () => number = Math.random): number {
  return Math.min(most, first * 2 ** Math.min(n - 1, 30)) * (0.5 + chance() / 2);
}

/** The same where the receiver may have said when to come again: not before. */
export function waitAfter(n: number, { retryAfter }: Extract<Outcome, { kind: 'later' }>, backoff: Backoff): number {
  const wait = waitFor(n, backoff);
  return retryAfter === undefined ? wait : Math.max(wait, Math.min(retryAfter, MOST_RETRY_AFTER));
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
