/** Rows of one sweep over the GPUs of a node come within 60 ms of each other (and a little, since stamps are sums of fractions). */
const NEAR = 0.060001;
/** More GPUs than any node has: so many close rows are one GPU sampled fast. */
const MOST_GPUS = 64;
/** A lone sweep (nothing after it to compare with) has at most this many rows. */
const LONE_GPUS = 16;

/** Numbers rows that name no GPU. */
export interface SweepSplitter<T> {
  push(at: number, row: T): void;
  end(): void;
}

/**
 * Rows a few milliseconds apart, then a pause, are one sweep over several GPUs (§7.5.6): they get slots 0, 1, 2 …
 * in nvidia-smi's order. Until the first pause shows the period the rows are held back (at most 64).
 */
export function sweepSplitter<T>(emit: (slot: number, at: number, row: T) => void): SweepSplitter<T> {
  const held: { at: number; row: T }[] = [];
  let period: number | null = null; // null: not decided yet
  let last = Number.NaN;
  let slot = 0;

  const release = (many: boolean): void => {
    held.forEach(({ at, row }, index) => {
      slot = many ? index : 0;
      emit(slot, at, row);
    });
    held.length = 0;
  };

  return {
    push(at, row) {
      const gap = at - last;
      last = at;
      if (period !== null) {
        const near = gap >= 0 && gap <= NEAR && gap * 4 < period;
        slot = near && slot + 1 < MOST_GPUS ? slot + 1 : 0;
        emit(slot, at, row);
        return;
      }
      if (held.length > 0 && !(gap >= 0 && gap <= NEAR)) {
        const widest = widestGap(held);
        const pause = Math.abs(gap);
        release(held.length > 1 && pause > 4 * widest);
        period = pause;
        slot = 0;
        emit(slot, at, row);
        return;
      }
      held.push({ at, row });
      if (held.length > MOST_GPUS) {
        release(false);
        period = 0; // one GPU, sampled every few milliseconds
      }
    },
    end() {
      release(held.length <= LONE_GPUS);
    },
  };
}

function widestGap(rows: readonly { at: number }[]): number {
  let widest = 0;
  rows.forEach(({ at }, index) => {
    const before = rows[index - 1];
    if (before !== undefined) widest = Math.max(widest, at - before.at);
  });
  return widest;
}
