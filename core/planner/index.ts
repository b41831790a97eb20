/** The what-if planner: does a job fit, how fast can it be, what limits it, what is the least that runs it. */
export { plan, type Plan, type PlanResult } from './plan.ts';
export { planInput, type PlanInput, type PlanMode, type PlanQuestion, type ServeSettings, type TrainSettings } from './input.ts';
export type { MemoryPlan } from './memory.ts';
export type { PhasePlan } from './decode.ts';
export type { TrainPlan } from './train.ts';
export type { Estimate, PlanResource, StepParts } from './rate.ts';
export type { Allocation } from './allocation.ts';
export type { LoadPlan } from './loading.ts';
export type { Traffic } from './communication.ts';
export type { LinkKind, Placement } from './links.ts';
export type { PlanOption } from './options.ts';
export type { PlanWarning, WarningId } from './warnings.ts';
export { comparisons, comparisonTable, type Comparison } from './comparison.ts';
export { MEASURED, type MeasuredRow } from './measured.ts';
