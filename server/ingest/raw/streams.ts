/** The raw streams that are open now, so that they can be counted, bounded and ended when the server stops. */
export interface Streams {
  /** Registers a stream of a caller; `stop` must make it end soon, after its last commit. Gives the function to call when it has ended; else which bound is met. */
  open(caller: string, stop: () => void): (() => void) | 'all' | 'caller';
  readonly count: number;
  /** Ends them all and waits until they have ended. */
  close(): Promise<void>;
}

/** At most so many streams at a time, of one token too. */
export function openStreams({ all, perToken }: { readonly all: number; readonly perToken: number }): Streams {
  const open = new Map<symbol, () => void>();
  const callers = new Map<string, number>();
  let closing = false;
  let drained: (() => void) | null = null;
  return {
    get count() {
      return open.size;
    },
    open(caller, stop) {
      if (closing || open.size >= all) return 'all';
      const own = callers.get(caller) ?? 0; // none is open
      if (own >= perToken) return 'caller';
      callers.set(caller, own + 1);
      const id = Symbol('stream');
      open.set(id, stop);
      return () => {
        if (!open.delete(id)) return;
        const left = (callers.get(caller) ?? 1) - 1;
        if (left > 0) callers.set(caller, left);
        else callers.delete(caller);
        if (open.size === 0) drained?.();
      };
    },
    async close() {
      closing = true;
      if (open.size === 0) return;
      const done = new Promise<void>((resolve) => {
        drained = resolve;
      });
      for (const stop of [...open.values()]) stop();
      await done;
    },
  };
}
