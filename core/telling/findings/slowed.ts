import { busyOf, formatDuration, formatPercent, formatValue, type MetricId, rowWidth } from '../../readings/index.ts';
import { INACTIVE, type JudgedGpu, type JudgedRun, THERMAL_FRACTION, THERMAL_SAMPLES } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { type Said, gpuName, together } from './finding.ts';

/** Time under one cause of slow-down, in a GPU's busy time. */
interface Slowed {
  readonly seconds: number;
  readonly part: number;
  readonly samples: number;
  readonly from: number;
  readonly to: number;
  readonly how: 'counter' | 'flag';
}

type Cause = 'thermal' | 'power-brake';

/** What tells a cause: the driver's counter of time, else flags of a moment. */
interface Signs {
  readonly counter: MetricId;
  readonly flags: readonly MetricId[];
}

const SIGNS: Readonly<Record<Cause, Signs>> = {
  thermal: { counter: 'gpu.capThermalTime', flags: ['gpu.capHwThermal', 'gpu.capSwThermal'] },
  'power-brake': { counter: 'gpu.capBrakeTime', flags: ['gpu.capBrake'] },
};

/** Thermal slow-down and power brake (§7.3): never ordinary, unlike a software power cap. Report the node. */
export function findSlowed(judged: JudgedRun): Finding[] {
  const found = (id: Cause): Finding[] => {
    const cases = judged.gpus.flatMap((gpu) => {
      const slowed = slowedBy(judged, gpu, SIGNS[id]);
      return slowed === null ? [] : [{ gpu, stretch: { from: slowed.from, to: slowed.to, phases: [] }, slowed }];
    });
    const of = new Map(cases.map(({ gpu, slowed }) => [gpu, slowed]));
    return together(judged, cases, (group) =>
      say(
        id,
        group.map(({ gpu }) => gpu),
        group.flatMap(({ gpu }) => of.get(gpu) ?? []),
      ),
    );
  };
  return [...found('thermal'), ...found('power-brake')];
}

const TEXTS: Readonly<Record<Cause, readonly [string, string]>> = {
  thermal: [
    'slowed down for being too hot',
    'Cooling failed or a neighbour heats it: tell support the node and the GPU; if a checkpoint is near, move the job.',
  ],
  'power-brake': ['slowed down by the hardware power brake', 'The power supply asked for it, which software cannot undo: tell support the node and the GPU.'],
};

function say(id: Cause, gpus: readonly JudgedGpu[], all: readonly Slowed[]): Said {
  const [first] = gpus;
  const [what, then] = TEXTS[id];
  const seconds = Math.max(...all.map((slowed) => slowed.seconds));
  const part = Math.max(...all.map((slowed) => slowed.part));
  const samples = Math.max(...all.map((slowed) => slowed.samples));
  const hottest = Math.max(
    ...gpus.flatMap(({ series }) => [...(series.columns.get('gpu.temp') ?? [])]).filter((value) => !Number.isNaN(value)),
    Number.NEGATIVE_INFINITY,
  );
  const clock = gpus.map(clockLine).find((line) => line !== null);
  const who = gpus.length === 1 && first !== undefined ? `${gpuName(first)} was` : `All ${gpus.length} GPUs were`;
  return {
    id,
    text: `${who} ${what} for ${formatDuration(seconds)}, ${formatPercent(part)} of ${gpus.length === 1 ? 'its' : 'their'} busy time. ${then}`,
    evidence: [
      all.some(({ how }) => how === 'counter') ? 'by the driver’s counters of time' : `flag set in ${samples} samples`,
      ...(hottest > 0 ? [`up to ${formatValue(hottest, 'celsius')}`] : []),
      ...(clock === undefined ? [] : [clock]),
    ],
  };
}

/** More than 1 % of the busy time by the counter; where there is none, a flag in two samples. */
function slowedBy(judged: JudgedRun, gpu: JudgedGpu, { counter, flags }: Signs): Slowed | null {
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
    const part =
      how === 'counter' ? (times?.[row] ?? Number.NaN) : sampled.reduce((most, flag) => ((flag[row] ?? Number.NaN) > most ? (flag[row] ?? most) : most), 0);
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
