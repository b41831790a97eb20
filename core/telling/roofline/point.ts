/** What one GPU achieved over a window, per second: a point before it is drawn. */
export interface Achieved {
  readonly at: number;
  readonly to: number;
  readonly flops: number;
  readonly bytes: number;
}

/** Means of neighbouring windows, so that at most `most` are left; a window stays within one phase. */
export function thinned(windows: readonly Achieved[], most: number, phaseAt: (at: number) => number): Achieved[] {
  const every = Math.max(1, Math.ceil(windows.length / most));
  const out: Achieved[] = [];
  let group: Achieved[] = [];
  const close = () => {
    const [first] = group;
    const last = group[group.length - 1];
    if (first === undefined || last === undefined) return;
    const mean = (value: (one: Achieved) => number) => group.reduce((sum, one) => sum + value(one), 0) / group.length;
    out.push({ at: first.at, to: last.to, flops: mean(({ flops }) => flops), bytes: mean(({ bytes }) => bytes) });
    group = [];
  };
  for (const window of windows) {
    const [first] = group;
    if (group.length >= every || (first !== undefined && phaseAt(first.at) !== phaseAt(window.at))) close();
    group.push(window);
  }
  close();
  return out;
}
