import type { JobDeclaration } from '../../core/contract/index.ts';
import { type EntityRef, type Fact, type Intake, type MetricId, outgoingIntake, type Reading, tablesOf } from '../../core/readings/index.ts';
import { type EngineLoad, type Frame, type HostLoad, IDLE_HOST, type Scenario } from './scenarios/index.ts';
import { gpuValues } from './physics.ts';
import type { Place } from './place.ts';
import { jitter, wander } from './random.ts';

/** Seconds between two jobs on the same GPUs. */
const PAUSE = 90;
/** The demo's cluster, as jobs name it. */
export const DEMO_CLUSTER = 'alvis-demo';
const DRIVER = '575.57.08';
const FIRST_JOB = 4_182_900;

/** A job's declaration at some moment of the play. */
export interface Cue {
  readonly at: number;
  readonly key: { cluster: string; id: string };
  readonly declaration: JobDeclaration;
}

/**
 * A place with one scenario after another on it: job, pause, the next job. Counters are sums over the steps,
 * so steps must be played in order; `step(at)` covers the time since the step before.
 */
export interface Slot {
  step(at: number): Cue[];
  /** Readings since the last call, as one intake of this slot's sender. */
  take(): Intake;
}

export function openSlot(options: { scenario: Scenario; place: Place; number: number; seed: number; begin: number; period: number }): Slot {
  const { scenario, place, number, seed, begin, period } = options;
  const counters = new Map<string, number>();
  const cycle = scenario.runs + PAUSE;
  const origin = begin - scenario.age;
  let declared = -1;
  let ended = -1;
  let seq = 0;
  let readings: Reading[] = [];
  let facts: Fact[] = [];

  const count = (key: string, rate: number): number => {
    const value = (counters.get(key) ?? 0) + rate * period;
    counters.set(key, value);
    return value;
  };
  const jobId = (life: number) => String(FIRST_JOB + number + 40 * life);

  return {
    step(at) {
      const life = Math.floor((at - origin) / cycle);
      const start = origin + life * cycle;
      const t = at - start;
      const runs = t < scenario.runs;
      const cues: Cue[] = [];
      const key = { cluster: DEMO_CLUSTER, id: jobId(life) };
      if (declared < life && runs) {
        declared = life;
        counters.clear();
        facts = factsOf(scenario, place, number, life);
        cues.push({ at, key, declaration: declarationOf(scenario, place, start) });
      }
      if (!runs && ended < life && declared === life) {
        ended = life;
        cues.push({ at, key, declaration: { state: scenario.endState, end: start + scenario.runs } });
      }
      const frame = runs
        ? scenario.frame({
            t,
            gpu: place.gpus[0]?.type ?? 'A100-40',
            gpuCount: place.gpus.length,
            nodeCount: place.nodes.length,
            wander: (name, length) => wander(seed, `${number}/${name}`, at, length),
          })
        : null;
      addGpus(at, frame);
      place.nodes.forEach((node, index) => readings.push({ entity: hostOf(node.name), at, values: hostValues(index, frame?.hosts[index] ?? IDLE_HOST) }));
      if (frame?.engine !== undefined && scenario.engine !== null) {
        readings.push({ entity: engineOf(scenario.engine.id, place, number), at, values: engineValues(frame.engine) });
      }
      return cues;
    },
    take() {
      const intake = outgoingIntake({ source: `demo/${scenario.name}/${begin}`, seq, tables: tablesOf(readings), facts, events: [] });
      readings = [];
      facts = [];
      seq += 1;
      return intake;
    },
  };

  function addGpus(at: number, frame: Frame | null): void {
    place.gpus.forEach((gpu, index) => {
      const load = frame?.gpus[index] ?? { busy: 0 };
      readings.push({ entity: { kind: 'gpu', id: gpu.uuid, node: gpu.node }, at, values: gpuValues(gpu.type, load, jitter(seed, `${gpu.uuid}`, at)) });
    });
  }

  function hostValues(index: number, load: HostLoad): Partial<Record<MetricId, number>> {
    const node = place.nodes[index];
    const cores = node?.type?.cores ?? 64;
    const infiniband = node?.type?.networks[0]?.kind === 'infiniband';
    const speed = node?.type?.networks[0]?.rate ?? 3.125e9;
    const at = (name: string, rate: number) => Math.round(count(`${index}/${name}`, rate));
    const rx = at('rx', load.netRx ?? 2e4);
    const tx = at('tx', load.netTx ?? 2e4);
    return {
      'host.cores': cores,
      'host.cpu': Math.min(1, load.cores / cores),
      'host.cpuMaxThread': load.thread,
      'host.hotThreads': load.thread >= 0.9 ? Math.max(1, Math.floor(load.cores * 0.8)) : 0,
      'host.iowait': (load.iowaitCores ?? 0) / cores,
      'host.psiIo': load.psiIo ?? 0,
      'host.psiCpu': load.psiCpu ?? 0,
      'host.procsBlocked': load.blocked ?? 0,
      'host.load1': Math.round(load.cores * 100) / 100,
      'host.memUsed': load.memory ?? 6e9,
      'host.memTotal': node?.type?.hostMemory[0] ?? 256e9,
      ...(infiniband ? { 'host.ibRx': rx, 'host.ibTx': tx, 'host.ibSpeed': speed } : { 'host.netRx': rx, 'host.netTx': tx, 'host.netSpeed': speed }),
      'host.fsRead': at('fsRead', load.fsRead ?? 0),
      'host.fsWrite': at('fsWrite', load.fsWrite ?? 0),
      'host.scratchRead': at('scratchRead', load.scratchRead ?? 0),
      'host.scratchWrite': at('scratchWrite', load.scratchWrite ?? 0),
      'host.scratchUsed': 2.1e9,
      'host.scratchTotal': 800e9,
    };
  }

  function engineValues(load: EngineLoad): Partial<Record<MetricId, number>> {
    const total = (name: string, rate: number | undefined) => (rate === undefined ? undefined : Math.round(count(name, rate)));
    return defined({
      'engine.running': load.running,
      'engine.waiting': load.waiting,
      'engine.kvUsage': load.kv,
      'engine.promptTokens': total('prompt', load.prefillRate),
      'engine.generationTokens': total('generation', load.decodeRate),
      'engine.steps': total('steps', load.stepRate),
      'engine.requests': total('requests', load.requestRate),
      'engine.preemptions': total('preemptions', load.preemptionRate),
      'engine.trainTokens': total('trainTokens', load.trainTokenRate),
      'engine.trainSteps': total('trainSteps', load.trainStepTime === undefined ? undefined : 1 / load.trainStepTime),
      'engine.trainStepTime': load.trainStepTime,
    });
  }
}

function declarationOf(scenario: Scenario, place: Place, start: number): JobDeclaration {
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

function factsOf(scenario: Scenario, place: Place, number: number, life: number): Fact[] {
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

function hostOf(node: string): EntityRef {
  return { kind: 'host', id: node, node };
}

function engineOf(id: string, place: Place, number: number): EntityRef {
  const node = place.nodes[0]?.name ?? '?';
  return { kind: 'engine', id: `${id}@${node}:${8000 + number}`, node };
}

function defined(values: Partial<Record<MetricId, number | undefined>>): Partial<Record<MetricId, number>> {
  const kept: Partial<Record<MetricId, number>> = {};
  for (const [id, value] of Object.entries(values) as [MetricId, number | undefined][]) if (value !== undefined) kept[id] = value; // keys of a metric record
  return kept;
}
