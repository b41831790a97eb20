/** The what-if planner: does a job fit, how fast can it be, what limits it, what is the least that runs it. */
export { plan, type Plan } from './plan.ts';
export type { PlanMode, PlanQuestion } from './input.ts';
export type { MemoryPlan } from './memory.ts';
export type { PhasePlan } from './serve.ts';
export type { Estimate } from './estimate.ts';
export type { Allocation } from './allocation.ts';
export type { Link, LinkKind } from './links.ts';
export { ENGINE_IDS, type EngineId } from './engine.ts';
export { comparisons, comparisonTable } from './comparison.ts';
export { MEASURED } from './measured.ts';
export { plural } from './warnings.ts';
