/** A stretch in which a GPU had nothing to do; nanoseconds on the profile's clock. */
export interface Gap {
  readonly device: number | string;
  readonly from: number;
  readonly to: number;
}

/** The work of GPUs in order of its start, folded into busy time and gaps; nanoseconds. */
export interface Timeline {
  add(device: number | string, start: number, end: number): void;
  /** Nanoseconds of all devices together: from the first work of each to its last, and without any work between. */
  readonly span: number;
  readonly idle: number;
  readonly gaps: number;
  /** The largest gaps, longest first. */
  largest(): readonly Gap[];
}

/** Gaps whose cause is looked for. */
const KEPT = 20;
/** A gap shorter than this is the pace of launching, and none that anybody looks at one by one. Nanoseconds. */
const SHORTEST = 100_000;
/** GPUs of one profile. */
const MOST_DEVICES = 64;

/** Nothing seen yet. Work that starts before what was added last is taken as overlapping it. */
export function openTimeline(): Timeline {
  const devices = new Map<number | string, { first: number; until: number; idle: number }>();
  let kept: Gap[] = [];
  let gaps = 0;

  const keep = (gap: Gap): void => {
    gaps += 1;
    const least = kept[KEPT - 1];
    if (least !== undefined && gap.to - gap.from <= least.to - least.from) return;
    kept = [...kept, gap].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, KEPT);
  };

  return {
    add(device, start, end) {
      if (!(end >= start)) return;
      const known = devices.get(device);
      if (known === undefined) {
        if (devices.size < MOST_DEVICES) devices.set(device, { first: start, until: end, idle: 0 });
        return;
      }
      if (start > known.until) {
        known.idle += start - known.until;
        if (start - known.until >= SHORTEST) keep({ device, from: known.until, to: start });
      }
      known.until = Math.max(known.until, end);
    },
    get span() {
      return [...devices.values()].reduce((sum, { first, until }) => sum + until - first, 0);
    },
    get idle() {
      return [...devices.values()].reduce((sum, { idle }) => sum + idle, 0);
    },
    get gaps() {
      return gaps;
    },
    largest: () => kept,
  };
}
