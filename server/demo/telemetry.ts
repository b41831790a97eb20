import { HOT_THREAD, type MetricId, type Reading } from '../../core/readings/index.ts';
import { type Cast, engineOf } from './cast.ts';
import type { DemoNode } from './cluster.ts';
import { gpuValues, PROFILED } from './physics.ts';
import { jitter } from './random.ts';
import { type EngineLoad, type Frame, type HostLoad, IDLE_HOST } from './scenarios/index.ts';

/** A counter's total once `rate` (per second) has held for a step; counters are told apart by their name. */
export type Count = (name: string, rate: number) => number;

type Values = Partial<Record<MetricId, number>>;

/** What tools would print of a cast at one moment (`at` in seconds UTC): its GPUs, its hosts, its engine. No frame: nothing runs. */
export function readingsOf(cast: Cast, { at, frame, seed, count }: { at: number; frame: Frame | null; seed: number; count: Count }): Reading[] {
  const { scenario, place, number } = cast;
  const gpus = place.gpus.map((gpu, index): Reading => {
    const load = frame?.gpus[index] ?? { busy: 0 };
    const values = gpuValues(gpu.type, load, jitter(seed, gpu.uuid, at));
    return { entity: { kind: 'gpu', id: gpu.uuid, node: gpu.node }, at, values: scenario.dcgm ? values : without(values, PROFILED) };
  });
  const hosts = place.nodes.map((node, index): Reading => {
    const values = hostValues(node, frame?.hosts[index] ?? IDLE_HOST, (name, rate) => Math.round(count(`${index}/${name}`, rate)));
    return { entity: { kind: 'host', id: node.name, node: node.name }, at, values };
  });
  if (frame?.engine === undefined || scenario.engine === null) return [...gpus, ...hosts];
  return [...gpus, ...hosts, { entity: engineOf(scenario.engine.id, place, number), at, values: engineValues(frame.engine, count) }];
}

function without(values: Values, left: readonly MetricId[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([id]) => !left.some((one) => one === id)));
}

function hostValues(node: DemoNode, load: HostLoad, total: Count): Values {
  const cores = node.type?.cores ?? 64;
  const infiniband = node.type?.networks[0]?.kind === 'infiniband';
  const speed = node.type?.networks[0]?.rate ?? 3.125e9;
  const rx = total('rx', load.netRx ?? 2e4);
  const tx = total('tx', load.netTx ?? 2e4);
  return {
    'host.cores': cores,
    'host.cpu': Math.min(1, load.cores / cores),
    'host.cpuMaxThread': load.thread,
    'host.hotThreads': load.thread >= HOT_THREAD ? Math.max(1, Math.floor(load.cores * 0.8)) : 0,
    'host.iowait': (load.iowaitCores ?? 0) / cores,
    'host.psiIo': load.psiIo ?? 0,
    'host.psiCpu': load.psiCpu ?? 0,
    'host.procsBlocked': load.blocked ?? 0,
    'host.load1': Math.round(load.cores * 100) / 100,
    'host.memUsed': load.memory ?? 6e9,
    'host.memTotal': node.type?.hostMemory[0] ?? 256e9,
    ...(infiniband ? { 'host.ibRx': rx, 'host.ibTx': tx, 'host.ibSpeed': speed } : { 'host.netRx': rx, 'host.netTx': tx, 'host.netSpeed': speed }),
    'host.fsRead': total('fsRead', load.fsRead ?? 0),
    'host.fsWrite': total('fsWrite', load.fsWrite ?? 0),
    'host.scratchRead': total('scratchRead', load.scratchRead ?? 0),
    'host.scratchWrite': total('scratchWrite', load.scratchWrite ?? 0),
    'host.scratchUsed': 2.1e9,
    'host.scratchTotal': 800e9,
  };
}

function engineValues(load: EngineLoad, count: Count): Values {
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

function defined(values: Partial<Record<MetricId, number | undefined>>): Values {
  const kept: Values = {};
  for (const [id, value] of Object.entries(values) as [MetricId, number | undefined][]) if (value !== undefined) kept[id] = value; // keys of a metric record
  return kept;
}
