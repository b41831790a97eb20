import { COLUMN } from './stats.ts';
import type { SpanView } from './bins.ts';
import { INACTIVE, MEMORY_STEP, MIN_DEMAND_SAMPLES, MIN_SAMPLES } from './thresholds.ts';

/** A stretch between two hard edges. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** No reading of the subject at all: a gap, judged by nobody. */
  readonly gap: boolean;
  /** Samples of one repetition where a pattern of short pieces was pooled into this one; 0 otherwise. */
  readonly period: number;
}

type State = 'gap' | 'off' | 'empty' | 'busy';
interface Run {
  readonly state: State;
  readonly from: number;
  readonly to: number;
}

/**
 * Edges that need no statistics (§7.6.3): demand comes or goes, the GPU starts or stops being busy for two samples, device
 * memory steps by a gigabyte. Runs shorter than that are the sampling's or two clocks' skew, and belong to what was before.
 * A pattern of them that repeats is one piece (§7.6.4): a periodic stall is one phase.
 */
export function hardPieces(view: SpanView, shortest: number): Piece[] {
  const runs = withMemorySteps(steady(bridged(runsOf(view), shortest), view), view);
  return pooled(runs, shortest);
}

function stateAt(view: SpanView, i: number): State {
  if (view.seen[i] !== 1) return 'gap';
  if (view.demand[i] === 0) return 'off';
  const busy = view.busy[i] ?? Number.NaN;
  return busy < INACTIVE ? 'empty' : 'busy';
}

function runsOf(view: SpanView): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let i = 0; i < view.bins; i += 1) {
    const state = stateAt(view, i);
    if (i + 1 < view.bins && stateAt(view, i + 1) === state) continue;
    runs.push({ state, from, to: i + 1 });
    from = i + 1;
  }
  return runs;
}

/** A gap shorter than the shortest segment is missing samples of what was before, not a pause: it stays inside, uncounted. */
function bridged(runs: readonly Run[], shortest: number): Run[] {
  const out: Run[] = [];
  for (const run of runs) {
    const last = out[out.length - 1];
    const small = run.state === 'gap' && run.to - run.from < shortest;
    if (last !== undefined && (small || last.state === run.state)) out[out.length - 1] = { ...last, to: run.to };
    else out.push(run);
  }
  return out;
}

/** Gives runs that are too short to the one before; the first to the one after, unless an engine says of it that it was without demand. */
function steady(runs: readonly Run[], view: SpanView): Run[] {
  const demandKnown = view.demand.some((one) => one >= 0);
  const least = demandKnown ? MIN_DEMAND_SAMPLES : MIN_SAMPLES;
  const out: Run[] = [];
  for (const run of runs) {
    const last = out[out.length - 1];
    const length = run.to - run.from;
    if (last === undefined) out.push(run);
    else if (last.state === run.state || (run.state !== 'gap' && last.state !== 'gap' && length < least)) out[out.length - 1] = { ...last, to: run.to };
    else if (out.length === 1 && last.state !== 'gap' && last.state !== 'off' && last.to - last.from < MIN_SAMPLES && run.state !== 'gap')
      out[0] = { ...run, from: last.from };
    else out.push(run);
  }
  return out;
}

/** Splits runs at steps of device memory: neighbouring steps make one ramp, which is a piece of its own. */
function withMemorySteps(runs: readonly Run[], view: SpanView): Run[] {
  const used = view.columns[COLUMN['gpu.memUsed']];
  if (used === null || used === undefined) return [...runs];
  return runs.flatMap((run) => {
    if (run.state === 'gap') return [run];
    const cuts = memoryCuts(used, run.from, run.to).filter((cut) => cut - run.from >= MIN_SAMPLES && run.to - cut >= MIN_SAMPLES);
    const edges = [run.from, ...cuts, run.to];
    return edges.slice(1).map((to, k) => ({ state: run.state, from: edges[k] ?? run.from, to }));
  });
}

/** Samples between two steps that still count as one ramp. */
const RAMP_GAP = 3;

/** Times the usual difference between neighbours that a step must be: allocations are exact, so usually that is 0. */
const CLEAR = 4;

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
  return Math.max(MEMORY_STEP, CLEAR * (moves[moves.length >> 1] ?? MEMORY_STEP));
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

/** Pieces of a repeating pattern: three times to and fro. */
const PATTERN_PIECES = 6;
/** The longer piece of a pattern is at most this many shortest segments: what lasts longer is a phase. */
const PATTERN_LONGEST = 3;

function pooled(runs: readonly Run[], shortest: number): Piece[] {
  const out: Piece[] = [];
  for (let k = 0; k < runs.length;) {
    const end = patternEnd(runs, k, shortest);
    const first = runs[k];
    const last = runs[end - 1];
    if (first === undefined || last === undefined) break;
    const many = end - k >= PATTERN_PIECES;
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

/** Where the alternation A B A B … that begins at k ends (exclusive): every second piece short, none long, none a gap. */
function patternEnd(runs: readonly Run[], k: number, shortest: number): number {
  let end = k;
  for (; end < runs.length; end += 1) {
    const run = runs[end];
    const before = runs[end - 1];
    const twoBefore = runs[end - 2];
    if (run === undefined || run.state === 'gap' || run.to - run.from >= PATTERN_LONGEST * shortest) break;
    if (end > k && before !== undefined && run.to - run.from >= shortest && before.to - before.from >= shortest) break;
    if (end > k + 1 && twoBefore !== undefined && twoBefore.state !== run.state) break;
  }
  return Math.max(end, k + 1);
}
