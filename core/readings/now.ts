/** What “now” means on every figure of a page and of an analysis: the mean over the last five minutes of the time shown, seconds. */
export const NOW_SECONDS = 300;

/** Whether an instant is within the last five minutes before `to`. */
export function isNow(at: number, to: number): boolean {
  return at > to - NOW_SECONDS;
}

/** The mean of a line's values now, up to `to`, each by its weight (1 where none is given); null where it has none as young as that. */
export function meanNow({ t, y }: { readonly t: ArrayLike<number>; readonly y: ArrayLike<number> }, to: number, weights?: ArrayLike<number>): number | null {
  let sum = 0;
  let count = 0;
  for (let index = y.length - 1; index >= 0 && isNow(t[index] ?? Number.NEGATIVE_INFINITY, to); index -= 1) {
    const value = y[index];
    if (value === undefined || Number.isNaN(value)) continue;
    const weight = weights?.[index] ?? 1;
    sum += value * weight;
    count += weight;
  }
  return count === 0 ? null : sum / count;
}
