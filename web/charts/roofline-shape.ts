import type { Activity, Bottleneck, Phase, Roofline } from '../../core/contract/index.ts';
import { MATH_TYPES } from '../../core/knowledge/index.ts';
import { formatValue, isNow } from '../../core/readings/index.ts';
import { nextRoof } from '../../core/telling/index.ts';
import { ceilingsOf } from '../lib/hardware.ts';
import { NEUTRAL_COLOURS } from '../lib/palette.ts';

import { theme } from '../lib/theme.svelte.ts';
import type { Plugin } from './chart.ts';

export interface XY {
  readonly x: number;
  readonly y: number;
}
interface LogAxis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}
export interface Axes {
  readonly x: LogAxis;
  readonly y: LogAxis;
}

/** A roof: the slope of the memory up to the ridge, then flat. */
export interface Roof {
  readonly points: XY[];
  readonly label: string;
  readonly kind: 'used' | 'practical' | 'other';
}

/** Whole decades around the ridge and every measured point, so that a new point rarely moves the axes. */
export function axesOf(roofline: Roofline): Axes {
  const peaks = Object.values(roofline.peaks).filter((peak) => peak > 0);
  const top = Math.max(...peaks, ...roofline.points.map((point) => point.flops));
  const ridge = top / roofline.bandwidth;
  const intensities = roofline.points.map((point) => point.intensity).filter((value) => value > 0);
  const flops = roofline.points.map((point) => point.flops).filter((value) => value > 0);
  return {
    x: decades(Math.max(1e-3, Math.min(ridge / 100, ...intensities)), Math.max(ridge * 4, ...intensities)),
    y: decades(Math.max(top / 1e5, Math.min(top / 100, ...flops)), top * 1.2),
  };
}

function decades(low: number, high: number): LogAxis {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  // The upper end need not be a decade of its own: half an empty decade above the roof only makes the picture smaller.
  const max = Math.min(10 ** last, high * 1.6);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(`1e${first + index}`)).filter((tick) => tick <= max);
  return { min: 10 ** first, max, ticks };
}

/** The roofs to draw: the one in use, its practical ceiling dashed, the other data types' thin; equal peaks share one line. */
export function roofsOf(roofline: Roofline, axes: Axes): Roof[] {
  const used = roofline.dtype !== null ? roofline.peaks[roofline.dtype] : undefined;
  const byPeak = new Map<number, string[]>();
  for (const [dtype, peak] of Object.entries(roofline.peaks)) if (peak > 0) byPeak.set(peak, [...(byPeak.get(peak) ?? []), dtype.toUpperCase()]);
  const highest = used ?? Math.max(...byPeak.keys());
  // A roof below the picture's floor (FP64 under a tensor job) would only write its name on the axis.
  const roofs = [...byPeak]
    .filter(([peak]) => peak > axes.y.min * 1.2)
    .sort(([a], [b]) => b - a)
    .map(([peak, names]): Roof => ({
      // Other types share the slope: only their flat part is drawn.
      points:
        peak === highest
          ? bent(roofline.bandwidth, peak, axes)
          : [
              { x: Math.max(axes.x.min, peak / roofline.bandwidth), y: peak },
              { x: axes.x.max, y: peak },
            ],
      label: `${names.join(', ')} ${formatValue(peak, 'flop/s')}`,
      kind: peak === highest ? 'used' : 'other',
    }));
  return [...roofs, { points: bent(roofline.practicalBandwidth, highest * roofline.practicalFraction, axes), label: '', kind: 'practical' }];
}

function bent(bandwidth: number, peak: number, axes: Axes): XY[] {
  const x = Math.max(axes.x.min, axes.y.min / bandwidth);
  return [
    { x, y: x * bandwidth },
    { x: peak / bandwidth, y: peak },
    { x: axes.x.max, y: peak },
  ];
}

/** The point that is named, FLOP per byte and FLOP/s, with what was done there. */
export interface RooflineMark extends XY {
  readonly bottleneck: Bottleneck;
  readonly activity: Activity;
  readonly word: 'last 5 min' | 'typical';
}

/** What the named point could move to, in words; null at the best roof and without a point. It follows the point: what holds for a run does not hold for a part of it. */
export function captionOf(mark: RooflineMark | null, { gpu, dtype, practicalFraction }: Pick<Roofline, 'gpu' | 'dtype' | 'practicalFraction'>): string | null {
  const ceilings = ceilingsOf(gpu);
  const math = MATH_TYPES.find((type) => type === dtype);
  if (mark === null || ceilings === null || math === undefined) return null;
  const next = nextRoof({ intensity: mark.x, flops: mark.y, math, activity: mark.activity, practicalFraction }, ceilings);
  return next === null ? null : `${mark.word === 'typical' ? 'Typical point' : 'Last 5 min'}: ${next}`;
}

/** The point to name: of a run that goes on its last five minutes, of one that is over or shows nothing as young the median of its commonest bottleneck (its last moments are its end, not its work). */
export function markOf(
  points: Roofline['points'],
  phases: readonly Phase[],
  /** The end of what is shown of a run that goes on; null for one that is over. */
  to: number | null,
): RooflineMark | null {
  const recent = to === null ? [] : points.filter(({ at }) => isNow(at, to));
  const last = recent.at(-1);
  if (last !== undefined) {
    const mean = (of: (point: Roofline['points'][number]) => number): number => recent.reduce((sum, point) => sum + of(point), 0) / recent.length;
    // FLOPs over bytes, both as means: a mean of quotients would be neither's.
    const flops = mean((point) => point.flops);
    const bytes = mean((point) => point.flops / point.intensity);
    return { x: flops / bytes, y: flops, ...doneIn(phases[last.phase]), word: 'last 5 min' };
  }
  const [commonest] = pathsOf(points, phases).sort((a, b) => b.points.length - a.points.length);
  if (commonest === undefined) return null;
  return {
    x: middle(commonest.points.map(({ x }) => x)),
    y: middle(commonest.points.map(({ y }) => y)),
    ...doneIn(phases.find(({ verdict }) => verdict.bottleneck === commonest.bottleneck)),
    bottleneck: commonest.bottleneck,
    word: 'typical',
  };
}

function doneIn(phase: Phase | undefined): Pick<RooflineMark, 'bottleneck' | 'activity'> {
  return { bottleneck: phase?.verdict.bottleneck ?? 'unknown', activity: phase?.verdict.activity ?? 'unknown' };
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** FLOP per byte in two digits: `0.5`, `22`, `310`. */
export function intensityText(intensity: number): string {
  return intensity >= 99.5 ? String(Number(intensity.toPrecision(2))) : intensity.toPrecision(2);
}

/** Measured points grouped by the bottleneck of their phase, in the order in which each was met last. */
export function pathsOf(points: Roofline['points'], phases: readonly Phase[]): { bottleneck: Bottleneck; points: XY[] }[] {
  const groups = new Map<Bottleneck, XY[]>();
  for (const point of points) {
    const bottleneck = phases[point.phase]?.verdict.bottleneck ?? 'unknown';
    const group = groups.get(bottleneck) ?? [];
    group.push({ x: point.intensity, y: point.flops });
    groups.delete(bottleneck);
    groups.set(bottleneck, group);
  }
  return [...groups].map(([bottleneck, group]) => ({ bottleneck, points: group }));
}

/** Writes each dataset's label at its line's right end, or beside its single point; labels that would lie over one another are left out. */
export const endLabels: Plugin = {
  id: 'endLabels',
  afterDatasetsDraw(chart) {
    const { ctx, chartArea } = chart;
    const taken: { left: number; right: number; y: number }[] = [];
    ctx.save();
    ctx.font = '11px system-ui, "Segoe UI", sans-serif';
    chart.data.datasets.forEach((dataset, index) => {
      const label = dataset.label;
      const last = chart.getDatasetMeta(index).data.at(-1);
      if (label === undefined || label === '' || last === undefined) return;
      const single = dataset.data.length === 1;
      const width = ctx.measureText(label).width;
      const right = single ? Math.min(last.x + 12 + width, chartArea.right) : chartArea.right - 2;
      const y = single ? Math.min(last.y + 18, chartArea.bottom - 4) : last.y - 5;
      const left = right - width;
      if (y < chartArea.top - 4 || taken.some((other) => Math.abs(other.y - y) < 12 && left < other.right && right > other.left)) return;
      taken.push({ left, right, y });
      ctx.textAlign = 'right';
      ctx.lineWidth = 4;
      ctx.strokeStyle = NEUTRAL_COLOURS.card[theme.now];
      ctx.strokeText(label, right, y);
      ctx.fillStyle = (single ? NEUTRAL_COLOURS.ink : NEUTRAL_COLOURS.dim)[theme.now];
      ctx.fillText(label, right, y);
    });
    ctx.restore();
  },
};
