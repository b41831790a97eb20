export { engineWindows } from './engine-windows.ts';
export type { FractionName, WindowFigures } from './figures.ts';
export { allocatedGpus, type JudgedGpu, type JudgedPhase, type JudgedRun, namesOf, type Team } from './judged-run.ts';
export { openRunJudge, type RunJudge } from './run-judge.ts';
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
export { teamOf, together } from './turns.ts';
export type { AnalyseOptions } from './workload/index.ts';
