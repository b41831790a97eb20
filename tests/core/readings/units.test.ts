import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  formatFactor,
  formatFigure,
  formatAgainst,
  formatGpuHours,
  formatPercent,
  formatValue,
  isUnit,
  tickFormat,
  type Unit,
} from '../../../core/readings/index.ts';

describe('formatValue', () => {
  it.each<[number, Unit, string]>([
    [1.16e12, 'bytes/s', '1.16 TB/s'],
    [1.2e12, 'bytes/s', '1.20 TB/s'],
    [0, 'bytes/s', '0 B/s'],
    [512, 'bytes', '512 B'],
    [999, 'bytes', '999 B'],
    [1000, 'bytes', '1.00 kB'],
    [999_600, 'bytes', '1.00 MB'],
    [42_949_672_960, 'bytes', '42.9 GB'],
    [251.4, 'watts', '251 W'],
    [58.04, 'watts', '58.0 W'],
    [9_999, 'watts', '9999 W'],
    [210_000, 'watts', '210 kW'],
    [0.93, 'ratio', '93 %'],
    [1410e6, 'hertz', '1410 MHz'],
    [312e12, 'flop/s', '312 TFLOP/s'],
    [3762, 'tokens/s', '3762 tokens/s'],
    [91.27, 'tokens/s', '91.3 tokens/s'],
    [664_000, 'count', '664 k'],
    [14, 'count', '14'],
    [0.5, 'count', '0.50'],
    [64, 'celsius', '64 °C'],
    [1.5e6, 'joules', '1.50 MJ'],
    [12.34, '1/s', '12.3 /s'],
    [11_520, 'seconds', '3 h 12 min'],
  ])('writes %d %s as %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });

  it('writes an absent value as a dash, and zero as zero', () => {
    expect([formatValue(null, 'watts'), formatValue(undefined, 'ratio'), formatValue(Number.NaN, 'bytes'), formatValue(0, 'watts')]).toEqual([
      '–',
      '–',
      '–',
      '0 W',
    ]);
  });
});

describe('formatAgainst', () => {
  it('writes a value and its limit in the limit’s scale', () => {
    expect(formatAgainst(251, 400, 'watts')).toBe('251 of 400 W');
    expect(formatAgainst(36.8e9, 42.9e9, 'bytes')).toBe('36.8 of 42.9 GB');
    expect(formatAgainst(0, 42.9e9, 'bytes')).toBe('0 of 42.9 GB');
    expect(formatAgainst(11_520, 43_200, 'seconds')).toBe('3 h 12 min of 12 h');
  });

  it('leaves out a limit that is not known, and writes a dash without a value', () => {
    expect(formatAgainst(251, null, 'watts')).toBe('251 W');
    expect(formatAgainst(null, 400, 'watts')).toBe('–');
    expect(formatAgainst(0.21, 1, 'ratio')).toBe('21 %');
  });
});

describe('percentages', () => {
  it.each([
    [0, '0 %'],
    [0.0001, '<0.1 %'],
    [0.0005, '0.1 %'],
    [0.004, '0.4 %'],
    [0.0094, '0.9 %'],
    [0.0095, '1 %'],
    [0.995, '100 %'],
    [1.07, '107 %'],
  ])('%d is %s', (ratio, text) => {
    expect(formatPercent(ratio)).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [0.00034, '340 µs'],
    [0.34, '340 ms'],
    [0.0079, '7.90 ms'],
    [0.9996, '1 s'],
    [1.5, '1.5 s'],
    [12.4, '12 s'],
    [59.6, '1 min'],
    [65, '1 min 05 s'],
    [3599.6, '1 h'],
    [86_340, '23 h 59 min'],
    [86_400, '1 d'],
    [187_200, '2 d 4 h'],
    [-65, '−1 min 05 s'],
  ])('%d s is %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('GPU-hours', () => {
  it.each<[number, number, string]>([
    [1, 1200, '0.33 GPU-hours'],
    [4, 5400, '6.0 GPU-hours'],
    [1, 35_819, '9.9 GPU-hours'],
    [10, 3582, '10 GPU-hours'],
    [8, 43_200, '96 GPU-hours'],
  ])('%d GPUs, %d s', (gpus, seconds, expected) => {
    expect(formatGpuHours(gpus, seconds)).toBe(expected);
  });
});

describe('factors, figures and ticks', () => {
  it('writes headroom and gains with the digits that matter', () => {
    expect([formatFactor(1.08), formatFactor(3.5), formatFactor(12.4), formatFactor(null)]).toEqual(['1.08 ×', '3.5 ×', '12 ×', '–']);
  });

  it('writes a figure whose unit it does not know with that unit’s text', () => {
    expect(formatFigure(22.4, 'FLOP/byte')).toBe('22.4 FLOP/byte');
    expect(formatFigure(0.93, 'ratio')).toBe('93 %');
    expect(isUnit('furlong')).toBe(false);
  });

  it('writes all ticks of an axis in one scale', () => {
    const tick = tickFormat(1.5e12, 'bytes/s');
    expect([tick(0), tick(5e11), tick(1.5e12)]).toEqual(['0', '0.5 TB/s', '1.5 TB/s']);
    expect(tickFormat(1, 'ratio')(0.5)).toBe('50 %');
    expect(tickFormat(3800, 'tokens/s')(2000)).toBe('2000 tokens/s');
  });
});
