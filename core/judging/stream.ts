import type { Verdict } from '../contract/index.ts';
import { lentStats, tallyOf, type Lent, type SpanView, type Tally } from './tally.ts';
import { mean } from './stats.ts';
import { burstSeconds } from './bursts.ts';
import { append, type Judged } from './merge.ts';
import { segmentsOf, shortestSegment, strideOf, type Segment } from './segment.ts';

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
