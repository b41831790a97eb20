/** Which batches of which sender are in the store: sequence numbers as ranges, since most senders count without holes. */
export interface Sources {
  /** True where this batch is there already. */
  has(source: string, seq: number): boolean;
  add(source: string, seq: number, heard: number): void;
  /** Takes up what the file says, as written by `changed`. */
  load(source: string, seqs: string, heard: number): void;
  /** Senders with news since the last `settled`. */
  changed(): { name: string; seqs: string; heard: number }[];
  settled(): void;
  /** Forgets senders not heard since; gives their number. */
  forget(before: number): number;
}

interface Known {
  /** Ends of disjoint ranges in ascending order: first, last, first, last … */
  ranges: number[];
  heard: number;
}

/** A sender with more holes than this has its oldest forgotten: repeating such a batch would store the same values again, in the same place. */
const mostRanges = 500;

/** No senders yet: the file fills it by `load`. */
export function newSources(): Sources {
  const known = new Map<string, Known>();
  const fresh = new Set<string>();
  return {
    has: (source, seq) => {
      const ranges = known.get(source)?.ranges;
      if (ranges === undefined) return false;
      return covers(ranges, seq);
    },
    add: (source, seq, heard) => {
      const entry = known.get(source) ?? { ranges: [], heard };
      known.set(source, { ranges: withNumber(entry.ranges, seq), heard: Math.max(entry.heard, heard) });
      fresh.add(source);
    },
    load: (source, seqs, heard) => {
      const ranges = seqs.split(',').flatMap((range) => range.split('-').map((text) => Number.parseInt(text, 10)));
      known.set(source, { ranges, heard });
    },
    changed: () =>
      [...fresh].flatMap((name) => {
        const entry = known.get(name);
        return entry === undefined ? [] : [{ name, seqs: textOf(entry.ranges), heard: entry.heard }];
      }),
    settled: () => {
      fresh.clear();
    },
    forget: (before) => {
      const old = [...known].filter(([, entry]) => entry.heard < before);
      for (const [name] of old) known.delete(name);
      return old.length;
    },
  };
}

function covers(ranges: readonly number[], seq: number): boolean {
  // From the end: senders count upwards.
  for (let index = ranges.length - 2; index >= 0; index -= 2) {
    const first = ranges[index] ?? Number.NaN;
    if (seq >= first) return seq <= (ranges[index + 1] ?? Number.NaN);
  }
  return false;
}

function withNumber(ranges: readonly number[], seq: number): number[] {
  const end = ranges[ranges.length - 1];
  if (end !== undefined && seq === end + 1) return [...ranges.slice(0, -1), seq];
  const out: number[] = [];
  let first = seq;
  let last = seq;
  let placed = false;
  for (let index = 0; index < ranges.length; index += 2) {
    const from = ranges[index] ?? Number.NaN;
    const to = ranges[index + 1] ?? Number.NaN;
    if (to + 1 < first) out.push(from, to);
    else if (from - 1 > last) {
      if (!placed) out.push(first, last);
      placed = true;
      out.push(from, to);
    } else {
      first = Math.min(first, from);
      last = Math.max(last, to);
    }
  }
  if (!placed) out.push(first, last);
  return out.length > 2 * mostRanges ? out.slice(out.length - 2 * mostRanges) : out;
}

function textOf(ranges: readonly number[]): string {
  const parts: string[] = [];
  for (let index = 0; index < ranges.length; index += 2) parts.push(`${ranges[index]}-${ranges[index + 1]}`);
  return parts.join(',');
}
