/** A progress line on standard error, redrawn in place; silent where nobody watches (not a terminal). */
export interface Progress {
  at(done: number, total: number, what: string): void;
  clear(): void;
}

const WIDTH = 30;
/** Redrawing more often than this only costs time. */
const EVERY_MS = 100;

export function progressOn(stream: NodeJS.WriteStream): Progress {
  let drawn = false;
  let last = Number.NEGATIVE_INFINITY;
  return {
    at(done, total, what) {
      const now = performance.now();
      if (!stream.isTTY || total <= 0 || now - last < EVERY_MS) return;
      last = now;
      drawn = true;
      const part = Math.min(1, done / total);
      const filled = Math.round(part * WIDTH);
      stream.write(`\r\u001b[K${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.round(part * 100)} %  ${what}`);
    },
    clear() {
      if (drawn) stream.write('\r\u001b[K');
      drawn = false;
    },
  };
}
