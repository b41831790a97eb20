/** The what-if planner: does a job fit, how fast can it be, what limits it, what is the least that runs it. */
export { plan, type Plan, type PlanResult } from './planner/plan.ts';
export { planInput, type PlanInput, type PlanMode, type PlanQuestion, type ServeSettings, type TrainSettings } from './planner/input.ts';
export type { MemoryPlan } from './planner/memory.ts';
export type { PhasePlan } from './planner/decode.ts';
export type { TrainPlan } from './planner/train.ts';
export type { Estimate, PlanResource, StepParts } from './planner/rate.ts';
export type { Allocation } from './planner/allocation.ts';
export type { LoadPlan } from './planner/loading.ts';
export type { Traffic } from './planner/communication.ts';
export type { LinkKind, Placement } from './planner/links.ts';
export type { PlanOption } from './planner/options.ts';
export type { PlanWarning, WarningId } from './planner/warnings.ts';
export type { ComputeType } from './planner/math.ts';
export { comparisons, comparisonTable, type Comparison } from './planner/comparison.ts';
export { MEASURED, type MeasuredRow } from './planner/measured.ts';
