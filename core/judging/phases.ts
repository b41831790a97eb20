import type { Verdict } from '../contract/index.ts';
import { isSymmetric } from './activity.ts';
import { segmentsOf, shortestSegment, strideOf, type Segment, periodOfPattern } from './segments.ts';
import { type Lent, lentStats, mean, COLUMN, type JudgedMetric } from './stats.ts';
import type { SpanView } from './bins.ts';
import { tallyOf, type Tally, addTallies } from './tally.ts';
import { MIN_SAMPLES, SHARE_MOVE } from './thresholds.ts';

/** Half a span in strides: a span of 2 × 64 edge positions bounds the quadratic part of PELT whatever the run's length. */
const HALF_SPAN = 64;

/**
 * One subject's phases as its bins come in. A span of two halves is cut; edges in its first half are final and the rest is
 * looked at again with what comes after. What is final depends on the bins before it alone, not on when they came:
 * a growing run and the finished one have the same phases, and a push costs what its bins cost.
 */
export interface PhaseStream {
  /** Makes final what can be; returns the first bin still needed. */
  advance(end: number, view: (first: number, end: number) => SpanView, judge: (tally: Tally) => Verdict): number;
  /** All phases up to `end`, the open part cut as it stands. */
  phases(end: number, view: (first: number, end: number) => SpanView, judge: (tally: Tally) => Verdict): Judged[];
  /** Judges the final phases again, after something was learned about the run. */
  rejudge(judge: (tally: Tally) => Verdict): void;
  open(): number;
  /** The latest stretch as far as it is known: from the last edge found, at most RECENT samples, to `end`. Null without a sample; valid until the next call on any stream. */
  recent(end: number, view: (first: number, end: number) => SpanView): Tally | null;
}

/** Samples of the verdict on now: enough for a mean, few enough that a change shows at once. */
const RECENT = 32;
/** One set for every stream: `recent` is judged before the next is asked. */
const LENT: Lent = lentStats();

interface SoFar {
  promptTokens: number;
  generated: number;
  requests: number;
}

export function phaseStream(period: number, start: number): PhaseStream {
  const shortest = shortestSegment(period);
  const half = HALF_SPAN * strideOf(shortest);
  let list: Judged[] = [];
  let open = start;
  /** Whether `open` lies within a segment rather than at an edge. */
  let continues = false;
  let lastEdge = start;
  let soFar: SoFar = { promptTokens: 0, generated: 0, requests: 0 };

  return {
    advance(end, view, judge) {
      while (end - open >= 2 * half) {
        const span = view(open, open + 2 * half);
        const { segments, to, edge } = settled(segmentsOf(span), half, shortest);
        for (const segment of segments) {
          if (segment.gap) continue;
          const tally = counted(span, segment, soFar);
          soFar = tally.soFar;
          append(list, tally, judge, continues && segment.from === 0);
        }
        open += to;
        continues = !edge;
      }
      return open;
    },
    phases(end, view, judge) {
      const out = [...list];
      if (end <= open) return out;
      const span = view(open, end);
      lastEdge = open;
      let so = soFar;
      for (const segment of segmentsOf(span)) {
        if (segment.gap) continue;
        const tally = counted(span, segment, so);
        so = tally.soFar;
        lastEdge = open + segment.from;
        append(out, tally, judge, continues && segment.from === 0);
      }
      return out;
    },
    rejudge(judge) {
      const old = list;
      list = [];
      for (const { tally } of old) append(list, tally, judge);
    },
    open: () => open,
    recent(end, view) {
      const first = Math.max(lastEdge, open, end - RECENT);
      return end > first ? counted(view(first, end), { from: 0, to: end - first, gap: false }, soFar, LENT) : null;
    },
  };
}

/** The segments of a span's first half, and where the next span begins: at the last edge of that half, or in the middle of a long segment. */
function settled(segments: readonly Segment[], half: number, shortest: number): { segments: Segment[]; to: number; edge: boolean } {
  const edges = segments.map((segment) => segment.from);
  const last = edges.filter((edge) => edge > 0 && edge <= half).at(-1);
  // Not within a shortest segment before a coming edge: the next span could not see it.
  const soon = edges.some((edge) => edge > half && edge < half + shortest);
  const to = last ?? (soon ? half - shortest : half);
  return {
    segments: segments.filter((segment) => segment.from < to).map((segment) => ({ ...segment, to: Math.min(segment.to, to) })),
    to,
    edge: last !== undefined,
  };
}

function counted(view: SpanView, segment: Segment, before: SoFar, lent?: Lent): Tally {
  const tally = tallyOf(view, segment.from, segment.to, lent);
  const seconds = tally.on.bins * tally.period;
  const plus = (sum: number, rate: number) => (Number.isNaN(rate) ? sum : sum + rate * seconds);
  if (view.processes) tally.burstSeconds = burstSeconds(view, segment.from, segment.to);
  tally.soFar = {
    promptTokens: plus(before.promptTokens, mean(tally.on, 'engine.promptRate')),
    generated: plus(before.generated, mean(tally.on, 'engine.generationRate')),
    requests: plus(before.requests, mean(tally.on, 'engine.requests')),
  };
  return tally;
}

/** A stretch with its verdict while phases are being put together. */
export interface Judged {
  readonly tally: Tally;
  readonly verdict: Verdict;
}

const MOVING = ['compute', 'memory', 'network', 'transfer', 'storage', 'host', 'nvlink', 'busy'] as const;

/** Whether an edge between two neighbours is worth keeping: the verdict changes, or a share moves by a tenth. */
export function sameVerdict(a: Verdict, b: Verdict): boolean {
  if (a.bottleneck !== b.bottleneck || a.activity !== b.activity || a.tier !== b.tier) return false;
  return a.bottleneck === 'idle' || sameShares(a, b);
}

function sameShares(a: Verdict, b: Verdict): boolean {
  return MOVING.every((key) => moved(a.shares[key], b.shares[key]) < SHARE_MOVE);
}

/** Too short to say anything: it belongs to its neighbour. An engine without demand says something in one sample. */
function isTiny({ tally, verdict }: Judged): boolean {
  return tally.seen < MIN_SAMPLES && verdict.bottleneck !== 'idle';
}

/** A share measured on one side only has come or gone as a whole. */
function moved(a: number | null, b: number | null): number {
  if (a === null) return b ?? Number.NEGATIVE_INFINITY;
  return b === null ? a : Math.abs(a - b);
}

/**
 * Appends a segment to a run's phases, merging neighbours with one verdict. Changes the list. A segment that `continues` the
 * one before was cut off by the length of a span, not by an edge: only shares that moved part them.
 */
export function append(list: Judged[], tally: Tally, judge: (tally: Tally) => Verdict, continues = false): void {
  list.push({ tally, verdict: judge(tally) });
  for (let first = true; ; first = false) {
    const b = list[list.length - 1];
    const a = list[list.length - 2];
    if (a === undefined || b === undefined || a.tally.endBin !== b.tally.firstBin) return;
    const tiny = isTiny(a) || isTiny(b);
    const one = continues && first && sameShares(a.verdict, b.verdict);
    if (!tiny && !one && !sameVerdict(a.verdict, b.verdict)) return;
    const joined = addTallies(a.tally, b.tally);
    list.splice(list.length - 2, 2, { tally: joined, verdict: judge(joined) });
  }
}

/** A burst that is seen as one needs this many samples a period (§7.3): fewer are aliased. */
const LEAST_SAMPLES = 4;
/** Traffic under this is housekeeping: 100 MB/s, a hundredth of the slowest link that connects nodes of a training job. */
const LEAST_TRAFFIC = 1e8;

const LINKS: readonly (readonly [JudgedMetric, JudgedMetric])[] = [
  ['host.ibRxRate', 'host.ibTxRate'],
  ['gpu.nvlinkRx', 'gpu.nvlinkTx'],
  ['host.netRxRate', 'host.netTxRate'],
];

/** Seconds between symmetric bursts of link traffic, as the gradients of every step make them; 0 where there is no such pattern. */
export function burstSeconds(view: SpanView, from: number, to: number): number {
  for (const [receive, transmit] of LINKS) {
    const rx = view.columns[COLUMN[receive]]?.subarray(from, to);
    const tx = view.columns[COLUMN[transmit]]?.subarray(from, to);
    if (rx === undefined || tx === undefined) continue;
    const mean = (column: Float64Array) => column.reduce((sum, value) => (value === value ? sum + value : sum), 0) / column.length;
    if (mean(rx) < LEAST_TRAFFIC || !isSymmetric(mean(rx), mean(tx))) continue;
    const samples = periodOfPattern(rx);
    if (samples !== null && samples >= LEAST_SAMPLES) return samples * view.period;
  }
  return 0;
}
