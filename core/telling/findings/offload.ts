import type { Finding } from '../../contract/index.ts';
import type { JudgedRun } from '../../judging/index.ts';
import { formatValue, type MetricId, type Table } from '../../readings/index.ts';
import { finding } from './finding.ts';

/** With all layers on the GPU the embeddings still lie in host memory; from this part of the weights on something else does (experts by -ot, --n-cpu-moe). */
const EXPERTS_ON_HOST = 0.2;
/** What a host's memory gives at most: transfers per second × 8 bytes × channels, of a desktop and of a server's socket. */
const DESKTOP = { name: 'two channels of DDR5-5600', bytesPerSecond: 2 * 5600e6 * 8 } as const;
const SERVER = { name: 'eight channels of DDR4-3200', bytesPerSecond: 8 * 3200e6 * 8 } as const;

/** A model that was loaded onto the GPU in part: the rest is read from the host's memory for every token, ten times slower or more. */
export function findOffloaded(judged: JudgedRun): Finding[] {
  return judged.engines.flatMap((engine) => {
    const split = splitOf(engine);
    return split === null
      ? []
      : [finding(judged, said(engine, split, judged), { entity: judged.engines.length > 1 ? engine.entity.id : null, from: judged.from, to: judged.to })];
  });
}

interface Split {
  readonly onGpu: number;
  readonly all: number;
  /** Bytes; NaN where the log does not tell the sizes. */
  readonly gpuBytes: number;
  readonly hostBytes: number;
}

function splitOf({ facts }: Table): Split | null {
  const [, onGpu = '', all = ''] = /^(\d+)\/(\d+)$/.exec(facts.get('gpuLayers') ?? '') ?? [];
  if (all === '') return null;
  const split: Split = {
    onGpu: Number.parseInt(onGpu, 10),
    all: Number.parseInt(all, 10),
    gpuBytes: Number.parseInt(facts.get('gpuWeights') ?? '', 10),
    hostBytes: Number.parseInt(facts.get('hostWeights') ?? '', 10),
  };
  return split.onGpu < split.all || split.hostBytes >= EXPERTS_ON_HOST * (split.hostBytes + split.gpuBytes) ? split : null;
}

function said(engine: Table, { onGpu, all, gpuBytes, hostBytes }: Split, judged: JudgedRun) {
  const { facts } = engine;
  const missing = all - onGpu;
  const what = missing > 0 ? `${missing} of ${all} layers run on the CPU` : 'The layers are on the GPU, but part of their weights (experts) is not';
  const sized = hostBytes > 0;
  const most = (memory: typeof DESKTOP | typeof SERVER) =>
    `${(memory.bytesPerSecond / hostBytes).toPrecision(2)} tokens/s by ${memory.name} (${formatValue(memory.bytesPerSecond, 'bytes/s')})`;
  const read = sized
    ? `: ${formatValue(hostBytes, 'bytes')}${gpuBytes > 0 ? ` of ${formatValue(hostBytes + gpuBytes, 'bytes')}` : ''} of weights lie in host memory and are read from there for every token, one request at a time at most ${most(DESKTOP)} or ${most(SERVER)}, however fast the card is`
    : ': their weights are read from host memory for every token, which is ten times slower than the card’s or more';
  const rate = meanOf(engine, 'engine.generationRate') / Math.max(1, orOne(meanOf(engine, 'engine.running')));
  const quantization = judged.workload.quantization === null ? '' : ` than ${judged.workload.quantization}`;
  const context = facts.get('maxModelLen');
  return {
    id: 'layers-on-cpu' as const,
    text: `${what}${read}. Make room for all of them and start with -ngl 99: a smaller quantization${quantization}, less context (-c${context === undefined ? '' : `, now ${context}`}) or a cache in 8 bits (-ctk q8_0 -ctv q8_0), or a card with more memory.`,
    evidence: [
      `offloaded ${onGpu}/${all} layers to GPU, by the log`,
      ...(gpuBytes > 0 ? [`${formatValue(gpuBytes, 'bytes')} of weights on the GPU`] : []),
      ...(sized && rate > 0
        ? [`${rate.toPrecision(3)} tokens/s × ${formatValue(hostBytes, 'bytes')} = ${formatValue(rate * hostBytes, 'bytes/s')} from host memory`]
        : []),
    ],
  };
}

/** The mean of what is above zero; NaN where nothing is. */
function meanOf({ columns }: Table, id: MetricId): number {
  const values = [...(columns.get(id) ?? [])].filter((value) => value > 0);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function orOne(value: number): number {
  return Number.isNaN(value) ? 1 : value;
}
