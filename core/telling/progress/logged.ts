import type { JudgedRun } from '../../judging/index.ts';
import { formatDuration, formatPercent, formatValue, type MetricId, type Table } from '../../readings/index.ts';

/** A spread below this part of the mean is not told. */
const STEADY = 0.002;
/** From this part of a step on generating is what it mostly does. */
const MOSTLY = 0.5;

/** Steps are told to a tenth of a second from here, and in minutes from there; shorter ones in three digits. Seconds. */
const TENTHS_FROM = 10;
const MINUTES_FROM = 120;

function seconds(value: number): string {
  if (value >= MINUTES_FROM) return formatDuration(value);
  return value >= TENTHS_FROM ? `${value.toFixed(1)} s` : `${Number(value.toPrecision(3))} s`;
}

/** What a trainer prints of its own steps, in words: the basis of a pace, and what it says per GPU. */
export function loggedOf(engines: readonly Table[]): string[] {
  return engines.flatMap((engine) => {
    const stepTime = rangeOf(engine, 'engine.trainStepTime');
    const perGpu = rangeOf(engine, 'engine.trainTokenRatePerGpu');
    const flops = rangeOf(engine, 'engine.trainFlopRate');
    const mfu = rangeOf(engine, 'engine.trainMfu');
    const rollout = rangeOf(engine, 'engine.trainRollout');
    return [
      ...(stepTime === null ? [] : [`${spread(stepTime, seconds)} a step, as logged`]),
      ...(perGpu === null ? [] : [`${spread(perGpu, (value) => formatValue(value, 'tokens/s'))} per GPU, as logged`]),
      ...(flops === null ? [] : [`${spread(flops, (value) => formatValue(value, 'flop/s'))} per GPU, as logged`]),
      ...(mfu === null ? [] : [`MFU ${spread(mfu, (value) => String(Number(value.toPrecision(3))))}, as logged`]),
      ...(rollout === null || stepTime === null
        ? []
        : [
            `${formatPercent(rollout.mean)} of a step is generation (${seconds(rollout.mean * stepTime.mean)} of ${seconds(stepTime.mean)})${rollout.mean > MOSTLY ? ': the rollout bounds the step, not the update' : ''}`,
          ]),
    ];
  });
}

/** A trainer's own FLOPs beside our count of its tokens: of the GPU that was counted longest, each phase by its time. Nothing without both. */
export function countedBeside({ gpus, engines }: Pick<JudgedRun, 'gpus' | 'engines'>): string[] {
  const counts = gpus.map(({ phases }) =>
    phases.flatMap(({ states: { trainer }, figures: { seconds } }) =>
      trainer === undefined || Number.isNaN(trainer.logged) || Number.isNaN(trainer.counted) ? [] : [{ ...trainer, seconds }],
    ),
  );
  const secondsOf = (list: readonly { readonly seconds: number }[]) => list.reduce((sum, { seconds }) => sum + seconds, 0);
  const [longest = []] = [...counts].sort((a, b) => secondsOf(b) - secondsOf(a));
  const [first] = longest;
  if (first === undefined) return [];
  const whole = secondsOf(longest);
  const mean = (of: 'logged' | 'counted') => longest.reduce((sum, one) => sum + one[of] * one.seconds, 0) / whole;
  const text = (rate: number) => (first.peak > 0 ? `MFU ${formatPercent(rate / first.peak)}, ` : '') + `${formatValue(rate, 'flop/s')} per GPU`;
  const teller = engines.find(({ columns }) => columns.has('engine.trainFlopRate') || columns.has('engine.trainMfu'));
  const name = teller?.facts.get('trainer');
  return [`as logged${name === undefined ? '' : ` by ${name}`}: ${text(mean('logged'))}; by Headroom’s count ${text(mean('counted'))}`];
}

interface Range {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** Rates and shares of steps are weighted by how long the steps took, where that is told: work over time, and no mean of rates. */
function rangeOf({ columns }: Table, id: MetricId): Range | null {
  const times = id === 'engine.trainStepTime' ? undefined : columns.get('engine.trainStepTime');
  const rows = [...(columns.get(id) ?? [])].map((value, row) => ({ value, seconds: times?.[row] ?? Number.NaN })).filter(({ value }) => value > 0);
  const values = rows.map(({ value }) => value);
  if (values.length === 0) return null;
  const timed = rows.every(({ seconds }) => seconds > 0);
  const weigh = (seconds: number) => (timed ? seconds : 1);
  const whole = rows.reduce((total, { seconds }) => total + weigh(seconds), 0);
  return {
    mean: rows.reduce((total, { value, seconds }) => total + value * weigh(seconds), 0) / whole,
    least: values.reduce((least, value) => Math.min(least, value)),
    most: values.reduce((most, value) => Math.max(most, value)),
  };
}

function spread({ mean, least, most }: Range, text: (value: number) => string): string {
  return most - least <= STEADY * mean || text(least) === text(most) ? text(mean) : `${text(mean)} (${text(least)} to ${text(most)})`;
}
