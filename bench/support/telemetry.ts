import type { MetricId, Table } from '../../core/readings/index.ts';

interface What {
  readonly id: string;
  readonly node: string;
  readonly samples: number;
  readonly seed: number;
}

const START = 1_700_000_000;
const PERIOD = 10;

/** A GPU that trains with a change of pace every few hours: 15 metrics at 10 s, with 5 % noise. */
export function trainingGpu({ id, node, samples, seed }: What): Table {
  const random = randomOf(seed);
  const levels: Partial<Record<MetricId, readonly [number, number]>> = {
    'gpu.util': [0.97, 0.97],
    'gpu.grActive': [0.96, 0.95],
    'gpu.tensorActive': [0.62, 0.25],
    'gpu.dramActive': [0.35, 0.52],
    'gpu.smActive': [0.9, 0.8],
    'gpu.power': [350, 240],
    'gpu.powerLimit': [400, 400],
    'gpu.memUsed': [30e9, 30e9],
    'gpu.memTotal': [42949672960, 42949672960],
    'gpu.smClock': [1.4e9, 1.4e9],
    'gpu.pcieRx': [1e9, 2e9],
    'gpu.pcieTx': [1e9, 1e9],
    'gpu.nvlinkRx': [1e10, 2e10],
    'gpu.nvlinkTx': [1e10, 2e10],
    'gpu.temp': [60, 55],
  };
  const fixed: readonly string[] = ['gpu.powerLimit', 'gpu.memTotal', 'gpu.memUsed'];
  const columns = new Map<MetricId, Float64Array>();
  for (const [name, level] of Object.entries(levels) as [MetricId, readonly [number, number]][]) {
    const noise = fixed.includes(name) ? 0 : 0.05;
    columns.set(
      name,
      Float64Array.from({ length: samples }, (_, i) => {
        const [one, other] = level;
        return (Math.floor(i / 2000) % 2 === 0 ? one : other) * (1 - noise + 2 * noise * random());
      }),
    );
  }
  return { entity: { kind: 'gpu', id, node }, t: times(samples), columns, facts: new Map([['name', 'NVIDIA A100-SXM4-40GB']]) };
}

/** A vLLM server that decodes: gauges and counters at 10 s. */
export function vllmEngine({ id, node, samples, seed }: What): Table {
  const random = randomOf(seed);
  const columns = new Map<MetricId, Float64Array>();
  const gauges: Partial<Record<MetricId, number>> = { 'engine.running': 32, 'engine.waiting': 2, 'engine.kvUsage': 0.4 };
  const rates: Partial<Record<MetricId, number>> = {
    'engine.promptTokens': 800,
    'engine.generationTokens': 900,
    'engine.requests': 4,
    'engine.steps': 30,
    'engine.preemptions': 0,
  };
  for (const [name, level] of Object.entries(gauges) as [MetricId, number][])
    columns.set(
      name,
      Float64Array.from({ length: samples }, () => level * (0.95 + 0.1 * random())),
    );
  for (const [name, rate] of Object.entries(rates) as [MetricId, number][]) {
    let sum = 0;
    columns.set(
      name,
      Float64Array.from({ length: samples }, () => (sum += rate * PERIOD * (0.95 + 0.1 * random()))),
    );
  }
  return { entity: { kind: 'engine', id, node }, t: times(samples), columns, facts: new Map() };
}

function times(samples: number): Float64Array {
  return Float64Array.from({ length: samples }, (_, i) => START + i * PERIOD);
}

function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
