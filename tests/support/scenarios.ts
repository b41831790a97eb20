import type { MetricId, Table } from '../../core/readings/index.ts';
import type { AnalyseOptions } from '../../core/judging/index.ts';
import { made } from './telemetry.ts';

type Values = Partial<Record<MetricId, number | ((sample: number) => number)>>;

export interface Scenario {
  readonly name: string;
  readonly tables: readonly Table[];
  readonly options: AnalyseOptions;
  /** What a right answer is; several where a vaguer one is right too. */
  readonly expected: string;
}

const SAMPLES = 240;
const A100 = { name: 'NVIDIA A100-SXM4-40GB' };
const CARD: Values = { 'gpu.memTotal': 42949672960, 'gpu.powerLimit': 400 };
const gpu = (values: Values, id = 'GPU-0') => made('gpu', { id, node: 'n1', samples: SAMPLES, facts: A100, values: { ...CARD, ...values } });
const host = (values: Values) => made('host', { id: 'n1', samples: SAMPLES, values });
const vllm = (values: Values) => made('engine', { id: 'vllm@n1:8000', node: 'n1', samples: SAMPLES, values });
const four = (values: (i: number) => Values) => [0, 1, 2, 3].map((i) => gpu(values(i), `GPU-${i}`));

const DECODING: Values = {
  'engine.running': 8,
  'engine.waiting': 0,
  'engine.promptTokens': 300,
  'engine.requests': 2,
  'engine.steps': 70,
  'engine.generationTokens': 562,
  'engine.kvUsage': 0.3,
  'engine.kvTokens': 6000,
};
const PREFILLING: Values = {
  'engine.running': 4,
  'engine.waiting': 2,
  'engine.promptTokens': 14_000,
  'engine.requests': 7,
  'engine.steps': 8,
  'engine.generationTokens': 15,
  'engine.kvUsage': 0.2,
  'engine.kvTokens': 4000,
};
const FULL: Values = { ...DECODING, 'engine.kvUsage': 0.98, 'engine.preemptions': 0.2, 'engine.waiting': 40 };
const LLAMA: AnalyseOptions = { model: 'llama-3.1-8b' };

/** Jobs of every kind with steady telemetry: what each is limited by is clear from how it was made. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'decode, DCGM', tables: [gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.05, 'gpu.dramActive': 0.7 })], options: {}, expected: 'memory' },
  {
    name: 'decode of batch 32, DCGM',
    tables: [gpu({ 'gpu.grActive': 0.98, 'gpu.smActive': 0.95, 'gpu.tensorActive': 0.15, 'gpu.dramActive': 0.73 })],
    options: {},
    expected: 'memory',
  },
  { name: 'decode, vLLM with its model', tables: [gpu({ 'gpu.util': 0.97, 'gpu.memUsed': 36e9 }), vllm(DECODING)], options: LLAMA, expected: 'memory' },
  {
    name: 'decode, vLLM and DCGM',
    tables: [gpu({ 'gpu.grActive': 0.97, 'gpu.tensorActive': 0.06, 'gpu.dramActive': 0.68, 'gpu.memUsed': 36e9 }), vllm(DECODING)],
    options: LLAMA,
    expected: 'memory',
  },
  { name: 'prefill, vLLM with its model', tables: [gpu({ 'gpu.util': 0.98, 'gpu.memUsed': 36e9 }), vllm(PREFILLING)], options: LLAMA, expected: 'compute' },
  { name: 'cache too small, vLLM', tables: [gpu({ 'gpu.util': 0.97, 'gpu.memUsed': 36e9 }), vllm(FULL)], options: LLAMA, expected: 'capacity' },
  {
    name: 'host-bound server, vLLM',
    tables: [
      gpu({ 'gpu.util': 0.35, 'gpu.memUsed': 36e9 }),
      vllm({ ...DECODING, 'engine.steps': 12, 'engine.generationTokens': 98, 'engine.promptTokens': 50 }),
    ],
    options: LLAMA,
    expected: 'host',
  },
  {
    name: 'training, DCGM',
    tables: four(() => ({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0.62, 'gpu.dramActive': 0.35, 'gpu.nvlinkRx': 30e9, 'gpu.nvlinkTx': 30e9 })),
    options: {},
    expected: 'compute',
  },
  {
    name: 'training in FP32, DCGM',
    tables: [gpu({ 'gpu.grActive': 0.98, 'gpu.tensorActive': 0, 'gpu.fp32Active': 0.65, 'gpu.dramActive': 0.25 })],
    options: {},
    expected: 'compute',
  },
  {
    name: 'data-loading stall, DCGM and /proc',
    tables: [
      gpu({
        'gpu.grActive': (i) => (i % 10 < 4 ? 0.97 : 0),
        'gpu.tensorActive': (i) => (i % 10 < 4 ? 0.6 : 0),
        'gpu.dramActive': (i) => (i % 10 < 4 ? 0.3 : 0),
      }),
      host({ 'host.psiIo': 0.02, 'host.cpuMaxThread': 1, 'host.cpu': 0.4 }),
    ],
    options: {},
    expected: 'host',
  },
  {
    name: 'reads from storage over InfiniBand',
    tables: [
      gpu({ 'gpu.grActive': 0.3, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.15 }),
      host({ 'host.ibSpeed': 12.5e9, 'host.ibRxRate': 9.5e9, 'host.ibTxRate': 1e8, 'host.psiIo': 0.6 }),
    ],
    options: {},
    expected: 'storage',
  },
  {
    name: 'gradients between nodes',
    tables: [
      gpu({ 'gpu.grActive': 0.95, 'gpu.tensorActive': 0.2, 'gpu.dramActive': 0.2 }),
      host({ 'host.ibSpeed': 12.5e9, 'host.ibRxRate': 9.5e9, 'host.ibTxRate': 9.5e9 }),
    ],
    options: {},
    expected: 'network',
  },
  {
    name: 'offload to the host’s memory',
    tables: [gpu({ 'gpu.grActive': 0.45, 'gpu.tensorActive': 0.15, 'gpu.dramActive': 0.15, 'gpu.pcieRx': 21e9, 'gpu.pcieTx': 20e9, 'gpu.memUsed': 30e9 })],
    options: {},
    expected: 'transfer',
  },
  {
    name: 'small kernels',
    tables: [gpu({ 'gpu.grActive': 0.95, 'gpu.tensorActive': 0.1, 'gpu.dramActive': 0.15, 'gpu.fp32Active': 0.05 })],
    options: {},
    expected: 'overhead',
  },
  {
    name: 'hung collective',
    tables: four(() => ({ 'gpu.grActive': 1, 'gpu.tensorActive': 0, 'gpu.dramActive': 0.002, 'gpu.fp32Active': 0.001, 'gpu.pcieRx': 1e6 })),
    options: {},
    expected: 'overhead',
  },
  { name: 'idle allocation', tables: [gpu({ 'gpu.util': 0, 'gpu.memUsed': 0.5e9, 'gpu.power': 58 })], options: {}, expected: 'idle' },
  {
    name: 'idle server',
    tables: [
      gpu({ 'gpu.util': 0, 'gpu.memUsed': 36e9 }),
      vllm({ 'engine.running': 0, 'engine.waiting': 0, 'engine.promptTokens': 0, 'engine.generationTokens': 0 }),
    ],
    options: LLAMA,
    expected: 'idle',
  },
  { name: 'busy, nvidia-smi alone', tables: [gpu({ 'gpu.util': 0.99, 'gpu.memUtil': 0.5, 'gpu.power': 390 })], options: {}, expected: 'unknown' },
  {
    name: 'busy with much traffic, nvidia-smi alone',
    tables: [gpu({ 'gpu.util': 0.99, 'gpu.memUtil': 0.92, 'gpu.power': 300 })],
    options: {},
    expected: 'memory',
  },
];
