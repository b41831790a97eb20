import type { JobDeclaration } from '../../core/contract/index.ts';
import type { EntityRef, Fact } from '../../core/readings/index.ts';
import type { Place } from './place.ts';
import type { Scenario } from './scenarios/index.ts';

/** The demo's cluster, as jobs name it. */
export const DEMO_CLUSTER = 'alvis-demo';
const DRIVER = '575.57.08';

/** A scenario that has its place; `number` tells it from the others, in ids and ports. */
export interface Cast {
  readonly scenario: Scenario;
  readonly place: Place;
  readonly number: number;
}

/** A job's declaration at some moment of the play (seconds UTC). */
export interface Cue {
  readonly at: number;
  readonly key: { cluster: string; id: string };
  readonly declaration: JobDeclaration;
}

/** The job as its submission declares it; `start` in seconds UTC. */
export function declarationOf({ scenario, place }: Cast, start: number): JobDeclaration {
  return {
    name: scenario.name,
    user: scenario.user,
    project: scenario.project,
    partition: 'alvis',
    state: 'running',
    start,
    end: null,
    timeLimit: scenario.timeLimit,
    nodes: place.nodes.map((node) => node.name),
    gpus: place.gpus.map((gpu) => ({ uuid: gpu.uuid, node: gpu.node })),
    cores: place.nodes.reduce(
      (sum, node) => sum + Math.round(((node.type?.cores ?? 0) * scenario.gpus) / place.nodes.length / (node.type?.gpusPerNode ?? 1)),
      0,
    ),
    ...(place.gpus[0] === undefined ? {} : { gpuType: place.gpus[0].type }),
    command: scenario.command,
    demo: true,
  };
}

/** What is said once of a job's GPUs, its process and its engine; `life` counts the jobs of this cast from 0. */
export function factsOf({ scenario, place, number }: Cast, life: number): Fact[] {
  const facts: Fact[] = place.gpus.flatMap((gpu) => gpuFacts(gpu));
  const node = place.nodes[0]?.name ?? '?';
  const process: EntityRef = { kind: 'process', id: `${node}/${20_000 + number * 97 + life}`, node };
  facts.push({ entity: process, name: 'command', value: scenario.command }, { entity: process, name: 'user', value: scenario.user });
  if (scenario.engine !== null) {
    const engine = engineOf(scenario.engine.id, place, number);
    for (const [name, value] of Object.entries(scenario.engine.facts) as [Fact['name'], string][]) facts.push({ entity: engine, name, value }); // keys are fact names
  }
  return facts;
}

/** What a driver says of a card besides its counters. */
export function gpuFacts(gpu: { uuid: string; node: string; name: string; index: number }): Fact[] {
  const entity: EntityRef = { kind: 'gpu', id: gpu.uuid, node: gpu.node };
  return [
    { entity, name: 'name', value: gpu.name },
    { entity, name: 'index', value: String(gpu.index) },
    { entity, name: 'driver', value: DRIVER },
  ];
}

/** The engine or trainer of a job, on its first node. */
export function engineOf(id: string, place: Place, number: number): EntityRef {
  const node = place.nodes[0]?.name ?? '?';
  return { kind: 'engine', id: `${id}@${node}:${8000 + number}`, node };
}
