import { type Ceilings, ceilingsFor, computeType, type ComputeType } from '../knowledge/index.ts';
import { assumptions } from './assumed.ts';
import { allocations, type Allocation } from './allocation.ts';
import { inputErrors, type PlanInput, planInput, type PlanQuestion } from './input.ts';
import { communication, loadPlan, type LoadPlan, type Traffic } from './traffic.ts';
import { decodePlan, type PhasePlan, prefillPlan } from './serve.ts';
import { type Link, linkTable, placement, type Placement } from './links.ts';
import { memoryPlan, type MemoryPlan } from './memory.ts';
import { mmapOption, offloadOption, type PlanOption } from './options.ts';
import type { PlanResource } from './estimate.ts';
import { trainPlan, type TrainPlan } from './train.ts';
import { warnings, type PlanWarning } from './warnings.ts';

/** What a plan comes to. Rates are of the whole plan, memory is of its fullest GPU, SI units. */
export interface Plan {
  readonly ok: true;
  readonly input: PlanInput;
  readonly card: Ceilings;
  readonly compute: ComputeType;
  readonly placement: Placement;
  readonly memory: MemoryPlan;
  /** Null when training. */
  readonly prefill: PhasePlan | null;
  readonly decode: PhasePlan | null;
  /** Null when serving. */
  readonly train: TrainPlan | null;
  readonly load: LoadPlan;
  /** What ranks can talk over: the GPU's links and the site's networks. */
  readonly links: readonly Link[];
  readonly communication: readonly Traffic[];
  /** What the expected range takes for granted, in words. */
  readonly assumed: readonly string[];
  /** What limits it: capacity when it does not fit, otherwise the resource of decoding, or of the training step. */
  readonly binding: PlanResource;
  readonly options: readonly PlanOption[];
  readonly warnings: readonly PlanWarning[];
  /** The smallest allocation of each node type of the site, best first. */
  readonly allocations: readonly Allocation[];
}

type PlanResult = Plan | { readonly ok: false; readonly errors: readonly string[] };

/** Answers a what-if question: does it fit, how fast can it be, what limits it, what is the least that runs it. */
export function plan(question: PlanQuestion): PlanResult {
  const input = planInput(question);
  const errors = inputErrors(input);
  if (errors.length > 0) return { ok: false, errors };
  const place = placement(input);
  const memory = memoryPlan(input);
  const links = linkTable(input, place);
  const compute = computeType(input);
  const common = {
    ok: true,
    input,
    placement: place,
    memory,
    card: ceilingsFor(input.gpu, input.card),
    compute,
    assumed: assumptions(input, place, compute),
    load: loadPlan(input, place),
    links,
    communication: communication(input, place, links),
    warnings: warnings(input, place),
    allocations: allocations(input),
  } as const;
  const planned = { input, place, memory };
  const limit = (binding: PlanResource): PlanResource => (memory.fits ? binding : 'capacity');
  if (input.mode === 'serve') {
    const decode = decodePlan(input, place);
    return {
      ...common,
      decode,
      prefill: prefillPlan(input, place),
      train: null,
      binding: limit(decode.binding),
      options: [offloadOption({ ...planned, phase: decode }), mmapOption({ ...planned, phase: decode })],
    };
  }
  const train = trainPlan(input, place);
  return { ...common, decode: null, prefill: null, train, binding: limit(train.binding), options: [offloadOption({ ...planned, phase: train })] };
}
