import type { Bins } from './bins.ts';
import { SLOW_CAUSES, slowedIn, slowTimeOf } from './slowed.ts';
import { COLUMN, type JudgedMetric } from './stats.ts';
import { CLEAR_STEP, INACTIVE, MEMORY_STEP, MIN_DEMAND_SAMPLES, MIN_SAMPLES, MOSTLY_SLOWED, SLOWED_SECONDS } from './thresholds.ts';

/** What lies between two hard edges, in bins from `from` to before `to`. */
export interface HardSegment {
  readonly from: number;
  readonly to: number;
  /** No reading of the subject at all: a gap, judged by nobody. */
  readonly gap: boolean;
  /** Samples of one repetition where a pattern of short segments was pooled into this one; 0 otherwise. */
  readonly period: number;
}

type State = 'gap' | 'off' | 'empty' | 'busy';
interface StateSegment {
  readonly state: State;
  readonly from: number;
  readonly to: number;
}

/**
 * Edges that need no statistics (§7.6.3): demand comes or goes, the GPU starts or stops being busy for two samples, device
 * memory steps by a gigabyte, heat or power brake slow the GPU down for a minute. Segments shorter than that are the sampling's or two clocks' skew, and belong to what was before.
 * A pattern of them that repeats is one segment (§7.6.4): a periodic stall is one phase.
 */
export function hardSegments(bins: Bins, shortest: number): HardSegment[] {
  const segments = withMemorySteps(steady(bridged(stateSegments(bins), shortest), bins), bins);
  return pooled(withSlowDowns(segments, bins, shortest), shortest);
}

function stateAt(bins: Bins, i: number): State {
  if (bins.seen[i] !== 1) return 'gap';
  if (bins.demand[i] === 0) return 'off';
  const busy = bins.busy[i] ?? Number.NaN;
  return busy < INACTIVE ? 'empty' : 'busy';
}

function stateSegments(bins: Bins): StateSegment[] {
  const segments: StateSegment[] = [];
  let from = 0;
  for (let i = 0; i < bins.length; i += 1) {
    const state = stateAt(bins, i);
    if (i + 1 < bins.length && stateAt(bins, i + 1) === state) continue;
    segments.push({ state, from, to: i + 1 });
    from = i + 1;
  }
  return segments;
}

/** A gap shorter than the shortest segment is missing samples of what was before, not a pause: it stays inside, uncounted. */
function bridged(segments: readonly StateSegment[], shortest: number): StateSegment[] {
  const out: StateSegment[] = [];
  for (const segment of segments) {
    const last = out[out.length - 1];
    const small = segment.state === 'gap' && segment.to - segment.from < shortest;
    if (last !== undefined && (small || last.state === segment.state)) out[out.length - 1] = { ...last, to: segment.to };
    else out.push(segment);
  }
  return out;
}

/** Gives segments that are too short to the one before; the first to the one after, unless an engine says of it that it was without demand. */
function steady(segments: readonly StateSegment[], bins: Bins): StateSegment[] {
  const demandKnown = bins.demand.some((one) => one >= 0);
  const least = demandKnown ? MIN_DEMAND_SAMPLES : MIN_SAMPLES;
  const out: StateSegment[] = [];
  for (const segment of segments) {
    const last = out[out.length - 1];
    const length = segment.to - segment.from;
    if (last === undefined) out.push(segment);
    else if (last.state === segment.state || (segment.state !== 'gap' && last.state !== 'gap' && length < least))
      out[out.length - 1] = { ...last, to: segment.to };
    else if (out.length === 1 && last.state !== 'gap' && last.state !== 'off' && last.to - last.from < MIN_SAMPLES && segment.state !== 'gap')
      out[0] = { ...segment, from: last.from };
    else out.push(segment);
  }
  return out;
}

/** Splits segments at steps of device memory: neighbouring steps make one ramp, which is a segment of its own. */
function withMemorySteps(segments: readonly StateSegment[], bins: Bins): StateSegment[] {
  const used = bins.columns[COLUMN['gpu.memUsed']];
  if (used === null || used === undefined) return [...segments];
  return segments.flatMap((segment) => {
    if (segment.state === 'gap') return [segment];
    const cuts = memoryCuts(used, segment.from, segment.to).filter((cut) => cut - segment.from >= MIN_SAMPLES && segment.to - cut >= MIN_SAMPLES);
    const edges = [segment.from, ...cuts, segment.to];
    return edges.slice(1).map((to, k) => ({ state: segment.state, from: edges[k] ?? segment.from, to }));
  });
}

/** Splits busy segments where a slow-down begins and ends: its shares, and those beside it, are its own. */
function withSlowDowns(segments: readonly StateSegment[], bins: Bins, shortest: number): StateSegment[] {
  const least = Math.max(shortest, Math.ceil(SLOWED_SECONDS / bins.period));
  const slow = slowBins(bins);
  if (slow === null) return [...segments];
  return segments.flatMap((segment) => {
    if (segment.state !== 'busy') return [segment];
    const cuts = slowCuts(slow, segment, least);
    const edges = [segment.from, ...cuts, segment.to];
    return edges.slice(1).map((to, k) => ({ state: segment.state, from: edges[k] ?? segment.from, to }));
  });
}

/** The bins in which a GPU that works is slowed down most of the time; null where none is. */
function slowBins(bins: Bins): Uint8Array | null {
  const column = (id: JudgedMetric) => bins.columns[COLUMN[id]];
  const busy = (bin: number) => bins.busy[bin] ?? Number.NaN;
  const whole = { from: 0, to: bins.length, samples: 1, busy, column };
  const causes = SLOW_CAUSES.filter((cause) => slowedIn(slowTimeOf(cause, whole)) !== null);
  if (causes.length === 0) return null;
  const out = new Uint8Array(bins.length);
  for (let bin = 0; bin < bins.length; bin += 1) {
    for (const cause of causes) {
      const { counted, counter, flagged } = slowTimeOf(cause, { ...whole, from: bin, to: bin + 1 });
      if ((counted > 0 ? counter : flagged) >= MOSTLY_SLOWED) out[bin] = 1;
    }
  }
  return out;
}

/** Where stretches of slow bins begin and end: pauses and stretches shorter than `least` are none, and an edge so near to the segment's own is that one. */
function slowCuts(slow: Uint8Array, { from, to }: StateSegment, least: number): number[] {
  const cuts: number[] = [];
  let start = -1;
  let last = -1;
  const close = () => {
    if (start < 0 || last + 1 - start < least) return;
    for (const cut of [start, last + 1]) if (cut - Math.max(from, cuts.at(-1) ?? from) >= least && to - cut >= least) cuts.push(cut);
  };
  for (let bin = from; bin < to; bin += 1) {
    if (slow[bin] !== 1) continue;
    if (start >= 0 && bin - last > least) {
      close();
      start = -1;
    }
    if (start < 0) start = bin;
    last = bin;
  }
  close();
  return cuts;
}

/** Samples between two steps that still count as one ramp. */
const RAMP_GAP = 3;

/** A gigabyte, or what stands out of a noisy series. */
function stepSize(used: Float64Array, from: number, to: number): number {
  const moves: number[] = [];
  let last = Number.NaN;
  for (let i = from; i < to; i += 1) {
    const value = used[i] ?? Number.NaN;
    if (value !== value) continue;
    if (last === last) moves.push(Math.abs(value - last));
    last = value;
  }
  moves.sort((a, b) => a - b);
  return Math.max(MEMORY_STEP, CLEAR_STEP * (moves[moves.length >> 1] ?? MEMORY_STEP));
}

function memoryCuts(used: Float64Array, from: number, to: number): number[] {
  const step = stepSize(used, from, to);
  const cuts: number[] = [];
  let last = Number.NaN;
  let rampStart = -1;
  let rampEnd = -1;
  const close = () => {
    if (rampStart < 0) return;
    cuts.push(rampStart);
    if (rampEnd > rampStart) cuts.push(rampEnd + 1);
  };
  for (let i = from; i < to; i += 1) {
    const value = used[i] ?? Number.NaN;
    if (value !== value) continue;
    if (Math.abs(value - last) > step) {
      if (rampStart >= 0 && i - rampEnd > RAMP_GAP) {
        close();
        rampStart = -1;
      }
      if (rampStart < 0) rampStart = i;
      rampEnd = i;
    }
    last = value;
  }
  close();
  return cuts.filter((cut, k) => k === 0 || cut - (cuts[k - 1] ?? cut) >= MIN_SAMPLES);
}

/** Segments of a repeating pattern: three times to and fro. */
const PATTERN_SEGMENTS = 6;
/** The longer segment of a pattern is at most this many shortest segments: what lasts longer is a phase. */
const PATTERN_LONGEST = 3;

function pooled(segments: readonly StateSegment[], shortest: number): HardSegment[] {
  const out: HardSegment[] = [];
  for (let k = 0; k < segments.length;) {
    const end = patternEnd(segments, k, shortest);
    const first = segments[k];
    const last = segments[end - 1];
    if (first === undefined || last === undefined) break;
    const many = end - k >= PATTERN_SEGMENTS;
    if (many) {
      out.push({ from: first.from, to: last.to, gap: false, period: Math.ceil((last.to - first.from) / (end - k)) * 2 });
      k = end;
    } else {
      out.push({ from: first.from, to: first.to, gap: first.state === 'gap', period: 0 });
      k += 1;
    }
  }
  return out;
}

/** Where the alternation A B A B … that begins at k ends (exclusive): every second segment short, none long, none a gap. */
function patternEnd(segments: readonly StateSegment[], k: number, shortest: number): number {
  let end = k;
  for (; end < segments.length; end += 1) {
    const segment = segments[end];
    const before = segments[end - 1];
    const twoBefore = segments[end - 2];
    if (segment === undefined || segment.state === 'gap' || segment.to - segment.from >= PATTERN_LONGEST * shortest) break;
    if (end > k && before !== undefined && segment.to - segment.from >= shortest && before.to - before.from >= shortest) break;
    if (end > k + 1 && twoBefore !== undefined && twoBefore.state !== segment.state) break;
  }
  return Math.max(end, k + 1);
}
