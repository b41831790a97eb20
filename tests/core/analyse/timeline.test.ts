import { describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import type { MetricId } from '../../../core/readings/index.ts';
import { made, runOf } from '../../support/telemetry.ts';

const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const SAMPLES = 120;

/** How busy a GPU is over time, from columns of one value a second. */
function busyOver(values: Parameters<typeof made>[1]['values']): (number | null)[] | undefined {
  return analyse(runOf(made('gpu', { id: 'GPU-1', samples: SAMPLES, facts: A100, values }))).timeline.series['busy'];
}
const during = (from: number, to: number, value: number) => (sample: number) => (sample >= from && sample < to ? value : Number.NaN);

describe('how busy a GPU is over time', () => {
  it('is nvidia-smi’s figure wherever DCGM’s is missing, row by row: it stopped early', () => {
    const both: Partial<Record<MetricId, (sample: number) => number>> = { 'gpu.grActive': during(0, 30, 0.6), 'gpu.util': () => 0.9 };
    const busy = busyOver(both);
    expect(busy).toHaveLength(SAMPLES);
    expect(busy?.filter((value) => value === 0.6)).toHaveLength(30);
    expect(busy?.filter((value) => value === 0.9)).toHaveLength(90);
  });

  it('is left out where nothing measured it', () => {
    expect(busyOver({ 'gpu.power': () => 200 })).toBeUndefined();
  });
});
