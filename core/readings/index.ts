export { type AssumedClock, assumedClocks, withAssumption } from './assumed-clock.ts';
export { busyOf, commonRows, rowWidth } from './aligned.ts';
export {
  batchFromIntake,
  type Block,
  blockFromTable,
  entityOf,
  intakeFromBatch,
  LAST_SEQ,
  LONGEST,
  MOST,
  outgoingIntake,
  tableFromBlock,
  type WireBatch,
} from './block.ts';
export { addRollup, addSamples, type Buckets, drawn, type Drawn, type Grid, newBuckets, type Rows, rowsIn, samplingPeriod } from './buckets.ts';
export { GAP_PERIODS, lastOf, lowerBound, meanOf, medianOf, recentPeriod, rowsOf, type Run, slice, type Table, tableOf, tablesOf } from './columns.ts';
export { ENTITY_KINDS, entityKey, faultOfEntity, type EntityKind, type EntityRef, nodeInName } from './entity.ts';
export { entityMap } from './entity-map.ts';
export { factsByEntity } from './facts-by-entity.ts';
export type { Intake } from './intake.ts';
export { isIncreasing, joinTables, mergeColumns, type Stack } from './join.ts';
export { HOT_THREAD, isMetricId, limitsOf, metric, METRIC_IDS, type MetricId, METRICS, plausible, type Rollup, rounded, type Unit } from './metrics.ts';
export { isNow, meanNow, NOW_SECONDS } from './now.ts';
export { packedOf, packedTable, valuesIn } from './packed.ts';
export { MAX_RATE_GAP, rateOf, shownUnit, withRates } from './rates.ts';
export {
  type Batch,
  type Clock,
  EVENT_KINDS,
  type Fact,
  FACT_NAMES,
  type FactName,
  type Reading,
  type Rejection,
  type SourceEvent,
  type Statement,
  type StatementFigure,
} from './reading.ts';
export {
  ABSENT,
  faultOfValue,
  formatAgainst,
  formatDuration,
  formatFactor,
  formatFigure,
  formatGpuHours,
  formatLimits,
  formatPercent,
  formatValue,
  isUnit,
  tickFormat,
} from './units.ts';
export { cleanName, cleanText, cut, faultOfId, faultOfName, faultOfText, ID_PATTERN, inWords, isWellFormed, NAME_PATTERN, TEXT_PATTERN } from './text.ts';
export { own } from './own.ts';
