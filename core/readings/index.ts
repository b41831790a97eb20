export { busyOf, commonRows, rowWidth } from './aligned.ts';
export { entityOf } from './block.ts';
export { lastOf, lowerBound, meanOf, periodOf, type Run, slice, type Table, tableOf, tablesOf } from './columns.ts';
export { entityKey, type EntityKind, type EntityRef } from './entity.ts';
export { isMetricId, metric, METRIC_IDS, type MetricId, METRICS, type Rollup, type Unit } from './metrics.ts';
export { MAX_RATE_GAP, rateOf, withRates } from './rates.ts';
export { type Batch, type Clock, type Fact, FACT_NAMES, type FactName, type Reading, type Rejection, type SourceEvent } from './reading.ts';
export { ABSENT, formatDuration, formatFactor, formatFigure, formatOf, formatPercent, formatValue, isUnit, tickFormat } from './units.ts';
