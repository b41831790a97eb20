import { busyOf, rowWidth } from '../aligned.ts';
import { INACTIVE, THERMAL_FRACTION, THERMAL_SAMPLES } from '../classify/thresholds.ts';
import type { Finding } from '../contract/verdict.ts';
import type { JudgedGpu, JudgedRun } from '../judged.ts';
import type { MetricId } from '../metrics.ts';
import { formatDuration, formatPercent, formatValue } from '../units.ts';
import { finding, gpuName } from './kit.ts';

/** Time under one cause of slow-down, in a GPU's busy time. */
interface Slowed {
  readonly seconds: number;
  readonly part: number;
  readonly samples: number;
  readonly from: number;
  readonly to: number;
  readonly how: 'counter' | 'flag';
}

/** Thermal slow-down and power brake (§7.3): never ordinary, unlike a software power cap. Report the node. */
export function findSlowed(judged: JudgedRun): Finding[] {
  return judged.gpus.flatMap((gpu) => [
    ...said(judged, gpu, 'thermal', slowedBy(judged, gpu, 'gpu.capThermalTime', ['gpu.capHwThermal', 'gpu.capSwThermal'])),
    ...said(judged, gpu, 'power-brake', slowedBy(judged, gpu, 'gpu.capBrakeTime', ['gpu.capBrake'])),
  ]);
}

const TEXTS = {
  'thermal': ['was slowed down for being too hot', 'Cooling failed or a neighbour heats it: tell support the node and the GPU; if a checkpoint is near, move the job.'],
  'power-brake': ['was slowed down by the hardware power brake', 'The power supply asked for it, which software cannot undo: tell support the node and the GPU.'],
} as const;

function said(judged: JudgedRun, gpu: JudgedGpu, id: keyof typeof TEXTS, slowed: Slowed | null): Finding[] {
  if (slowed === null) return [];
  const [what, then] = TEXTS[id];
  const hottest = gpu.series.columns.get('gpu.temp');
  const temperature = hottest === undefined ? Number.NaN : hottest.reduce((top, value) => (value > top || Number.isNaN(top) ? value : top), Number.NaN);
  const clock = clockLine(gpu);
  return [finding(judged, {
    id,
    text: `${gpuName(gpu)} ${what} for ${formatDuration(slowed.seconds)}, ${formatPercent(slowed.part)} of its busy time. ${then}`,
    evidence: [
      slowed.how === 'counter' ? 'by the driver’s counters of time' : `flag set in ${slowed.samples} samples`,
      ...(Number.isNaN(temperature) ? [] : [`up to ${formatValue(temperature, 'celsius')}`]),
      ...(clock === null ? [] : [clock]),
    ],
  }, { entity: gpu.id, from: slowed.from, to: slowed.to })];
}

/** More than 1 % of the busy time by the counter; where there is none, a flag in two samples. */
function slowedBy(judged: JudgedRun, gpu: JudgedGpu, counter: MetricId, flags: readonly MetricId[]): Slowed | null {
  const width = rowWidth(gpu.series.t, judged.period);
  const times = gpu.series.columns.get(counter);
  const sampled = flags.flatMap((id) => gpu.series.columns.get(id) ?? []);
  if (![times, ...sampled].some((column) => column?.some((value) => value > 0) ?? false)) return null;
  const how = times !== undefined && times.some((value) => !Number.isNaN(value)) ? 'counter' : 'flag';
  const busy = busyOf(gpu.series);
  let seconds = 0;
  let busySeconds = 0;
  let first = Number.NaN;
  let last = Number.NaN;
  for (let row = 0; row < gpu.series.t.length; row += 1) {
    if (!(busy(row) >= INACTIVE)) continue;
    busySeconds += width;
    const part = how === 'counter' ? times?.[row] ?? Number.NaN : sampled.reduce((most, flag) => ((flag[row] ?? Number.NaN) > most ? flag[row] ?? most : most), 0);
    if (!(part > 0)) continue;
    seconds += Math.min(1, part) * width;
    const at = gpu.series.t[row] ?? Number.NaN;
    first = Number.isNaN(first) ? at : first;
    last = at + width;
  }
  const samples = Math.round(seconds / judged.period);
  const counts = how === 'counter' ? seconds > THERMAL_FRACTION * busySeconds : samples >= THERMAL_SAMPLES;
  if (!counts || busySeconds === 0) return null;
  return { seconds, part: seconds / busySeconds, samples, from: Math.max(judged.from, first), to: Math.min(judged.to, last), how };
}

function clockLine({ series, ceilings }: JudgedGpu): string | null {
  const clocks = series.columns.get('gpu.smClock');
  if (clocks === undefined || ceilings === null) return null;
  const busy = [...clocks].filter((value) => !Number.isNaN(value));
  return busy.length === 0 ? null : `SM clock down to ${formatValue(Math.min(...busy), 'hertz')} of ${formatValue(ceilings.boostClock, 'hertz')}`;
}
