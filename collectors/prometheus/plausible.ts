import { metric, type MetricId } from '../../core/readings/index.ts';

/** Ratios that may pass 1: counted in cores, or a fan above its nominal speed. */
const OPEN_RATIOS: ReadonlySet<MetricId> = new Set<MetricId>(['process.cpu', 'process.gpuUtil', 'gpu.fan']);

/**
 * Why a value in SI units cannot be true, or null where it can: a ratio of 64, negative bytes, a board that draws a megawatt.
 * Rounding may put a ratio a little above 1; a loss may be negative.
 */
export function implausible(id: MetricId, value: number): string | null {
  if (!Number.isFinite(value)) return 'is not a finite number';
  if (id === 'engine.trainLoss') return null;
  const { unit } = metric(id);
  if (unit === 'celsius') return value >= -60 && value <= 250 ? null : 'is no temperature in °C';
  if (value < 0) return 'is negative';
  if (unit === 'ratio' && value > 1.05 && !OPEN_RATIOS.has(id)) return 'is above 1, for a share of time or space';
  if (unit === 'watts' && value > 20_000) return 'is more power than a GPU can draw';
  if (unit === 'hertz' && value > 2e10) return 'is no clock rate';
  return null;
}
