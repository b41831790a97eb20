import { busyOf, formatDuration, formatPercent, formatValue, rowWidth } from '../../readings/index.ts';
import { type JudgedGpu, type JudgedRun, SLOW_CAUSES, type SlowCause, slowedIn, slowTimeOf } from '../../judging/index.ts';
import type { Finding } from '../../contract/index.ts';
import { type Said, gpuName, toldTogether } from './finding.ts';

/** Time under one cause of slow-down, in a GPU's busy time. */
interface CauseTime {
  readonly seconds: number;
  readonly part: number;
  readonly samples: number;
  readonly from: number;
  readonly to: number;
  readonly how: 'counter' | 'flag';
}

/** Thermal slow-down and power brake (§7.3): never ordinary, unlike a software power cap. Report the node. */
export function findSlowed(judged: JudgedRun): Finding[] {
  const found = (id: SlowCause): Finding[] => {
    const cases = judged.gpus.flatMap((gpu) => {
      const slowed = slowedBy(judged, gpu, id);
      return slowed === null ? [] : [{ gpu, stretch: { from: slowed.from, to: slowed.to, phases: [] }, slowed }];
    });
    const of = new Map(cases.map(({ gpu, slowed }) => [gpu, slowed]));
    return toldTogether(judged, cases, (group) =>
      say(
        id,
        group.map(({ gpu }) => gpu),
        group.flatMap(({ gpu }) => of.get(gpu) ?? []),
      ),
    );
  };
  return SLOW_CAUSES.flatMap(found);
}

const TEXTS: Readonly<Record<SlowCause, readonly [string, string]>> = {
  thermal: [
    'slowed down for being too hot',
    'Cooling failed or a neighbour heats it: tell support the node and the GPU; if a checkpoint is near, move the job.',
  ],
  'power-brake': ['slowed down by the hardware power brake', 'The power supply asked for it, which software cannot undo: tell support the node and the GPU.'],
};

function say(id: SlowCause, gpus: readonly JudgedGpu[], all: readonly CauseTime[]): Said {
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

/** How a GPU was slowed down over the whole run, and when; null where it was not. */
function slowedBy(judged: JudgedRun, { series }: JudgedGpu, cause: SlowCause): CauseTime | null {
  const width = rowWidth(series.t, judged.period);
  const time = slowTimeOf(cause, {
    from: 0,
    to: series.t.length,
    samples: width / judged.period,
    busy: busyOf(series),
    column: (id) => series.columns.get(id),
  });
  const slowed = slowedIn(time);
  if (slowed === null) return null;
  const from = Math.max(judged.from, series.t[time.first] ?? Number.NaN);
  const to = Math.min(judged.to, (series.t[time.last] ?? Number.NaN) + width);
  return {
    // The grid's first and last place may reach beyond what was recorded.
    seconds: Math.min(to - from, slowed.samples * judged.period),
    part: slowed.part,
    samples: Math.round(slowed.samples),
    from,
    to,
    how: slowed.how,
  };
}

function clockLine({ series, ceilings }: JudgedGpu): string | null {
  const clocks = series.columns.get('gpu.smClock');
  if (clocks === undefined || ceilings === null) return null;
  const busy = [...clocks].filter((value) => !Number.isNaN(value));
  return busy.length === 0 ? null : `SM clock down to ${formatValue(Math.min(...busy), 'hertz')} of ${formatValue(ceilings.boostClock, 'hertz')}`;
}
