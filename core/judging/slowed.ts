import { exact, type JudgedMetric, known } from './stats.ts';
import { INACTIVE, THERMAL_FRACTION, THERMAL_SAMPLES } from './thresholds.ts';

/** How the modifier begins that says so. */
export const SLOWED_DOWN = 'thermal or brake slowdown';

/** What slows a GPU down that is never ordinary (§7.3), unlike a software power cap. */
export const SLOW_CAUSES = ['thermal', 'power-brake'] as const;
export type SlowCause = (typeof SLOW_CAUSES)[number];

/** What tells a cause: the driver's counter of time, else flags of a moment. */
const SIGNS = {
  thermal: { counter: 'gpu.capThermalTime', flags: ['gpu.capHwThermal', 'gpu.capSwThermal'] },
  'power-brake': { counter: 'gpu.capBrakeTime', flags: ['gpu.capBrake'] },
} as const satisfies Readonly<Record<SlowCause, { readonly counter: JudgedMetric; readonly flags: readonly JudgedMetric[] }>>;

/** Busy time of a stretch, and of it the time under one cause, all in samples. Neighbours add. */
export interface SlowTime {
  readonly busy: number;
  /** Busy time in which the driver's counter was there, and what it counted. */
  readonly counted: number;
  readonly counter: number;
  /** Busy time in which a flag was set. */
  readonly flagged: number;
}

/** Rows from ≤ i < to of a GPU, each so many samples long: a row may hold several. */
interface SlowRows {
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  /** How busy the GPU was in a row, 0–1, NaN where that is not known. */
  busy(row: number): number;
  column(id: JudgedMetric): Float64Array | null | undefined;
}

/** The time under a cause in some rows, and the first and last row that show it (NaN where none does). */
export function slowTimeOf(cause: SlowCause, { from, to, samples, busy, column }: SlowRows): SlowTime & { readonly first: number; readonly last: number } {
  const times = column(SIGNS[cause].counter) ?? null;
  const flags = SIGNS[cause].flags.map(column).filter((flag) => flag !== null && flag !== undefined);
  const sum = { busy: 0, counted: 0, counter: 0, flagged: 0, first: Number.NaN, last: Number.NaN };
  if (times === null && flags.length === 0) return sum;
  for (let row = from; row < to; row += 1) {
    if (!(busy(row) >= INACTIVE)) continue;
    sum.busy += samples;
    const time = times?.[row] ?? Number.NaN;
    let flag = 0;
    for (const one of flags) if ((one[row] ?? Number.NaN) > flag) flag = Math.min(1, one[row] ?? flag);
    if (known(time)) {
      sum.counted += samples;
      // A counter of time runs a little fast.
      sum.counter += Math.min(1, time) * samples;
    }
    sum.flagged += flag * samples;
    if (!((known(time) ? time : flag) > 0)) continue;
    if (!known(sum.first)) sum.first = row;
    sum.last = row;
  }
  return sum;
}

/** The times of two neighbours together. */
export function addSlowTimes(a: SlowTime, b: SlowTime): SlowTime {
  return { busy: a.busy + b.busy, counted: a.counted + b.counted, counter: a.counter + b.counter, flagged: a.flagged + b.flagged };
}

/** How much a stretch was slowed down. */
interface SlowedPart {
  /** Of its busy time, 0–1. */
  readonly part: number;
  readonly samples: number;
  readonly how: 'counter' | 'flag';
}

/**
 * Whether a stretch was slowed down (§7.3): by the counter where it is there, in more than 1 % of the busy time; else by flags in two
 * samples, however long it is, since a flag tells of a moment only. Null where it was not.
 */
export function slowedIn({ busy, counted, counter, flagged }: SlowTime): SlowedPart | null {
  const how = counted > 0 ? 'counter' : 'flag';
  const samples = how === 'counter' ? counter : flagged;
  const part = exact(samples / (how === 'counter' ? counted : busy));
  return (how === 'counter' ? part > THERMAL_FRACTION : Math.round(samples) >= THERMAL_SAMPLES) ? { part, samples, how } : null;
}
