import { GPUS } from '../../core/knowledge/index.ts';
import { type Intake, type MetricId, outgoingIntake, type Reading, tablesOf } from '../../core/readings/index.ts';
import { type Cue, DEMO_CLUSTER, gpuFacts } from './cast.ts';
import type { DemoGpu, DemoNode } from './cluster.ts';
import type { GpuLoad } from './scenarios/index.ts';
import { gpuValues, STATE_METRICS } from './physics.ts';
import { hash01, jitter, wander } from './random.ts';

const FIRST_JOB = 4_190_000;
/** Share of the remaining nodes that jobs hold. */
const HELD = 0.8;
const NAMES = ['train', 'sweep', 'diffusion', 'protein-fold', 'embeddings', 'eval', 'segmentation', 'notebook'] as const;
const USERS = ['olof', 'petra', 'quentin', 'rut', 'sven', 'tove', 'ulla', 'viktor', 'wilma', 'ylva'] as const;

/** The rest of the cluster: nodes whose state comes once a minute from nvidia-smi alone. */
export interface Background {
  /** Declarations of the jobs that run there. */
  readonly cues: readonly Cue[];
  readonly nodes: readonly DemoNode[];
  /** A node's readings at the given times (seconds UTC), as one intake. */
  intake(node: DemoNode, times: readonly number[]): Intake;
}

interface BackgroundOptions {
  readonly nodes: readonly DemoNode[];
  /** Free GPUs of nodes that a job with telemetry of its own shares. */
  readonly beside: readonly DemoNode[];
  readonly seed: number;
  /** When the history begins, seconds UTC. */
  readonly begin: number;
}

/** A job that nobody looks into: the GPUs that it holds on its node. */
interface Holder {
  readonly number: number;
  readonly node: DemoNode;
  readonly gpus: readonly DemoGpu[];
}

/** The jobs that hold `nodes`; what is `beside` stays free. */
export function background({ nodes, beside, seed, begin }: BackgroundOptions): Background {
  const shared = new Set(beside);
  const holders = holdersOf(nodes, seed);
  const jobOf = new Map(holders.flatMap(({ number, gpus }) => gpus.map((gpu) => [gpu.uuid, number] as const)));
  const seqs = new Map<DemoNode, number>();

  const readingsAt = (node: DemoNode, at: number): Reading[] => {
    const gpus = node.gpus.map((gpu): Reading => {
      const load = loadOf(gpu, jobOf.get(gpu.uuid), { seed, at });
      return { entity: { kind: 'gpu', id: gpu.uuid, node: node.name }, at, values: stateOf(gpuValues(gpu.type, load, jitter(seed, gpu.uuid, at))) };
    });
    // The host of a shared node is reported by the job's own telemetry.
    if (shared.has(node)) return gpus;
    const held = node.gpus.some((gpu) => jobOf.has(gpu.uuid));
    return [...gpus, { entity: { kind: 'host', id: node.name, node: node.name }, at, values: hostValues(node, held, { seed, at }) }];
  };

  return {
    cues: holders.map((holder) => cueOf(holder, { seed, begin })),
    nodes: [...nodes, ...beside],
    intake(node, times) {
      const seq = seqs.get(node) ?? 0;
      seqs.set(node, seq + 1);
      return outgoingIntake({
        source: `demo/${node.name}${shared.has(node) ? '/beside' : ''}/${begin}`,
        seq,
        node: node.name,
        tables: tablesOf(times.flatMap((at) => readingsAt(node, at))),
        facts: seq === 0 ? node.gpus.flatMap(gpuFacts) : [],
        events: [],
      });
    },
  };
}

/** Most nodes with GPUs are held: a job takes a node, or two share it. */
function holdersOf(nodes: readonly DemoNode[], seed: number): Holder[] {
  const withGpus = nodes.filter((node) => node.gpus.length > 0);
  return withGpus.flatMap((node, index): Holder[] => {
    if (hash01(seed, 'held', node.name) > HELD) return [];
    const each = hash01(seed, 'split', node.name) > 0.5 ? node.gpus.length : Math.ceil(node.gpus.length / 2);
    return node.gpus.flatMap((_, first) => (first % each === 0 ? [{ number: index * 10 + first, node, gpus: node.gpus.slice(first, first + each) }] : []));
  });
}

/** The few values that nvidia-smi alone gives. */
function stateOf(values: Partial<Record<MetricId, number>>): Partial<Record<MetricId, number>> {
  const kept: Partial<Record<MetricId, number>> = {};
  for (const id of STATE_METRICS) {
    const value = values[id];
    if (value !== undefined) kept[id] = value;
  }
  return kept;
}

function hostValues(node: DemoNode, held: boolean, { seed, at }: { seed: number; at: number }): Partial<Record<MetricId, number>> {
  return {
    'host.cores': node.type?.cores ?? 32,
    'host.cpu': held ? 0.12 + 0.05 * wander(seed, node.name, at, 600) : 0.01,
    'host.memUsed': held ? 40e9 : 5e9,
    'host.memTotal': node.type?.hostMemory[0] ?? 192e9,
  };
}

/** About one job in eight sleeps and one in six works at a fifth; the others work near the full. */
function loadOf(gpu: DemoGpu, job: number | undefined, { seed, at }: { seed: number; at: number }): GpuLoad {
  if (job === undefined) return { busy: 0 };
  const kind = hash01(seed, 'kind', job);
  const size = GPUS[gpu.type].memoryBytes;
  if (kind < 0.12) return { busy: 0, memory: size * 0.1 };
  const level = kind < 0.3 ? 0.2 : 0.75 + 0.23 * hash01(seed, 'level', job);
  const busy = Math.max(0.03, Math.min(1, level + 0.12 * wander(seed, `bg/${job}`, at, 240)));
  const dram = busy * (0.2 + 0.5 * hash01(seed, 'dram', job));
  return {
    busy,
    bytes: dram * GPUS[gpu.type].bandwidth,
    tensorFlops: busy * 0.3 * (GPUS[gpu.type].peaks.fp16 ?? 1e13),
    memory: size * (0.3 + 0.6 * hash01(seed, 'memory', job)),
  };
}

function cueOf({ number, node, gpus }: Holder, { seed, begin }: { seed: number; begin: number }): Cue {
  const start = begin - 1800 - Math.floor(hash01(seed, 'start', number) * 30 * 3600);
  const user = USERS[Math.floor(hash01(seed, 'user', number) * USERS.length)] ?? 'olof';
  const name = NAMES[Math.floor(hash01(seed, 'name', number) * NAMES.length)] ?? 'train';
  return {
    at: begin,
    key: { cluster: DEMO_CLUSTER, id: String(FIRST_JOB + number) },
    declaration: {
      name,
      user,
      project: `naiss2026-${3 + (number % 4)}-${20 + (number % 37)}`,
      partition: 'alvis',
      state: 'running',
      start,
      end: null,
      timeLimit: 7 * 86_400,
      nodes: [node.name],
      gpus: gpus.map((gpu) => ({ uuid: gpu.uuid, node: gpu.node })),
      ...(gpus[0] === undefined ? {} : { gpuType: gpus[0].type }),
      cores: Math.round(((node.type?.cores ?? 32) * gpus.length) / (node.type?.gpusPerNode ?? 1)),
      demo: true,
    },
  };
}
