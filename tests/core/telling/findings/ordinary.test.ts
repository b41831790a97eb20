import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../../core/analyse/index.ts';
import type { FactName, MetricId, Table } from '../../../../core/readings/index.ts';
import { findFindings } from '../../../../core/telling/index.ts';
import type { AnalyseOptions } from '../../../../core/judging/index.ts';

const PERIOD = 5;
type Load = Partial<Record<MetricId, number>>;

/** Small, repeatable unevenness, as every counter has it. */
const wobble = (value: number, i: number, salt: number): number => value * (1 + 0.03 * Math.sin(i * 1.7 + salt));

/** A table from what holds at each moment; rates of counters are summed up. */
function record(
  kind: Table['entity']['kind'],
  id: string,
  seconds: number,
  at: (t: number) => Load,
  more: { facts?: Partial<Record<FactName, string>>; counters?: readonly MetricId[]; node?: string } = {},
): Table {
  const rows = Math.floor(seconds / PERIOD);
  const ids = [...new Set(Array.from({ length: rows }, (_, i) => Object.keys(at(i * PERIOD))).flat())] as MetricId[]; // keys of typed literals
  const columns = new Map(
    ids.map((metric, salt) => {
      const counter = more.counters?.includes(metric) ?? false;
      const exact = /Max$|Total$|Limit$|Gen$|Width$|cap[A-Z]|processes|maxRunning|Speed|ecc|remapped/.test(metric);
      let sum = 0;
      return [
        metric,
        Float64Array.from({ length: rows }, (_, i) => {
          const value = at(i * PERIOD)[metric];
          if (value === undefined) return Number.NaN;
          const seen = exact ? value : Math.min(value <= 1 ? 1 : Number.POSITIVE_INFINITY, wobble(value, i, salt));
          if (!counter) return seen;
          sum += seen * PERIOD;
          return sum;
        }),
      ] as const;
    }),
  );
  return {
    entity: { kind, id, ...(more.node === undefined ? {} : { node: more.node }) },
    t: Float64Array.from({ length: rows }, (_, i) => i * PERIOD),
    columns,
    facts: new Map(Object.entries(more.facts ?? {}) as [FactName, string][]), // keys of a typed literal
  };
}

const A100: Load = {
  'gpu.memTotal': 42.9e9,
  'gpu.powerLimit': 400,
  'gpu.smClock': 1410e6,
  'gpu.pcieGenMax': 4,
  'gpu.pcieWidthMax': 16,
  'gpu.pcieGen': 4,
  'gpu.pcieWidth': 16,
  'gpu.eccUncorrected': 0,
  'gpu.eccCorrected': 3,
  'gpu.remappedRows': 2,
};
const NAME = { name: 'NVIDIA A100-SXM4-40GB' };
const DECODE: Load = {
  ...A100,
  'gpu.util': 0.96,
  'gpu.grActive': 0.95,
  'gpu.tensorActive': 0.08,
  'gpu.dramActive': 0.7,
  'gpu.fp32Active': 0.04,
  'gpu.memUsed': 38.5e9,
  'gpu.power': 270,
};
const PREFILL: Load = { ...DECODE, 'gpu.tensorActive': 0.72, 'gpu.dramActive': 0.3, 'gpu.power': 390, 'gpu.capPower': 0.4 };
const TRAIN: Load = {
  ...A100,
  'gpu.util': 0.98,
  'gpu.grActive': 0.97,
  'gpu.tensorActive': 0.55,
  'gpu.dramActive': 0.42,
  'gpu.fp32Active': 0.09,
  'gpu.memUsed': 37e9,
  'gpu.nvlinkRx': 40e9,
  'gpu.nvlinkTx': 40e9,
  'gpu.power': 350,
};
const REST: Load = {
  ...A100,
  'gpu.util': 0,
  'gpu.grActive': 0,
  'gpu.tensorActive': 0,
  'gpu.dramActive': 0,
  'gpu.memUsed': 4e6,
  'gpu.power': 55,
  'gpu.pcieGen': 1,
  'gpu.smClock': 210e6,
  'gpu.processes': 0,
};
const SPIN: Load = {
  ...TRAIN,
  'gpu.util': 1,
  'gpu.grActive': 1,
  'gpu.tensorActive': 0,
  'gpu.dramActive': 0.003,
  'gpu.fp32Active': 0,
  'gpu.nvlinkRx': 0,
  'gpu.nvlinkTx': 0,
  'gpu.power': 120,
};
const REQUESTS: Load = {
  'engine.running': 24,
  'engine.waiting': 0,
  'engine.kvUsage': 0.5,
  'engine.generationTokens': 900,
  'engine.promptTokens': 400,
  'engine.requests': 4,
  'engine.preemptions': 0,
};
const COUNTERS: readonly MetricId[] = [
  'engine.generationTokens',
  'engine.promptTokens',
  'engine.requests',
  'engine.preemptions',
  'engine.trainTokens',
  'engine.trainSteps',
];
const VLLM = { engine: 'vllm', model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16', maxNumSeqs: '256', kvBlocks: '9800', kvBlockSize: '16' };

const gpus = (count: number, seconds: number, at: (t: number, index: number) => Load, facts: Partial<Record<FactName, string>> = NAME): Table[] =>
  Array.from({ length: count }, (_, index) => record('gpu', `GPU-${index}`, seconds, (t) => at(t, index), { facts, node: 'n1' }));
const engine = (seconds: number, at: (t: number) => Load, facts: Partial<Record<FactName, string>> = VLLM): Table =>
  record('engine', 'vllm@n1:8000', seconds, at, { facts, counters: COUNTERS, node: 'n1' });
const trainer = (seconds: number, at: (t: number) => Load): Table =>
  record('engine', 'hf-trainer@?', seconds, at, { facts: { trainer: 'hf-trainer', model: 'Qwen/Qwen2.5-7B', dtype: 'bf16' }, counters: COUNTERS, node: 'n1' });
const host = (seconds: number, at: (t: number) => Load): Table => record('host', 'n1', seconds, at, { node: 'n1' });
const command = (text: string): Table => record('process', 'n1/77', 10, () => ({ 'process.cpu': 1 }), { facts: { command: text }, node: 'n1' });

const NO_REQUESTS: Load = {
  ...REQUESTS,
  'engine.running': 0,
  'engine.kvUsage': 0,
  'engine.generationTokens': 0,
  'engine.promptTokens': 0,
  'engine.requests': 0,
};
const STEPS: Load = { 'engine.trainTokens': 14_000, 'engine.trainSteps': 0.4 };

const ORDINARY: readonly [string, readonly Table[], AnalyseOptions?][] = [
  ['decode', [...gpus(1, 3600, () => DECODE), engine(3600, () => REQUESTS)]],
  ['decode seen by nvidia-smi alone', gpus(1, 3600, () => ({ ...A100, 'gpu.util': 0.97, 'gpu.memUtil': 0.5, 'gpu.memUsed': 38e9, 'gpu.power': 280 }))],
  [
    'decode over four GPUs',
    [
      ...gpus(4, 1800, () => ({ ...DECODE, 'gpu.nvlinkRx': 9e9, 'gpu.nvlinkTx': 9e9 })),
      engine(1800, () => REQUESTS, { ...VLLM, model: 'meta-llama/Llama-3.3-70B-Instruct', quantization: 'awq', tensorParallel: '4' }),
    ],
  ],
  [
    'prefill at the power limit',
    [...gpus(1, 1800, () => PREFILL), engine(1800, () => ({ ...REQUESTS, 'engine.promptTokens': 14_000, 'engine.generationTokens': 60 }))],
  ],
  [
    'a server that waits four minutes for requests',
    [
      ...gpus(1, 2400, (t) =>
        t > 900 && t < 1140 ? { ...DECODE, 'gpu.util': 0, 'gpu.grActive': 0, 'gpu.tensorActive': 0, 'gpu.dramActive': 0, 'gpu.power': 62 } : DECODE,
      ),
      engine(2400, (t) => (t > 900 && t < 1140 ? NO_REQUESTS : REQUESTS)),
    ],
  ],
  [
    'a server at its allowed number of requests, others waiting',
    [...gpus(1, 1800, () => DECODE), engine(1800, () => ({ ...REQUESTS, 'engine.running': 256, 'engine.waiting': 40, 'engine.kvUsage': 0.8 }))],
  ],
  [
    'a cache that is full now and then without putting anything back',
    [...gpus(1, 1800, () => DECODE), engine(1800, (t) => ({ ...REQUESTS, 'engine.kvUsage': t % 60 < 15 ? 0.97 : 0.7 }))],
  ],
  ['training on four GPUs', [...gpus(4, 3600, () => TRAIN), trainer(3600, () => STEPS)]],
  [
    'training seen by nvidia-smi alone',
    gpus(4, 3600, (_, i) => ({ ...A100, 'gpu.util': 0.97 - 0.02 * i, 'gpu.memUtil': 0.45, 'gpu.memUsed': 36e9, 'gpu.power': 340 })),
  ],
  [
    'training with a checkpoint every ten minutes',
    [
      ...gpus(4, 3600, (t) => (t % 600 < 40 ? { ...SPIN, 'gpu.util': 0.3, 'gpu.grActive': 0.3 } : TRAIN)),
      trainer(3600, (t) => (t % 600 < 40 ? { 'engine.trainTokens': 0, 'engine.trainSteps': 0 } : STEPS)),
    ],
  ],
  [
    'training whose first rank evaluates for two minutes',
    [...gpus(4, 2400, (t, i) => (t > 1200 && t < 1320 && i > 0 ? SPIN : TRAIN)), trainer(2400, () => STEPS)],
  ],
  [
    'LoRA on one GPU',
    [
      ...gpus(1, 1800, () => ({ ...TRAIN, 'gpu.tensorActive': 0.38, 'gpu.nvlinkRx': 0, 'gpu.nvlinkTx': 0 })),
      trainer(1800, () => ({ 'engine.trainTokens': 3000, 'engine.trainSteps': 0.3 })),
      command('python finetune_lora.py --model_name_or_path Qwen/Qwen2.5-7B --bf16'),
    ],
  ],
  [
    'a data loader that stalls two GPUs alike',
    [
      ...gpus(2, 1800, (t) => (t % 20 < 10 ? TRAIN : { ...TRAIN, 'gpu.util': 0, 'gpu.grActive': 0, 'gpu.tensorActive': 0, 'gpu.dramActive': 0 })),
      host(1800, () => ({ 'host.psiIo': 0.55, 'host.cpu': 0.2 })),
    ],
  ],
  [
    'loading for 40 s, then serving',
    [
      ...gpus(1, 1800, (t) => (t < 40 ? { ...REST, 'gpu.memUsed': (16e9 * t) / 40, 'gpu.processes': 1, 'gpu.pcieRx': 0.4e9 } : DECODE)),
      engine(1800, (t) => (t < 60 ? NO_REQUESTS : REQUESTS)),
    ],
  ],
  [
    'a start-up of two minutes: imports, loading, compilation, cache',
    [
      ...gpus(1, 1800, (t) => (t < 150 ? { ...REST, 'gpu.processes': 1, 'gpu.memUsed': t < 40 ? 5e8 : t < 70 ? 5e8 + (15e9 * (t - 40)) / 30 : 16e9 } : DECODE)),
      engine(1800, (t) => (t < 160 ? NO_REQUESTS : REQUESTS)),
    ],
  ],
  ['an idle tail of nine minutes', gpus(1, 1800 + 540, (t) => (t < 1800 ? TRAIN : REST))],
  ['a head of nine minutes on the CPU', gpus(2, 2400, (t) => (t < 540 ? REST : TRAIN))],
  [
    'a T4 under its power cap',
    gpus(
      1,
      1800,
      () => ({
        'gpu.memTotal': 16.1e9,
        'gpu.powerLimit': 70,
        'gpu.power': 69.5,
        'gpu.capPower': 1,
        'gpu.smClock': 900e6,
        'gpu.util': 0.99,
        'gpu.grActive': 0.98,
        'gpu.tensorActive': 0.5,
        'gpu.dramActive': 0.5,
        'gpu.memUsed': 13e9,
        'gpu.pcieGen': 3,
        'gpu.pcieGenMax': 3,
        'gpu.pcieWidth': 16,
        'gpu.pcieWidthMax': 16,
      }),
      { name: 'Tesla T4' },
    ),
  ],
  ['a link that drops at rest', gpus(1, 3600, (t) => (t % 600 < 200 ? { ...REST, 'gpu.processes': 1, 'gpu.memUsed': 9e9 } : TRAIN))],
  ['memory taken in advance', gpus(1, 1800, () => ({ ...TRAIN, 'gpu.memUsed': 42.5e9 }))],
  [
    'a notebook in use',
    gpus(1, 3600, (t) => (t % 400 < 90 ? { ...TRAIN, 'gpu.nvlinkRx': 0, 'gpu.nvlinkTx': 0 } : { ...REST, 'gpu.memUsed': 9e9, 'gpu.processes': 1 })),
  ],
  ['two GPUs training beside two decoding', [...gpus(4, 1800, (_, i) => (i < 2 ? TRAIN : DECODE))]],
  ['mixed precision with FP32 beside tensor work', gpus(1, 1800, () => ({ ...TRAIN, 'gpu.fp32Active': 0.5, 'gpu.tensorActive': 0.3 }))],
  ['a server on BF16 on an A100 with FP8 weights', [...gpus(1, 1800, () => DECODE), engine(1800, () => REQUESTS, { ...VLLM, quantization: 'fp8' })]],
  [
    'a server in FP16 on a V100',
    [
      ...gpus(1, 1800, () => ({ ...DECODE, 'gpu.memTotal': 34.3e9, 'gpu.memUsed': 30e9, 'gpu.pcieGen': 3, 'gpu.pcieGenMax': 3 }), {
        name: 'Tesla V100-SXM2-32GB',
      }),
      engine(1800, () => REQUESTS, { ...VLLM, dtype: 'fp16' }),
    ],
  ],
  ['a short test', gpus(2, 120, (t, i) => (t < 60 && i === 0 ? TRAIN : REST))],
  ['one GPU of four in use for five minutes', gpus(4, 300, (_, i) => (i === 0 ? TRAIN : REST))],
  ['nothing', []],
];

describe('an ordinary job raises no finding', () => {
  it.each(ORDINARY)('%s', (_, tables, options) => {
    const judged = judgeRun({ clock: 'utc', tables, events: [] }, options ?? {});
    expect(findFindings(judged).map(({ id, text, evidence }) => [id, text, evidence])).toEqual([]);
  });

  it('while the suite’s own parts do raise them when the job goes wrong', () => {
    const ids = (tables: readonly Table[]) => findFindings(judgeRun({ clock: 'utc', tables, events: [] })).map(({ id }) => id);
    expect(ids(gpus(1, 2500, (t) => (t < 1800 ? TRAIN : REST)))).toEqual(['no-process']);
    expect(ids(gpus(1, 2500, (t) => (t < 1800 ? TRAIN : { ...REST, 'gpu.memUsed': 9e9, 'gpu.processes': 1 })))).toEqual(['held-idle']);
    expect(ids(gpus(4, 1200, (t) => (t < 600 ? TRAIN : SPIN)))).toEqual(['hung']);
    expect(ids(gpus(4, 1200, (t, i) => (t >= 600 && i > 0 ? SPIN : TRAIN)))).toEqual(['one-rank-working']);
    expect(ids(gpus(4, 1200, (_, i) => (i === 0 ? TRAIN : REST)))).toEqual(['unused-gpus', 'unused-gpus', 'unused-gpus']);
    expect(ids(gpus(1, 1200, () => ({ ...TRAIN, 'gpu.capHwThermal': 1 })))).toEqual(['thermal']);
    expect(ids(gpus(1, 1200, () => ({ ...TRAIN, 'gpu.pcieGen': 1 })))).toEqual(['link-degraded']);
    expect(ids(gpus(1, 1200, () => ({ ...TRAIN, 'gpu.fp32Active': 0.8, 'gpu.tensorActive': 0.001 })))).toEqual(['no-tensor-cores']);
    expect(
      ids([...gpus(1, 1200, () => DECODE), engine(1200, () => ({ ...REQUESTS, 'engine.kvUsage': 0.99, 'engine.waiting': 30, 'engine.preemptions': 0.4 }))]),
    ).toEqual(['kv-capacity']);
  });
});
