import { StoreError } from '../interface/index.ts';

interface Waiting<T, R> {
  readonly item: T;
  readonly size: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds, in whatever `size` counts: of all that waits, and of one group. */
export interface GroupBounds<T> {
  readonly size: (item: T) => number;
  readonly mostWaiting: number;
  readonly mostTogether: number;
}

/**
 * Puts what waits for the same turn into one request: one commit, one fsync, for many. `run` is given a function that
 * takes the group when the turn has come, and gives one result per item. Throws StoreError `busy` beyond the bound.
 */
export function grouped<T, R>(run: (take: () => T[]) => Promise<readonly R[]>, { size, mostWaiting, mostTogether }: GroupBounds<T>): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = [];
  let waitingSize = 0;

  const take = (): Waiting<T, R>[] => {
    let together = 0;
    let count = 0;
    for (const entry of waiting) {
      if (count > 0 && together + entry.size > mostTogether) break;
      together += entry.size;
      count += 1;
    }
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    waitingSize -= together;
    return group;
  };

  const flush = async (): Promise<void> => {
    let group: Waiting<T, R>[] = [];
    let taken = false;
    try {
      const results = await run(() => {
        taken = true;
        group = take();
        if (waiting.length > 0) void flush();
        return group.map(({ item }) => item);
      });
      group.forEach(({ resolve, reject }, index) => {
        const result = results[index];
        if (result === undefined) reject(new StoreError('failed', 'a group was answered for fewer than it held'));
        else resolve(result);
      });
    } catch (error) {
      // Refused before its turn: then all that waits is refused with it, for nothing else would fetch it.
      const refused = taken ? group : waiting;
      if (!taken) {
        waiting = [];
        waitingSize = 0;
      }
      for (const { reject } of refused) reject(error);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      const weight = size(item);
      if (waiting.length > 0 && waitingSize + weight > mostWaiting) {
        reject(new StoreError('busy', 'more waits for the disk than may: send it again in a moment'));
        return;
      }
      waiting.push({ item, size: weight, resolve, reject });
      waitingSize += weight;
      // Not at once: what has arrived beside it is read first, and goes along.
      if (waiting.length === 1) setImmediate(() => void flush());
    });
}
