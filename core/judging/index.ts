export { isAtWork, ranKernels } from './at-work.ts';
export { NOTHING_KNOWN } from './job.ts';
export { clockWords, subjectClock } from './clocks.ts';
export { engineWindows } from './engine-windows.ts';
export type { FractionName, WindowFigures } from './figures.ts';
export { allocatedGpus, type JudgedGpu, type JudgedPhase, type JudgedRun, namesOf, type PhaseStates, type Team } from './judged-run.ts';
export { PIPE_IDS, pipeMath } from './pipes.ts';
export { restsOf } from './rests.ts';
export { openRunJudge, type RunJudge } from './run-judge.ts';
export type { MostJudged } from './crowd.ts';
export { readRate } from './shares.ts';
export { SLOW_CAUSES, type SlowCause, SLOWED_DOWN, slowedIn, slowTimeOf } from './slowed.ts';
export { isNoProgress, NO_PROGRESS } from './spinning.ts';
export { exact } from './stats.ts';
export { hasStraggler } from './straggler.ts';
export { samplesOf, type Stretch, stretchesAlike, stretchesOf } from './stretches.ts';
export { isWithoutTensorCores, tensorCoresRest, WITHOUT_TENSOR_CORES } from './tensor-cores.ts';
export {
  ALL_CORES,
  BRIDGED_PERIODS,
  CONTRIBUTING,
  DOMINANT,
  HUNG_SECONDS,
  IDLE_FINDING_SECONDS,
  IDLE_SAMPLES,
  INACTIVE,
  KV_FULL,
  MEMORY_STEP,
  MIN_SEGMENT_SAMPLES,
  MOSTLY_SLOWED,
  ONE_ACTIVITY,
  ONE_WAY,
  REDUCED_CLOCK,
  SAME_EDGE,
  SLOWED_SECONDS,
  TIE,
  WORTH_NAMING,
} from './thresholds.ts';
export { busyTogether, teamOf } from './turns.ts';
export type { AnalyseOptions } from './workload/index.ts';
