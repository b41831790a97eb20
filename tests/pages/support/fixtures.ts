import type { Analysis, Bottleneck, Job, JobDetail, JobRow, Overview, Phase, SeriesReply, Verdict } from '../../../core/contract/index.ts';
import { isMetricId, METRICS, type MetricId } from '../../../core/readings/index.ts';
import { aVerdict, aWorkload, someAnalysis, someShares } from '../../support/analysis.ts';
import { aJob } from '../../support/jobs.ts';

/** Invented jobs in the shapes of the contract. Times hang on one instant, so that pictures of them are alike. */
export const NOW = 1_795_000_000;

/** A memory-bound decode with full evidence. */
export function decodeVerdict(): Verdict {
  return aVerdict({
    bottleneck: 'memory',
    second: 'compute',
    activity: 'decode',
    activityGrade: 0.9,
    tier: 'A',
    evidence: ['vllm', 'dcgm'],
    grade: 0.93,
    gradeWhy: 'ceiling 0.95 × coverage 0.98 × margin 1.00',
    headroom: 1.08,
    relief: 3.2,
    shares: someShares({ memory: 0.93, compute: 0.1, nvlink: 0.31, host: 0.03, transfer: 0.02, network: 0.01, busy: 0.97, empty: 0.03 }),
    tree: { empty: { host: 0.02, unknown: 0.01 }, busy: { memory: 0.93, compute: 0.1 }, unexplained: 0.04, unexplainedAtLeast: 0 },
    split: {
      flops: { prefill: 0.2, decode: 0.8 },
      bytes: { weights: 0.8, kv: 0.15, other: 0.05 },
      time: { prefill: 0.06, decode: 0.91, other: 0.03 },
      estimated: true,
    },
    figures: [
      { label: 'Memory bandwidth', value: 1.16e12, unit: 'bytes/s', ceiling: 1.244e12, source: 'dcgm' },
      { label: 'Tensor active', value: 0.09, unit: 'ratio', ceiling: 0.87, source: 'dcgm' },
    ],
    missing: ['WEKA client counters: the agent reads them from /proc/wekafs'],
    why: [
      'The GPUs move 1.16 TB/s each, 93 % of what this card can in practice (1.24 of 1.56 TB/s peak).',
      'Tensor cores work 9 % of the time: they wait for weights.',
    ],
    advice: ['More FLOPs (H100) or more tensor parallelism would not help: the roof is bandwidth.'],
    tries: [
      { text: 'Raise concurrency: 14 requests run, the KV cache is 21 % full.', gain: 3.5, arithmetic: '50 requests ÷ 14 requests at the same weight reads' },
      { text: 'FP8 or INT8 KV cache once context grows past 8 k.', gain: 1.1, arithmetic: '0.15 of bytes are KV: 1 ÷ (1 − 0.15 ÷ 2)' },
      { text: 'Speculative decoding with a 1–8 B draft.', gain: null, arithmetic: '' },
    ],
  });
}

function job(changes: Partial<Job> = {}): Job {
  return aJob('4182931', {
    cluster: 'alvis',
    name: 'llama70b-serve',
    user: 'mira',
    project: 'naiss2026-5-12',
    partition: 'alvis',
    start: NOW - 11_520,
    timeLimit: 43_200,
    nodes: ['alvis4-12'],
    gpus: [0, 1, 2, 3].map((index) => ({ uuid: `GPU-0000000${index}-aaaa`, node: 'alvis4-12' })),
    gpuCount: 4,
    gpuType: 'A100-40',
    cores: 64,
    memory: 256e9,
    model: 'meta-llama/Llama-3.1-70B',
    dtype: 'fp16',
    tensorParallel: 4,
    ...changes,
  });
}

const LIFE: readonly (readonly [number, Bottleneck, Verdict['activity']])[] = [
  [660, 'storage', 'loading'],
  [1860, 'compute', 'prefill'],
  [1080, 'idle', 'idle'],
  [2640, 'balanced', 'serving'],
  [5280, 'memory', 'decode'],
];

/** The phases of a serving job that began at `from`. */
export function phases(from: number): Phase[] {
  let at = from;
  return LIFE.map(([seconds, bottleneck, activity]) => {
    const start = at;
    at += seconds;
    const split =
      bottleneck === 'compute'
        ? { prefill: 0.86, decode: 0.06, other: 0.08 }
        : bottleneck === 'memory'
          ? { prefill: 0.06, decode: 0.91, other: 0.03 }
          : bottleneck === 'balanced'
            ? { prefill: 0.4, decode: 0.48, other: 0.12 }
            : null;
    const base = bottleneck === 'memory' ? decodeVerdict() : aVerdict({ bottleneck, activity, grade: 0.8, tier: 'A' });
    return { from: start, to: at, verdict: { ...base, split: split === null ? null : { flops: null, bytes: null, time: split, estimated: true } } };
  });
}

export function analysis(changes: Partial<Analysis> = {}): Analysis {
  const from = NOW - 11_520;
  const life = phases(from);
  return someAnalysis({
    from,
    to: NOW,
    workload: aWorkload({
      engine: 'vLLM 0.11',
      model: 'Llama-3.1-70B',
      dtype: 'fp16',
      quantization: 'awq int4',
      tensorParallel: 4,
      from: ['the process’s command line', 'the engine’s /metrics'],
    }),
    verdict: decodeVerdict(),
    mix: {
      bottleneck: { storage: 2640, compute: 7440, idle: 4320, balanced: 10_560, memory: 21_120 },
      activity: { loading: 2640, prefill: 7440, idle: 4320, serving: 10_560, decode: 21_120 },
    },
    gpus: [0, 1, 2, 3].map((index) => ({ id: `GPU-0000000${index}-aaaa`, name: 'NVIDIA A100-SXM4-40GB', verdict: decodeVerdict() })),
    phases: life,
    findings: [
      {
        id: 'imbalance',
        text: 'GPU 3 runs 11 % slower than its neighbours.',
        evidence: ['SM clock 1185 MHz against 1410', 'power brake 4 % of the time'],
        entity: 'GPU-00000003-aaaa',
        from: NOW - 2700,
        to: null,
      },
      { id: 'idle', text: '18 minutes idle after prefill: no requests waited.', evidence: [], entity: null, from: NOW - 9000, to: NOW - 7920 },
    ],
    roofline: {
      gpu: 'A100-40',
      bandwidth: 1.555e12,
      practicalBandwidth: 1.244e12,
      peaks: { fp16: 312e12, bf16: 312e12, tf32: 156e12, fp32: 19.5e12, int8: 624e12 },
      dtype: 'fp16',
      practicalFraction: 0.87,
      advice: null,
      points: life.flatMap((phase, index) =>
        phase.verdict.bottleneck === 'compute' || phase.verdict.bottleneck === 'memory' || phase.verdict.bottleneck === 'balanced'
          ? Array.from({ length: 40 }, (_, step) => point(phase, index, step))
          : [],
      ),
    },
    ...changes,
  });
}

function point(phase: Phase, index: number, step: number) {
  const wobble = 1 + 0.25 * Math.sin(step * 1.7 + index);
  const intensity = (phase.verdict.bottleneck === 'compute' ? 300 : phase.verdict.bottleneck === 'memory' ? 22 : 90) * wobble;
  return {
    at: phase.from + (step / 40) * (phase.to - phase.from),
    intensity,
    flops: Math.min(245e12, intensity * 1.16e12) * (0.95 + 0.05 * Math.cos(step)),
    phase: index,
  };
}

export function detail(changes: Partial<JobDetail> = {}): JobDetail {
  return {
    job: job(),
    analysis: analysis(),
    lastReadingAt: NOW,
    silence: [],
    entities: [
      ...[0, 1, 2, 3].map((index) => ({
        kind: 'gpu',
        id: `GPU-0000000${index}-aaaa`,
        node: 'alvis4-12',
        name: 'NVIDIA A100-SXM4-40GB',
        facts: { minor: String(index) },
        metrics: ['gpu.util', 'gpu.memTemp'],
      })),
      { kind: 'host', id: 'alvis4-12', node: 'alvis4-12', name: null, facts: {}, metrics: ['host.cpu'] },
      {
        kind: 'process',
        id: 'alvis4-12/4711',
        node: 'alvis4-12',
        name: 'vllm',
        facts: { command: 'vllm serve meta-llama/Llama-3.1-70B --tensor-parallel-size 4', user: 'mira' },
        metrics: ['process.cpu'],
      },
    ],
    events: [{ at: NOW - 11_000, kind: 'loading', entity: null, text: 'Loading safetensors checkpoint shards' }],
    ...changes,
  };
}

/** Levels of each metric through the phases: storage, compute, idle, balanced, memory. */
const LEVELS: Partial<Record<MetricId, readonly [number, number, number, number, number]>> = {
  'gpu.grActive': [0.1, 0.95, 0.02, 0.96, 0.97],
  'gpu.tensorActive': [0, 0.72, 0, 0.35, 0.09],
  'gpu.dramActive': [0.05, 0.3, 0.01, 0.55, 0.746],
  'gpu.power': [90, 380, 70, 320, 251],
  'gpu.powerLimit': [400, 400, 400, 400, 400],
  'gpu.smClock': [1095e6, 1380e6, 765e6, 1410e6, 1410e6],
  'gpu.smClockMax': [1410e6, 1410e6, 1410e6, 1410e6, 1410e6],
  'gpu.memUsed': [12e9, 36.8e9, 36.8e9, 36.8e9, 36.8e9],
  'gpu.memTotal': [42.9e9, 42.9e9, 42.9e9, 42.9e9, 42.9e9],
  'engine.kvUsage': [0, 0.4, 0.02, 0.5, 0.21],
  'engine.generationRate': [0, 30, 0, 300, 470],
  'engine.promptRate': [0, 5200, 0, 1500, 210],
  'engine.running': [0, 4, 0, 12, 14],
  'engine.waiting': [0, 20, 0, 2, 0],
  'gpu.pcieRx': [9e9, 2e8, 0, 3e8, 1e8],
  'gpu.pcieTx': [1e7, 1e8, 0, 1e8, 6e7],
  'gpu.nvlinkRx': [0, 90e9, 0, 80e9, 74e9],
  'gpu.nvlinkTx': [0, 90e9, 0, 80e9, 73e9],
  'host.ibRxRate': [2.9e9, 1e7, 1e6, 1e7, 1e7],
  'host.ibTxRate': [1e7, 1e7, 1e6, 1e7, 1e7],
  'host.ibSpeed': [12.5e9, 12.5e9, 12.5e9, 12.5e9, 12.5e9],
  'host.cpuMaxThread': [0.98, 0.6, 0.05, 0.7, 0.62],
  'host.cpu': [0.2, 0.1, 0.01, 0.12, 0.1],
  'host.memUsed': [80e9, 61e9, 61e9, 61e9, 61e9],
  'host.memTotal': [256e9, 256e9, 256e9, 256e9, 256e9],
  'host.scratchUsed': [12e9, 12e9, 12e9, 12e9, 12e9],
  'host.scratchTotal': [960e9, 960e9, 960e9, 960e9, 960e9],
  'gpu.temp': [40, 63, 42, 60, 57],
  'gpu.memTemp': [45, 80, 46, 78, 76],
};
const ENTITIES = {
  gpu: [0, 1, 2, 3].map((index) => `GPU-0000000${index}-aaaa`),
  host: ['alvis4-12'],
  engine: ['vllm@alvis4-12:8000'],
  process: ['alvis4-12/4711'],
} as const;

/** The value of a metric at an instant of the invented job; null where nothing measures it. Power is silent for ten minutes. */
export function valueOf(metric: string, entity: number, at: number): number | null {
  if (!isMetricId(metric)) return null;
  const levels = LEVELS[metric];
  if (levels === undefined || (metric === 'gpu.power' && at > NOW - 3000 && at < NOW - 2400)) return null;
  const life = phases(NOW - 11_520);
  const index = Math.max(
    0,
    life.findIndex((phase) => at >= phase.from && at < phase.to + (phase === life.at(-1) ? 1e9 : 0)),
  );
  const level = levels[index] ?? 0;
  const steady = metric.endsWith('Limit') || metric.endsWith('Max') || metric.endsWith('Total') || metric.endsWith('Speed');
  const slow = entity === 3 && index === 4 && at > NOW - 2700 ? 0.86 : 1;
  return steady ? level : level * slow * (1 + 0.03 * Math.sin(at / 37 + entity * 2) + 0.02 * Math.sin(at / 11));
}

/** Answers a series request about the invented job, in `points` buckets of at least five seconds. */
export function series(query: URLSearchParams, until: number = NOW): SeriesReply {
  const metrics = (query.get('metrics') ?? '').split(',');
  const from = Number(query.get('from') ?? NOW - 11_520);
  const to = Math.min(Number(query.get('to') ?? until), until);
  const width = Math.max(5, (to - from) / Number(query.get('points') ?? 600));
  const reply: SeriesReply = { from, to, series: [], absent: [] };
  for (const metric of metrics) {
    if (!isMetricId(metric) || LEVELS[metric] === undefined) {
      reply.absent.push({
        metric,
        reason: metric.startsWith('host.fs') ? 'No network file system is mounted that shows counters.' : 'No source of this job carries it.',
      });
      continue;
    }
    const { entity: kind, unit } = METRICS[metric];
    ENTITIES[kind].forEach((id, index) => {
      const t: number[] = [];
      const mean: (number | null)[] = [];
      for (let at = Math.ceil(from / width) * width; at <= to; at += width) {
        t.push(at);
        mean.push(valueOf(metric, index, at));
      }
      reply.series.push({
        entity: { kind, id, node: 'alvis4-12' },
        metric,
        unit,
        t,
        mean,
        min: mean.map((value) => (value === null ? null : value * 0.96)),
        max: mean.map((value) => (value === null ? null : value * 1.04)),
      });
    });
  }
  return reply;
}

/** A list row; the n-th is always the same. */
export function row(n: number, changes: Partial<Job> = {}): JobRow {
  const kinds: readonly (readonly [string, Bottleneck, Verdict['activity']])[] = [
    ['llama70b-serve', 'memory', 'decode'],
    ['rag-ingest', 'compute', 'prefill'],
    ['sft-mistral', 'compute', 'training'],
    ['lora-qwen', 'balanced', 'fine-tuning'],
    ['ddp-125m', 'network', 'training'],
    ['imagenet', 'storage', 'training'],
    ['tokenise', 'host', 'unknown'],
    ['offload-70b', 'transfer', 'decode'],
    ['tiny-batch', 'overhead', 'decode'],
    ['long-context', 'capacity', 'serving'],
    ['notebook', 'idle', 'idle'],
    ['mystery', 'unknown', 'unknown'],
  ];
  const [name, bottleneck, activity] = kinds[n % kinds.length] ?? ['job', 'unknown', 'unknown'];
  const start = NOW - 3600 - (n % 40) * 500;
  const one = job({
    id: String(4_180_000 + n),
    name: `${name}-${n}`,
    user: ['mira', 'arvid', 'linh'][n % 3] ?? 'mira',
    gpuCount: [1, 4, 8, 2][n % 4] ?? 1,
    gpuType: ['A100-40', 'A40', 'V100-32', 'T4'][n % 4] ?? 'T4',
    start,
    ...changes,
  });
  return {
    job: one,
    bottleneck,
    activity,
    grade: bottleneck === 'unknown' ? 0.3 : 0.5 + (n % 5) / 10,
    headroom: bottleneck === 'idle' || bottleneck === 'unknown' ? null : 1 + (n % 9) / 4,
    sparkline: Array.from({ length: 60 }, (_, index) =>
      index > 20 && index < 24 && n % 3 === 0 ? null : bottleneck === 'idle' ? 0.02 : Math.max(0, Math.min(1, 0.8 + 0.2 * Math.sin(index / 3 + n))),
    ),
    ribbon: [
      { from: start, to: start + 900, bottleneck: 'storage', activity: 'loading' },
      { from: start + 900, to: NOW, bottleneck, activity },
    ],
    findings: bottleneck === 'idle' ? ['held-idle', 'no-process', 'idle'] : n % 7 === 0 ? ['imbalance'] : [],
    lastReadingAt: bottleneck === 'unknown' && n % 2 === 1 ? null : NOW,
  };
}

export function overview(changes: Partial<Overview> = {}): Overview {
  return {
    demo: false,
    now: NOW,
    gpus: { known: 892, allocated: 611, busy: 402, underused: 118, idle: 61, silent: 30 },
    nodes: 217,
    power: 143_000,
    gpuHoursLostToday: 212.4,
    running: Array.from({ length: 14 }, (_, n) => row(n)),
    finished: Array.from({ length: 5 }, (_, n) =>
      row(100 + n, { state: (['completed', 'failed', 'timeout', 'cancelled', 'oom'] as const)[n] ?? 'completed', end: NOW - n * 900 }),
    ),
    ...changes,
  };
}

/** An overview of a server that nothing reports to yet. */
export function emptyOverview(): Overview {
  return overview({
    gpus: { known: 0, allocated: 0, busy: null, underused: null, idle: null, silent: 0 },
    nodes: 0,
    power: null,
    gpuHoursLostToday: null,
    running: [],
    finished: [],
  });
}
