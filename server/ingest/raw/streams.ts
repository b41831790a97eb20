/** The raw streams that are open now, so that they can be counted, bounded and ended when the server stops. */
export interface Streams {
  /** Registers a stream; `stop` must make it end soon, after its last commit. Gives the function to call when it has ended; null when full. */
  open(stop: () => void): (() => void) | null;
  readonly count: number;
  /** Ends them all and waits until they have ended. */
  close(): Promise<void>;
}

/** At most `most` streams at a time. */
export function openStreams(most: number): Streams {
  const open = new Map<symbol, () => void>();
  let closing = false;
  let drained: (() => void) | null = null;
  return {
    get count() {
      return open.size;
    },
    open(stop) {
      if (closing || open.size >= most) return null;
      const id = Symbol('stream');
      open.set(id, stop);
      return () => {
        open.delete(id);
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
