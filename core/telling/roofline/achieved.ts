import { busyOf, rowWidth } from '../../readings/index.ts';
import { INACTIVE, type JudgedGpu, PIPE_IDS, pipeMath } from '../../judging/index.ts';
import type { MathType } from '../../knowledge/index.ts';

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

/**
 * FLOP/s and bytes/s by DCGM: active time of the pipe that does most × its peak × clock ÷ boost, and of DRAM × bandwidth (§2.3).
 * One pipe, as the verdict's figure is one's. The time is a fraction at the actual clock, so only FLOP/s need it. Empty without a
 * known card, DRAM and a pipe.
 */
export function fromCounters({ series, ceilings }: JudgedGpu, math: MathType, period: number): Achieved[] {
  const dram = series.columns.get('gpu.dramActive');
  if (ceilings === null || dram === undefined) return [];
  const pipes = PIPE_IDS.flatMap((id) => {
    const column = series.columns.get(id);
    const multiplied = pipeMath(id, math, ceilings.gpu);
    const peak = multiplied === null ? null : ceilings.peaks[multiplied];
    return column === undefined || peak === null ? [] : [{ column, peak }];
  });
  const clock = series.columns.get('gpu.smClock');
  const busy = busyOf(series);
  const width = rowWidth(series.t, period);
  const out: Achieved[] = [];
  series.t.forEach((at, row) => {
    const active = dram[row] ?? Number.NaN;
    const measured = pipes.map(({ column, peak }) => (column[row] ?? Number.NaN) * peak).filter((flops) => !Number.isNaN(flops));
    if (Number.isNaN(active) || measured.length === 0 || busy(row) < INACTIVE) return;
    const hertz = clock?.[row] ?? Number.NaN;
    const part = hertz > 0 ? Math.min(1, hertz / ceilings.boostClock) : 1;
    out.push({ at, to: at + width, flops: part * Math.max(...measured), bytes: active * ceilings.bandwidth });
  });
  return out;
}
