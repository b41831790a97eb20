export interface Deadline {
  readonly signal: AbortSignal;
  /** The work is done: lets go of the timer and of the outer signal. */
  done(): void;
}

/**
 * A signal that comes after `seconds`, or with the outer one. By hand: in Node 20 AbortSignal.any keeps something of every signal that
 * was ever made from a long-lived one, and an agent makes one for every page and batch, for weeks.
 */
export function deadline(seconds: number, outer: AbortSignal): Deadline {
  const own = new AbortController();
  const abort = (): void => own.abort();
  const timer = setTimeout(abort, seconds * 1000);
  outer.addEventListener('abort', abort);
  if (outer.aborted) abort();
  return {
    signal: own.signal,
    done() {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
}
