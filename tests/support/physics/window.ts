import type { Bottleneck, Verdict } from '../../../core/contract/index.ts';
import type { AnalyseOptions } from '../../../core/judging/index.ts';
import { GPUS, type GpuId } from '../../../core/knowledge/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { type Draw, drawOf } from './draw.ts';
import { CARDS, type Job, type JobKind, JOBS, LOOKALIKES } from './jobs.ts';
import { courseOf, enginesSeen, gpuSeen, hostSeen, type Look, NODE_CORES, roundOf, ROUNDS } from './seen.ts';
import type { Eta } from './served.ts';
import { type TrueShares, trueShares, truest } from './stage.ts';

/** A stretch of telemetry of which the truth is known, since it was made from it. */
export interface PhysicsWindow {
  readonly seed: number;
  readonly kind: JobKind;
  readonly gpu: GpuId;
  readonly look: Look;
  readonly tables: readonly Table[];
  readonly options: AnalyseOptions;
  readonly shares: TrueShares;
  readonly truth: Bottleneck;
  /** What was looked at holds the truth, well away from every edge. */
  readonly decidable: boolean;
}

const MAKERS = { ...JOBS, ...LOOKALIKES };
const KINDS = Object.keys(JOBS) as [JobKind, ...JobKind[]]; // keys of a const object
const ALIKE = Object.keys(LOOKALIKES) as [JobKind, ...JobKind[]]; // keys of a const object
/** Part of the windows that are lookalikes. */
const PART_ALIKE = 0.2;
/** Lookalikes are drawn beside the others, which stay what they are when one is added. */
const BESIDE = 0x51ed270b;
const DCGM = [
  'gpu.grActive',
  'gpu.tensorActive',
  'gpu.dramActive',
  'gpu.pcieRx',
  'gpu.pcieTx',
  'gpu.nvlinkRx',
  'gpu.nvlinkTx',
] as const satisfies readonly MetricId[];
const PIPES = ['gpu.fp32Active', 'gpu.fp64Active'] as const satisfies readonly MetricId[];
const ENGINE = ['engine.running', 'engine.waiting', 'engine.promptTokens', 'engine.generationTokens'] as const satisfies readonly MetricId[];
const ENGINE_MORE = ['engine.requests', 'engine.steps', 'engine.kvTokens', 'engine.kvUsage', 'engine.preemptions'] as const satisfies readonly MetricId[];
const DRAFTS = ['engine.specDrafts', 'engine.specAcceptedTokens'] as const satisfies readonly MetricId[];

/** The window of a seed: workload, card, true rates, tools and what they leave out are all drawn from it. */
export function physicsWindow(seed: number): PhysicsWindow {
  const alike = drawOf(seed ^ BESIDE).chance(PART_ALIKE);
  const draw = drawOf(seed);
  for (;;) {
    const kind = draw.pick(alike ? ALIKE : KINDS);
    const [first, ...others] = CARDS;
    if (first === undefined) throw new Error('no card in the table');
    const gpu = draw.pick([first, ...others]);
    // The achievable is known to a tenth; no counter passes all of the time.
    const eta: Eta = { dram: draw.between(0.9, 1.1), tensor: draw.between(0.9, 1.1) };
    const job = MAKERS[kind](draw, gpu, eta);
    if (job === null) continue;
    const look = lookAt(draw, job);
    return windowOf(draw, { seed, kind, gpu, eta, job, look: alike ? sparser(draw, look) : look });
  }
}

function windowOf(draw: Draw, what: { seed: number; kind: JobKind; gpu: GpuId; eta: Eta; job: Job; look: Look }): PhysicsWindow {
  const { seed, kind, gpu, eta, job, look } = what;
  const course = courseOf(draw, job, look.seconds);
  const options: AnalyseOptions = {
    gpu,
    ...(job.served === null || draw.chance(0.25) ? {} : { model: job.served.model.id }),
    ...(look.shared && look.host ? { cores: NODE_CORES.given } : {}),
  };
  const looked = look.smi || look.dcgm !== null;
  const tables = [
    ...(looked ? Array.from({ length: job.gpus }, (_, index) => gpuSeen(draw, look, { job, gpu, eta, course, index })) : []),
    ...enginesSeen(draw, look, { job, course }),
    ...(look.host ? [hostSeen(draw, look, { job, course })] : []),
  ];
  const shows = (id: MetricId) => look.engine?.includes(id) === true;
  // A cache that nobody looked at is not seen to be full.
  const full = job.full && shows('engine.waiting') && (shows('engine.kvUsage') || shows('engine.preemptions'));
  const shares = { ...trueShares(course.stages), ...(full ? { capacity: 1 } : {}) };
  const truth = truest(shares);
  return { seed, kind, gpu, look, tables, options, shares, truth, decidable: isDecidable({ shares, truth, look, job, options }) };
}

function lookAt(draw: Draw, job: Job): Look {
  const gpu = draw.pick(['smi', 'dcgm', 'both', 'both', 'neither'] as const);
  const most = (id: MetricId) => (draw.chance(0.85) ? [id] : []);
  const engine = job.served !== null && (gpu === 'neither' || draw.chance(0.75));
  const seen = gpu === 'neither' && !engine ? 'smi' : gpu;
  const scrape = draw.pick([1, 2, 5, 15, 30]);
  return {
    seconds: Math.max(draw.across(60, 900), 12 * scrape, job.served === null ? 0 : ROUNDS * roundOf(job)),
    gpuPeriod: draw.pick([1, 1, 2, 5, 10]),
    hostPeriod: draw.pick([1, 2, 5]),
    scrape,
    smi: seen === 'smi' || seen === 'both',
    dcgm: seen === 'dcgm' || seen === 'both' ? [...DCGM.flatMap(most), ...(draw.chance(0.5) ? PIPES : [])] : null,
    host: draw.chance(0.6),
    engine: engine ? [...ENGINE, ...ENGINE_MORE.filter(() => draw.chance(0.7)), ...DRAFTS] : null,
    power: draw.chance(0.7),
    memory: seen === 'smi' || draw.chance(0.9),
    shared: draw.chance(0.4),
    cores: true,
    othersThread: 0,
  };
}

/** The same tools with other gaps: pipes asked for one by one, a node that does not say its size, neighbours with a thread of their own. */
function sparser(draw: Draw, look: Look): Look {
  const { dcgm } = look;
  return {
    ...look,
    dcgm: dcgm === null ? null : [...dcgm.filter((id) => !PIPES.some((pipe) => pipe === id)), ...PIPES.filter(() => draw.chance(0.5))],
    cores: draw.chance(0.6),
    othersThread: look.shared && draw.chance(0.3) ? draw.between(0.8, 1) : 0,
  };
}

/** Whether the truth is at least a tenth past every edge and what shows it was looked at: then an answer can be asked for. */
function isDecidable(what: { shares: TrueShares; truth: Bottleneck; look: Look; job: Job; options: AnalyseOptions }): boolean {
  const { shares, truth, look, job, options } = what;
  const has = (...ids: MetricId[]) => ids.every((id) => look.dcgm?.includes(id) === true);
  const own = shares[truth] ?? 0;
  const rival = Math.max(...Object.entries(shares).map(([label, share]) => (label === truth || label === 'idle' ? 0 : share)));
  const clear = truth === 'idle' || truth === 'capacity' || (own >= 0.6 && own >= 1.5 * rival);
  const modelled = look.engine?.includes('engine.steps') === true && look.engine.includes('engine.kvTokens') && options.model !== undefined;
  const busySeen = look.smi || has('gpu.grActive');
  const shown = {
    memory: has('gpu.dramActive', 'gpu.tensorActive') || (modelled && job.served?.drafts === null),
    compute: (has('gpu.dramActive', 'gpu.tensorActive') && has(...PIPES)) || modelled,
    overhead: has('gpu.dramActive', 'gpu.tensorActive', ...PIPES) && busySeen,
    host: busySeen && look.host && !look.shared && job.hostShows !== 'nothing',
    storage: busySeen && look.host && !look.shared && job.storageShows,
    idle: busySeen,
    capacity: true,
    transfer: has('gpu.pcieRx', 'gpu.dramActive', 'gpu.tensorActive'),
    network: has('gpu.dramActive', 'gpu.tensorActive') && (look.host || has('gpu.nvlinkRx')) && !look.shared,
    balanced: false,
    unknown: false,
  } as const satisfies Record<Bottleneck, boolean>;
  return clear && shown[truth];
}

/** Above a half a verdict claims more than that it may be so. */
const CONFIDENT = 0.5;
/** Two shares nearer than this are within the error of what is achievable. */
const TIE = 1.25;

export const OUTCOMES = ['agrees', 'within the error', 'vague', 'unknown', 'low grade', 'confident and wrong'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How an answer stands to the truth. `unknown` does not even name it among its candidates. */
export function outcomeOf(
  { shares, truth }: Pick<PhysicsWindow, 'shares' | 'truth'>,
  verdict: Pick<Verdict, 'bottleneck' | 'second' | 'candidates' | 'grade'>,
): Outcome {
  const { bottleneck, grade, second, candidates } = verdict;
  if (bottleneck === truth) return 'agrees';
  if (bottleneck === 'unknown') return candidates.includes(truth) ? 'vague' : 'unknown';
  const named = bottleneck === 'balanced' ? [second, ...candidates].filter((one) => one !== null) : [bottleneck];
  if (bottleneck === 'balanced' && named.includes(truth)) return 'agrees';
  const best = Math.max(0, ...named.map((label) => shares[label] ?? 0));
  if (TIE * best >= (shares[truth] ?? 0)) return 'within the error';
  return grade <= CONFIDENT ? 'low grade' : 'confident and wrong';
}

/** The card's name and how it was looked at, for a line of print. */
export function describeWindow({ kind, gpu, look, shares, options }: PhysicsWindow): string {
  const tools = [
    ...(look.smi ? [`nvidia-smi ${look.gpuPeriod} s`] : []),
    ...(look.dcgm === null
      ? []
      : [
          `DCGM without ${
            [...DCGM, ...PIPES]
              .filter((id) => look.dcgm?.includes(id) !== true)
              .map((id) => id.slice(4))
              .join(' ') || 'nothing'
          }`,
        ]),
    ...(look.engine === null ? [] : [`vLLM every ${look.scrape} s${options.model === undefined ? ', model not named' : ''}`]),
    ...(look.host ? [look.shared ? 'host, shared' : 'host'] : []),
  ];
  const told = Object.entries(shares)
    .filter(([, share]) => share >= 0.05)
    .sort(([, a], [, b]) => b - a)
    .map(([label, share]) => `${label} ${share.toFixed(2)}`);
  return `${kind} on ${GPUS[gpu].label}, ${Math.round(look.seconds)} s; ${tools.join(', ')}; true: ${told.join(', ')}`;
}
