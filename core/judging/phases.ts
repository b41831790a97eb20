import { markOf, type Verdict } from '../contract/index.ts';
import type { Bins } from './bins.ts';
import type { Judgement } from './judged-run.ts';
import { periodOfPattern, type Segment, segmentsOf, shortestSegment, strideOf } from './segments.ts';
import { COLUMN, type JudgedMetric, type Lent, lentStats, mean } from './stats.ts';
import { addTallies, type Tally, tallyOf } from './tally.ts';
import { BURSTS, MIN_SAMPLES, SHARE_MOVE, TIE } from './thresholds.ts';

/** Half a horizon in strides: a horizon of 2 × 64 edge positions bounds the quadratic part of PELT whatever the run's length. */
const HALF_HORIZON = 64;

/** What one subject's phases are made from, as far as it has come: bins before `end`, and the verdict on some of them added up. */
export interface PhaseSource {
  readonly end: number;
  bins(first: number, end: number): Bins;
  judge(tally: Tally): Judgement;
}

/**
 * One subject's phases as its bins come in. A horizon of two halves is cut; edges in its first half are final and the rest is
 * looked at again with what comes after. What is final depends on the bins before it alone, not on when they came:
 * a growing run and the finished one have the same phases, and a push costs what its bins cost.
 */
export interface PhaseStream {
  /** Makes final what can be; returns the first bin still needed. */
  advance(source: PhaseSource): number;
  /** All phases up to the source's end, the open part cut as it stands. */
  phases(source: PhaseSource): JudgedWindow[];
  /** Judges the final phases again, after something was learned about the run. */
  rejudge(source: PhaseSource): void;
  /** The latest window: from the last edge found, at most RECENT samples, to the end. Null without a sample; valid until the next call on any stream. */
  recent(source: PhaseSource): Tally | null;
}

/** Samples of the verdict on now: enough for a mean, few enough that a change shows at once. */
const RECENT = 32;
/** One set for every stream: `recent` is judged before the next is asked. */
const LENT: Lent = lentStats();

/** The phases of a subject whose first bin is `start`, none yet. */
export function phaseStream(period: number, start: number): PhaseStream {
  const shortest = shortestSegment(period);
  const half = HALF_HORIZON * strideOf(shortest);
  let list: JudgedWindow[] = [];
  let open = start;
  /** Whether `open` lies within a segment rather than at an edge. */
  let continues = false;
  let lastEdge = start;
  let soFar: Tally['soFar'] = { promptTokens: 0, generated: 0, requests: 0 };

  return {
    advance(source) {
      while (source.end - open >= 2 * half) {
        const bins = source.bins(open, open + 2 * half);
        const { segments, to, edge } = settled(segmentsOf(bins), half, shortest);
        for (const segment of segments) {
          if (segment.gap) continue;
          const tally = counted(bins, segment, soFar);
          soFar = tally.soFar;
          append(list, tally, source.judge, continues && segment.from === 0);
        }
        open += to;
        continues = !edge;
      }
      return open;
    },
    phases(source) {
      const out = [...list];
      if (source.end <= open) return out;
      const bins = source.bins(open, source.end);
      lastEdge = open;
      let so = soFar;
      for (const segment of segmentsOf(bins)) {
        if (segment.gap) continue;
        const tally = counted(bins, segment, so);
        so = tally.soFar;
        lastEdge = open + segment.from;
        append(out, tally, source.judge, continues && segment.from === 0);
      }
      return out;
    },
    rejudge(source) {
      const old = list;
      list = [];
      for (const { tally } of old) append(list, tally, source.judge);
    },
    recent({ end, bins }) {
      const first = Math.max(lastEdge, open, end - RECENT);
      return end > first ? counted(bins(first, end), { from: 0, to: end - first, gap: false }, soFar, LENT) : null;
    },
  };
}

/** The segments of a horizon's first half, and where the next horizon begins: at the last edge of that half, or in the middle of a long segment. */
function settled(segments: readonly Segment[], half: number, shortest: number): { segments: Segment[]; to: number; edge: boolean } {
  const edges = segments.map((segment) => segment.from);
  const last = edges.filter((edge) => edge > 0 && edge <= half).at(-1);
  // Not within a shortest segment before a coming edge: the next horizon could not see it.
  const soon = edges.some((edge) => edge > half && edge < half + shortest);
  const to = last ?? (soon ? half - shortest : half);
  return {
    segments: segments.filter((segment) => segment.from < to).map((segment) => ({ ...segment, to: Math.min(segment.to, to) })),
    to,
    edge: last !== undefined,
  };
}

/** What a segment adds up to, with the tokens per request of the run so far. */
function counted(bins: Bins, segment: Segment, before: Tally['soFar'], lent?: Lent): Tally {
  const tally = tallyOf(bins, segment.from, segment.to, lent);
  const seconds = tally.on.bins * tally.period;
  const plus = (sum: number, rate: number) => (Number.isNaN(rate) ? sum : sum + rate * seconds);
  if (bins.processes) tally.burstSeconds = burstSeconds(bins, segment.from, segment.to);
  tally.soFar = {
    promptTokens: plus(before.promptTokens, mean(tally.on, 'engine.promptRate')),
    generated: plus(before.generated, mean(tally.on, 'engine.generationRate')),
    requests: plus(before.requests, mean(tally.on, 'engine.requests')),
  };
  return tally;
}

/** A window with what was judged of it while phases are being put together. */
export interface JudgedWindow extends Judgement {
  readonly tally: Tally;
}

const MOVING = ['compute', 'memory', 'network', 'transfer', 'storage', 'host', 'nvlink', 'busy'] as const;

/** Whether an edge between two neighbours is worth keeping: the verdict changes, or a share moves by a tenth. */
function sameVerdict(a: Verdict, b: Verdict): boolean {
  if (a.bottleneck !== b.bottleneck || a.activity !== b.activity || a.tier !== b.tier || markOf(a) !== markOf(b)) return false;
  return a.bottleneck === 'idle' || sameShares(a, b);
}

function sameShares(a: Verdict, b: Verdict): boolean {
  return MOVING.every((key) => moved(a.shares[key], b.shares[key]) < SHARE_MOVE);
}

/** Too short to say anything: it belongs to its neighbour. An engine without demand says something in one sample. */
function isTiny({ tally, verdict }: JudgedWindow): boolean {
  return tally.seen < MIN_SAMPLES && verdict.bottleneck !== 'idle';
}

/** A share measured on one side only has come or gone as a whole. */
function moved(a: number | null, b: number | null): number {
  if (a === null) return b ?? Number.NEGATIVE_INFINITY;
  return b === null ? a : Math.abs(a - b);
}

/**
 * Appends a segment to a run's phases, merging neighbours with one verdict. Changes the list. A segment that `continues` the
 * one before was cut off by the length of a horizon, not by an edge: only shares that moved part them.
 */
function append(list: JudgedWindow[], tally: Tally, judge: PhaseSource['judge'], continues = false): void {
  list.push({ tally, ...judge(tally) });
  for (let first = true; ; first = false) {
    const b = list[list.length - 1];
    const a = list[list.length - 2];
    if (a === undefined || b === undefined || a.tally.endBin !== b.tally.firstBin) return;
    const tiny = isTiny(a) || isTiny(b);
    const one = continues && first && sameShares(a.verdict, b.verdict);
    if (!tiny && !one && !sameVerdict(a.verdict, b.verdict)) return;
    const joined = addTallies(a.tally, b.tally);
    list.splice(list.length - 2, 2, { tally: joined, ...judge(joined) });
  }
}

const LINKS: readonly (readonly [JudgedMetric, JudgedMetric])[] = [
  ['host.ibRxRate', 'host.ibTxRate'],
  ['gpu.nvlinkRx', 'gpu.nvlinkTx'],
  ['host.netRxRate', 'host.netTxRate'],
];

/** Seconds between symmetric bursts of link traffic, as the gradients of every step make them; 0 where there is no such pattern. */
function burstSeconds(bins: Bins, from: number, to: number): number {
  for (const [receive, transmit] of LINKS) {
    const rx = bins.columns[COLUMN[receive]]?.subarray(from, to);
    const tx = bins.columns[COLUMN[transmit]]?.subarray(from, to);
    if (rx === undefined || tx === undefined) continue;
    const mean = (column: Float64Array) => column.reduce((sum, value) => (value === value ? sum + value : sum), 0) / column.length;
    if (mean(rx) < BURSTS.traffic || !isSymmetric(mean(rx), mean(tx))) continue;
    const samples = periodOfPattern(rx);
    if (samples !== null && samples >= BURSTS.samples) return samples * bins.period;
  }
  return 0;
}

/** Symmetric enough for a collective: both directions within the tie factor. */
function isSymmetric(receive: number, transmit: number): boolean {
  return receive <= TIE * transmit && transmit <= TIE * receive && Math.max(receive, transmit) > 0;
}
