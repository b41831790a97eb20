export { type Bins, binsOf } from './bins.ts';
export { entityGrid } from './grid.ts';
export type { FractionName, WindowFigures } from './figures.ts';
export type { JudgedGpu, JudgedPhase, JudgedRun } from './judged-run.ts';
export { openRunJudge, type RunJudge } from './run-judge.ts';
export { mean } from './stats.ts';
export { engineWork, mathType, type Subject } from './subject.ts';
export { tallyOf } from './tally.ts';
export {
  BRIDGED_PERIODS,
  CONTRIBUTING,
  DOMINANT,
  HOT_THREAD,
  HUNG_BUSY,
  HUNG_SECONDS,
  IDLE_FINDING_SECONDS,
  INACTIVE,
  KV_FULL,
  KV_FULL_FRACTION,
  MEMORY_STEP,
  MIN_SEGMENT_SAMPLES,
  NO_TENSOR,
  ONE_ACTIVITY,
  THERMAL_FRACTION,
  THERMAL_SAMPLES,
  TIE,
  WORTH_NAMING,
} from './thresholds.ts';
export { workOf } from './work.ts';
export type { AnalyseOptions } from './workload/index.ts';
