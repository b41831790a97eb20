import { GPUS, type GpuId, type MathType } from '../../core/knowledge/index.ts';
import type { MetricId } from '../../core/readings/index.ts';
import type { GpuLoad } from './scenarios/index.ts';

/** Watts at rest with clocks up, as a fraction of the limit (an idle A100 draws some 60 of 400 W). */
const REST_POWER = 0.14;
const BUSY_POWER = 0.12;
const DRAM_POWER = 0.42;
const TENSOR_POWER = 0.55;

/** A GPU's load as the counters of nvidia-smi and DCGM would show it. `noise` is in [−1, 1]. */
export function gpuValues(type: GpuId, load: GpuLoad, noise: number): Partial<Record<MetricId, number>> {
  const spec = GPUS[type];
  const clock = load.clock ?? (load.busy > 0 ? 1 : 0.15);
  const peakOf = (dtype: MathType) => spec.peaks[dtype];
  const tensorPeak = peakOf(load.dtype ?? 'fp16') ?? spec.peaks.fp16;
  // A pipe counter is a fraction of cycles: the same FLOP/s fill more of them at a lower clock.
  const tensor = within(ratio(load.tensorFlops, tensorPeak) / Math.max(clock, 0.1), noise);
  const fp32 = within(ratio(load.fp32Flops, spec.peaks.fp32) / Math.max(clock, 0.1), noise);
  const dram = within(ratio(load.bytes, spec.bandwidth), noise);
  const busy = within(load.busy, noise * 0.3);
  const share = Math.min(1, REST_POWER + BUSY_POWER * busy + DRAM_POWER * dram + (TENSOR_POWER * tensor + 0.4 * fp32) * clock);
  const power = spec.powerLimit * share * (1 + 0.02 * noise);
  const capped = share > 0.97 ? 1 : 0;
  return {
    'gpu.util': percent(busy > 0 ? Math.min(1, busy * 1.01 + 0.005) : 0),
    'gpu.memUtil': percent(Math.min(1, dram * 1.1)),
    'gpu.memUsed': Math.round((load.memory ?? 0) / MIB) * MIB + 300 * MIB,
    'gpu.memTotal': spec.memoryBytes,
    'gpu.power': Math.round(power * 100) / 100,
    'gpu.powerLimit': spec.powerLimit,
    'gpu.smClock': Math.round((spec.boostClock * clock) / 15e6) * 15e6,
    'gpu.smClockMax': spec.boostClock,
    'gpu.temp': Math.round(30 + 38 * (power / spec.powerLimit) + (load.thermal === undefined ? 0 : 24)),
    'gpu.grActive': rounded(busy),
    'gpu.smActive': rounded(busy * Math.min(1, 0.35 + 1.2 * Math.max(dram, tensor, fp32))),
    'gpu.tensorActive': rounded(tensor),
    'gpu.fp32Active': rounded(fp32),
    'gpu.dramActive': rounded(dram),
    'gpu.pcieRx': Math.round(load.pcieRx ?? busy * 25e6 * (1 + 0.2 * noise)),
    'gpu.pcieTx': Math.round(load.pcieTx ?? busy * 9e6 * (1 + 0.2 * noise)),
    ...(spec.nvlink?.reach === 'all' ? { 'gpu.nvlinkRx': Math.round(load.nvlink ?? 0), 'gpu.nvlinkTx': Math.round(load.nvlink ?? 0) } : {}),
    'gpu.capPower': capped,
    'gpu.capHwThermal': load.thermal === undefined ? 0 : load.thermal,
    'gpu.capBrake': 0,
    'gpu.eccUncorrected': 0,
    'gpu.processes': load.processes ?? (load.memory === undefined ? 0 : 1),
  };
}

/** The few values of a node that reports once a minute through nvidia-smi alone. */
export const STATE_METRICS = ['gpu.util', 'gpu.memUtil', 'gpu.memUsed', 'gpu.memTotal', 'gpu.power', 'gpu.powerLimit', 'gpu.temp', 'gpu.processes'] as const;

/** What only DCGM's profiling counters show. */
export const PROFILED: readonly MetricId[] = [
  'gpu.grActive',
  'gpu.smActive',
  'gpu.tensorActive',
  'gpu.fp32Active',
  'gpu.dramActive',
  'gpu.pcieRx',
  'gpu.pcieTx',
  'gpu.nvlinkRx',
  'gpu.nvlinkTx',
];

const MIB = 2 ** 20;

function ratio(rate: number | undefined, peak: number | null): number {
  return rate === undefined || peak === null ? 0 : rate / peak;
}

function within(value: number, noise: number): number {
  return Math.max(0, Math.min(1, value * (1 + 0.03 * noise)));
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/** nvidia-smi prints whole percents. */
function percent(value: number): number {
  return Math.round(value * 100) / 100;
}
