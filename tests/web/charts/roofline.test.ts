import { describe, expect, it } from 'vitest';
import { axesOf, captionOf, intensityText, markOf, pathsOf, roofsOf } from '../../../web/charts/roofline-shape.ts';
import type { Roofline } from '../../../core/contract/index.ts';
import { aVerdict } from '../../support/analysis.ts';

const roofline: Roofline = {
  gpu: 'A100-40',
  bandwidth: 1.5e12,
  practicalBandwidth: 1.2e12,
  peaks: { fp64: 9.7e12, fp16: 300e12, bf16: 300e12, tf32: 150e12 },
  dtype: 'fp16',
  practicalFraction: 0.8,
  advice: null,
  points: [
    { at: 0, intensity: 20, flops: 25e12, phase: 0 },
    { at: 5, intensity: 400, flops: 200e12, phase: 1 },
    { at: 9, intensity: 22, flops: 26e12, phase: 2 },
  ],
};
const axes = axesOf(roofline);

describe('the roofline’s picture', () => {
  it('spans whole decades around the ridge and the points, with ticks inside', () => {
    expect([axes.x.min, axes.y.min]).toEqual([1, 1e12]);
    expect(axes.x.ticks).toEqual([1, 10, 100, 1000]);
    expect(axes.y.ticks).toEqual([1e12, 1e13, 1e14]);
    expect(axes.x.max).toBeGreaterThan(800);
  });

  it('draws the roof in use with its slope, its practical ceiling, and other types as flat lines; equal peaks share one', () => {
    const roofs = roofsOf(roofline, axes);
    expect(roofs.map(({ label, kind, points }) => [label, kind, points.length])).toEqual([
      ['FP16, BF16 300 TFLOP/s', 'used', 3],
      ['TF32 150 TFLOP/s', 'other', 2],
      ['FP64 9.70 TFLOP/s', 'other', 2],
      ['', 'practical', 3],
    ]);
    expect(roofs[0]?.points[1]).toEqual({ x: 200, y: 300e12 });
    expect(roofs[1]?.points[0]).toEqual({ x: 100, y: 150e12 });
    expect(roofs[3]?.points[1]).toEqual({ x: 200, y: 240e12 });
  });

  it('leaves out a roof below its floor', () => {
    const high = { ...roofline, points: [{ at: 0, intensity: 400, flops: 200e12, phase: 1 }], peaks: { fp64: 1e9, fp16: 300e12 } };
    expect(roofsOf(high, axesOf(high)).map(({ label }) => label)).toEqual(['FP16 300 TFLOP/s', '']);
  });

  it('colours points by the bottleneck of their phase, the present one last', () => {
    const phases = (['memory', 'compute', 'memory'] as const).map((bottleneck, index) => ({ from: index, to: index + 1, verdict: aVerdict({ bottleneck }) }));
    expect(pathsOf(roofline.points, phases).map(({ bottleneck, points }) => [bottleneck, points.length])).toEqual([
      ['compute', 1],
      ['memory', 2],
    ]);
  });

  it('names the last five minutes of a run that goes on, the typical point of one that is over', () => {
    const phases = (['memory', 'compute', 'memory'] as const).map((bottleneck, index) => ({ from: index, to: index + 1, verdict: aVerdict({ bottleneck }) }));
    const ended = [
      ...roofline.points,
      { at: 700, intensity: 50, flops: 2e12, phase: 2 },
      { at: 1000, intensity: 50, flops: 4e12, phase: 2 },
      { at: 1100, intensity: 100, flops: 2e12, phase: 2 },
    ];
    // Bytes: 80 and 20 GB/s.
    expect(markOf(ended, phases, 1200)).toEqual({ x: 60, y: 3e12, bottleneck: 'memory', word: 'last 5 min', activity: 'unknown' });
    expect(markOf(ended, phases, null)?.word).toBe('typical');
    expect(markOf([], phases, 1200)).toBeNull();
  });

  it('names no point as of now that is older than five minutes', () => {
    const phases = (['memory', 'compute', 'memory'] as const).map((bottleneck, index) => ({ from: index, to: index + 1, verdict: aVerdict({ bottleneck }) }));
    expect(markOf([{ at: 900, intensity: 50, flops: 166e12, phase: 1 }], phases, 1199)?.word).toBe('last 5 min');
    expect(markOf([{ at: 900, intensity: 50, flops: 166e12, phase: 1 }], phases, 1200)?.word).toBe('typical');
  });

  it('writes intensities in two digits', () => {
    expect([0.512, 22.4, 58, 99.4, 312, 1234].map(intensityText)).toEqual(['0.51', '22', '58', '99', '310', '1200']);
  });

  it('is captioned by the point that it names, not by the run’s: what holds for a part may not hold for all', () => {
    const of = { gpu: 'A100-40', dtype: 'bf16', practicalFraction: 0.87 };
    const mark = { bottleneck: 'memory', activity: 'decode', word: 'last 5 min' } as const;
    expect(captionOf({ ...mark, x: 20, y: 25e12 }, of)).toMatch(/^Last 5 min: at 20 FLOP per byte memory ends it at 31\.1 TFLOP\/s/);
    expect(captionOf({ ...mark, x: 40, y: 50e12, word: 'typical' }, of)).toMatch(/^Typical point: at 40 FLOP per byte/);
    expect(captionOf({ ...mark, x: 400, y: 250e12, activity: 'training' }, of)).toBeNull();
    expect(captionOf(null, of)).toBeNull();
  });
});
