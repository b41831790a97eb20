import { ACHIEVABLE, type Ceilings } from '../../../core/knowledge/index.ts';
import type { Bottleneck } from '../../../core/contract/index.ts';
import type { MetricId, Unit } from '../../../core/readings/index.ts';

/** The limit drawn on a panel: a constant, a metric that the card or host reports, or the hardware table's. Reported wins over table. */
export interface Limit {
  readonly fixed?: number;
  readonly metric?: MetricId;
  readonly hardware?: (ceilings: Ceilings) => number | null;
  /** What the limit is called: `limit`, `practical`, `line rate`. */
  readonly label: string;
}

interface PanelLine {
  readonly metric: MetricId;
  readonly label?: string;
}

/** One way of filling a panel: used when any of its lines has data and no variant before it has. */
export interface Variant {
  readonly lines: readonly [PanelLine, ...PanelLine[]];
  readonly unit: Unit;
  readonly limit?: Limit;
  /** What a value of 1 is on this hardware, in `unit`; the variant needs known hardware then. */
  readonly scale?: (ceilings: Ceilings) => number;
  /** What to beware of, said under the title. */
  readonly note?: string;
}

/** One small chart: what it answers, and the ways of measuring it, best first. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly colour: Bottleneck;
  /** Several entities as their mean (limits are per device) or as their sum (work done by the job). */
  readonly combine: 'mean' | 'sum';
  readonly variants: readonly [Variant, ...Variant[]];
  /** Where the metric is usually missing, how one gets it. */
  readonly howTo: string;
  /** Left out instead of drawn empty when nothing measures it: it makes no sense for every job. */
  readonly optional?: boolean;
}

const WHOLE: Limit = { fixed: 1, label: '' };
const DCGM = 'DCGM’s profiling counters carry it: run dcgm-exporter and give its address to the agent.';
const AGENT = 'The agent on the node reads it from /proc and /sys.';
const ENGINE = 'The engine’s /metrics page carries it: give its address to the agent.';

/** The panels of a job and of a node, in order. Adding one is adding a row. */
export const PANELS: readonly Panel[] = [
  {
    id: 'busy',
    title: 'GPU busy',
    colour: 'idle',
    combine: 'mean',
    howTo: 'nvidia-smi and DCGM both carry it.',
    variants: [
      { lines: [{ metric: 'gpu.grActive' }], unit: 'ratio', limit: WHOLE },
      { lines: [{ metric: 'gpu.util' }], unit: 'ratio', limit: WHOLE, note: 'time with any kernel: an upper bound' },
    ],
  },
  {
    id: 'tensor',
    title: 'Tensor active',
    colour: 'compute',
    combine: 'mean',
    howTo: DCGM,
    variants: [{ lines: [{ metric: 'gpu.tensorActive' }], unit: 'ratio', limit: { fixed: ACHIEVABLE.tensorCounter.value, label: 'practical' } }],
  },
  {
    id: 'dram',
    title: 'Memory bandwidth',
    colour: 'memory',
    combine: 'mean',
    howTo: DCGM,
    variants: [
      {
        lines: [{ metric: 'gpu.dramActive' }],
        unit: 'bytes/s',
        scale: (of) => of.bandwidth,
        limit: { hardware: (of) => of.bandwidth * ACHIEVABLE.dramCounter.value, label: 'practical' },
      },
      { lines: [{ metric: 'gpu.dramActive' }], unit: 'ratio', limit: { fixed: ACHIEVABLE.dramCounter.value, label: 'practical' } },
      { lines: [{ metric: 'gpu.memUtil' }], unit: 'ratio', limit: WHOLE, note: 'nvidia-smi’s figure: scale not calibrated on every GPU' },
    ],
  },
  {
    id: 'power',
    title: 'Power',
    colour: 'overhead',
    combine: 'mean',
    howTo: 'nvidia-smi and DCGM both carry it.',
    variants: [{ lines: [{ metric: 'gpu.power' }], unit: 'watts', limit: { metric: 'gpu.powerLimit', hardware: (of) => of.powerLimit, label: 'limit' } }],
  },
  {
    id: 'clock',
    title: 'SM clock',
    colour: 'overhead',
    combine: 'mean',
    howTo: 'nvidia-smi and DCGM both carry it.',
    variants: [{ lines: [{ metric: 'gpu.smClock' }], unit: 'hertz', limit: { metric: 'gpu.smClockMax', hardware: (of) => of.boostClock, label: 'maximum' } }],
  },
  {
    id: 'gpu-memory',
    title: 'GPU memory',
    colour: 'capacity',
    combine: 'mean',
    howTo: 'nvidia-smi and DCGM both carry it.',
    variants: [{ lines: [{ metric: 'gpu.memUsed' }], unit: 'bytes', limit: { metric: 'gpu.memTotal', hardware: (of) => of.memoryBytes, label: 'size' } }],
  },
  {
    id: 'kv',
    title: 'KV cache',
    colour: 'capacity',
    combine: 'mean',
    howTo: ENGINE,
    optional: true,
    variants: [{ lines: [{ metric: 'engine.kvUsage' }], unit: 'ratio', limit: WHOLE }],
  },
  {
    id: 'tokens',
    title: 'Tokens',
    colour: 'memory',
    combine: 'sum',
    howTo: ENGINE,
    variants: [
      {
        lines: [
          { metric: 'engine.generationRate', label: 'decode' },
          { metric: 'engine.promptRate', label: 'prefill' },
        ],
        unit: 'tokens/s',
      },
      { lines: [{ metric: 'engine.trainTokenRate', label: 'training' }], unit: 'tokens/s' },
    ],
  },
  {
    id: 'requests',
    title: 'Requests',
    colour: 'host',
    combine: 'sum',
    howTo: ENGINE,
    optional: true,
    variants: [
      {
        lines: [
          { metric: 'engine.running', label: 'running' },
          { metric: 'engine.waiting', label: 'waiting' },
        ],
        unit: 'count',
        limit: { metric: 'engine.maxRunning', label: 'maximum' },
      },
    ],
  },
  {
    id: 'pcie',
    title: 'PCIe',
    colour: 'transfer',
    combine: 'mean',
    howTo: `${DCGM} nvidia-smi dmon -s t carries it too.`,
    variants: [
      {
        lines: [
          { metric: 'gpu.pcieRx', label: 'to the GPU' },
          { metric: 'gpu.pcieTx', label: 'from it' },
        ],
        unit: 'bytes/s',
        limit: { hardware: (of) => of.pcie.bytesPerSecond * ACHIEVABLE.pcie.value, label: 'practical' },
      },
    ],
  },
  {
    id: 'nvlink',
    title: 'NVLink',
    colour: 'network',
    combine: 'mean',
    howTo: DCGM,
    variants: [
      {
        lines: [
          { metric: 'gpu.nvlinkRx', label: 'receive' },
          { metric: 'gpu.nvlinkTx', label: 'send' },
        ],
        unit: 'bytes/s',
        limit: { hardware: (of) => (of.nvlink === null ? null : of.nvlink.oneWay * ACHIEVABLE.nvlink.value), label: 'practical' },
      },
    ],
  },
  {
    id: 'network',
    title: 'Network',
    colour: 'network',
    combine: 'mean',
    howTo: AGENT,
    variants: [
      {
        lines: [
          { metric: 'host.ibRxRate', label: 'receive' },
          { metric: 'host.ibTxRate', label: 'send' },
        ],
        unit: 'bytes/s',
        limit: { metric: 'host.ibSpeed', label: 'line rate' },
        note: 'InfiniBand',
      },
      {
        lines: [
          { metric: 'host.netRxRate', label: 'receive' },
          { metric: 'host.netTxRate', label: 'send' },
        ],
        unit: 'bytes/s',
        limit: { metric: 'host.netSpeed', label: 'line rate' },
        note: 'Ethernet',
      },
    ],
  },
  {
    id: 'storage',
    title: 'Storage',
    colour: 'storage',
    combine: 'mean',
    howTo: AGENT,
    variants: [
      {
        lines: [
          { metric: 'host.fsReadRate', label: 'read' },
          { metric: 'host.fsWriteRate', label: 'write' },
        ],
        unit: 'bytes/s',
        note: 'network file system',
      },
      {
        lines: [
          { metric: 'host.diskReadRate', label: 'read' },
          { metric: 'host.diskWriteRate', label: 'write' },
        ],
        unit: 'bytes/s',
        note: 'local disks',
      },
    ],
  },
  {
    id: 'cpu-thread',
    title: 'CPU, hottest thread',
    colour: 'host',
    combine: 'mean',
    howTo: AGENT,
    variants: [
      { lines: [{ metric: 'host.cpuMaxThread' }], unit: 'ratio', limit: WHOLE },
      { lines: [{ metric: 'host.cpuMaxCore' }], unit: 'ratio', limit: WHOLE, note: 'busiest core' },
    ],
  },
  {
    id: 'cpu',
    title: 'CPU busy',
    colour: 'host',
    combine: 'mean',
    howTo: AGENT,
    variants: [{ lines: [{ metric: 'host.cpu' }], unit: 'ratio', limit: WHOLE, note: 'mean over all cores' }],
  },
  {
    id: 'host-memory',
    title: 'Host memory',
    colour: 'host',
    combine: 'mean',
    howTo: AGENT,
    variants: [{ lines: [{ metric: 'host.memUsed' }], unit: 'bytes', limit: { metric: 'host.memTotal', label: 'size' } }],
  },
  {
    id: 'scratch',
    title: 'Scratch $TMPDIR',
    colour: 'storage',
    combine: 'mean',
    howTo: AGENT,
    variants: [{ lines: [{ metric: 'host.scratchUsed' }], unit: 'bytes', limit: { metric: 'host.scratchTotal', label: 'size' } }],
  },
  {
    id: 'pressure',
    title: 'Waiting for I/O',
    colour: 'storage',
    combine: 'mean',
    howTo: AGENT,
    optional: true,
    variants: [
      { lines: [{ metric: 'host.psiIo' }], unit: 'ratio', limit: WHOLE, note: 'pressure stall, some' },
      { lines: [{ metric: 'host.iowait' }], unit: 'ratio', limit: WHOLE, note: 'iowait over all cores' },
    ],
  },
  {
    id: 'temperature',
    title: 'GPU temperature',
    colour: 'overhead',
    combine: 'mean',
    howTo: 'nvidia-smi and DCGM both carry it.',
    optional: true,
    variants: [{ lines: [{ metric: 'gpu.temp' }], unit: 'celsius' }],
  },
];

/** Every metric that the panels need, limits included, each once. */
export const PANEL_METRICS: readonly MetricId[] = [
  ...new Set(
    PANELS.flatMap((panel) =>
      panel.variants.flatMap((variant) => [
        ...variant.lines.map((line) => line.metric),
        ...(variant.limit?.metric === undefined ? [] : [variant.limit.metric]),
      ]),
    ),
  ),
];
