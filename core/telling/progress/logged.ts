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

interface Range {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

function rangeOf({ columns }: Table, id: MetricId): Range | null {
  const values = [...(columns.get(id) ?? [])].filter((value) => value > 0);
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  return {
    mean: sum / values.length,
    least: values.reduce((least, value) => Math.min(least, value)),
    most: values.reduce((most, value) => Math.max(most, value)),
  };
}

function spread({ mean, least, most }: Range, text: (value: number) => string): string {
  return most - least <= STEADY * mean || text(least) === text(most) ? text(mean) : `${text(mean)} (${text(least)} to ${text(most)})`;
}
