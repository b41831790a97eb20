import type { SpanView } from './tally.ts';
import { MIN_SEGMENT_SAMPLES, MIN_SEGMENT_SECONDS } from './thresholds.ts';
import { hardPieces, type Piece } from './edges.ts';
import { featuresOf } from './features.ts';
import { pelt } from './pelt.ts';
import { periodOfPattern } from './periodic.ts';

/** The shortest segment that statistics may find, in bins: ten samples and thirty seconds. */
export function shortestSegment(period: number): number {
  return Math.max(MIN_SEGMENT_SAMPLES, Math.ceil(MIN_SEGMENT_SECONDS / period));
}

/** Edges are sought at a fifth of the shortest segment and placed exactly afterwards: a 25th of the cost. */
export function strideOf(shortest: number): number {
  return Math.max(1, Math.floor(shortest / 5));
}

/** A segment of a span, in bins from its start. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly gap: boolean;
}

/** Cuts a span into segments: hard edges first, then PELT between them. */
export function segmentsOf(view: SpanView): Segment[] {
  const shortest = shortestSegment(view.period);
  return hardPieces(view, shortest).flatMap((piece) => (piece.gap ? [piece] : statistical(view, piece, shortest)));
}

function statistical(view: SpanView, piece: Piece, shortest: number): Segment[] {
  const length = piece.to - piece.from;
  if (length < 2 * shortest) return [{ from: piece.from, to: piece.to, gap: false }];
  const pattern = Math.max(piece.period, periodOfPattern(view.busy.subarray(piece.from, piece.to)) ?? 0);
  // Whole repetitions are judged, never parts of one.
  const least = Math.max(shortest, 2 * pattern);
  const edges = length < 2 * least ? [] : pelt({ features: featuresOf(view, piece.from, piece.to, least), shortest: least, stride: strideOf(least) });
  const bounds = [0, ...edges, length];
  return bounds.slice(1).map((to, k) => ({ from: piece.from + (bounds[k] ?? 0), to: piece.from + to, gap: false }));
}
