import { METRICS, type MetricId, type Unit } from '../../core/readings/index.ts';

interface Range {
  readonly least: number;
  readonly most: number;
}

/** What a value of a unit can be on any machine we may meet; beyond it is a parser's or sender's mistake, not a measurement. */
const BY_UNIT = {
  ratio: { least: 0, most: 1.2 }, // tools round, and divide by slightly different clocks
  bytes: { least: 0, most: 1e19 },
  'bytes/s': { least: 0, most: 1e14 },
  watts: { least: 0, most: 1e5 },
  joules: { least: 0, most: 1e16 },
  hertz: { least: 0, most: 2e10 },
  celsius: { least: -60, most: 250 },
  seconds: { least: 0, most: 1e13 },
  count: { least: 0, most: 1e19 },
  'tokens/s': { least: 0, most: 1e10 },
  '1/s': { least: 0, most: 1e10 },
  flop: { least: 0, most: 1e30 },
  'flop/s': { least: 0, most: 1e21 },
} as const satisfies Record<Unit, Range>;

/** Metrics whose unit allows more than the unit's row says. */
const BY_METRIC: Partial<Record<MetricId, Range>> = {
  'process.cpu': { least: 0, most: 1e5 }, // in cores
  'process.maxThread': { least: 0, most: 2 },
  'host.cpuMaxThread': { least: 0, most: 2 },
  'host.cpuMaxCore': { least: 0, most: 2 },
  'engine.trainLoss': { least: -1e12, most: 1e12 },
};

/** The values that a metric can have, both ends included, in its unit. */
export function rangeOf(id: MetricId): Range {
  return BY_METRIC[id] ?? BY_UNIT[METRICS[id].unit];
}
