import type { EntityGrid } from './grid.ts';
import { COLUMN, JUDGED, type JudgedMetric, largest } from './stats.ts';
import { DEMAND_CARRIED, DOMINANT, REQUEST_AHEAD } from './thresholds.ts';

/** The judged columns of one subject over consecutive grid bins, as arrays of equal length; null where a column never came. */
export interface Bins {
  readonly period: number;
  /** Bin index of the first. */
  readonly first: number;
  readonly length: number;
  readonly columns: readonly (Float64Array | null)[];
  /** Per bin: 1 requests running or waiting, 0 none, −1 not known. */
  readonly demand: Int8Array;
  /** Per bin: whether the subject was seen at all. */
  readonly seen: Uint8Array;
  /** GPU busy per bin (grActive, else util), NaN where absent. */
  readonly busy: Float64Array;
  /** Bins in which DCGM's profiling stood still (its columns are absent there); null where it never did. */
  readonly paused: Uint8Array | null;
  /** Per bin: the part of the looks at the engines that saw a request run; null where nobody looked. */
  readonly asked: Float64Array | null;
  /** Whether processes were listed: without them bursts of traffic prove nothing. */
  readonly processes: boolean;
}

/** Whose grids a subject's bins are read from. */
export interface SubjectSources {
  readonly gpu: EntityGrid | null;
  readonly host: EntityGrid | null;
  readonly engines: readonly EntityGrid[];
  readonly processes: readonly EntityGrid[];
}

/** Engine quantities that do not add up over several engines. */
const NOT_SUMMED: readonly JudgedMetric[] = [
  'engine.kvUsage',
  'engine.cacheHitRatio',
  'engine.trainStepTime',
  'engine.trainFlopRate',
  'engine.trainTokenRatePerGpu',
  'engine.trainMfu',
  'engine.trainRollout',
];
const HOTTEST: JudgedMetric = 'process.maxThread';

type How = 'sum' | 'mean' | 'max';
const indexes = (kind: string) => JUDGED.flatMap((id, index) => (id.startsWith(kind) ? [index] : []));
const OF_GPU = indexes('gpu.');
const OF_HOST = indexes('host.');
const OF_ENGINE = indexes('engine.').map((index): { index: number; how: How } => ({
  index,
  how: NOT_SUMMED.some((id) => COLUMN[id] === index) ? 'mean' : 'sum',
}));
const OF_PROCESS = indexes('process.').map((index): { index: number; how: How } => ({ index, how: index === COLUMN[HOTTEST] ? 'max' : 'sum' }));

/** The judged columns of one subject for bins first ≤ k < end: its GPU, its host, its engines together, its processes together. */
export function binsOf(sources: SubjectSources, period: number, first: number, end: number): Bins {
  const length = end - first;
  const columns = new Array<Float64Array | null>(JUDGED.length).fill(null);
  if (sources.gpu !== null) for (const index of OF_GPU) columns[index] = sources.gpu.values(index, first, end);
  if (sources.host !== null) for (const index of OF_HOST) columns[index] = sources.host.values(index, first, end);
  if (sources.engines.length > 0) for (const { index, how } of OF_ENGINE) columns[index] = combined(sources.engines, { index, how }, { first, end });
  if (sources.processes.length > 0) for (const { index, how } of OF_PROCESS) columns[index] = combined(sources.processes, { index, how }, { first, end });
  const paused = withoutPaused(columns);
  const busy = busyColumn(columns, length);
  const asked = askedOf(sources.engines, first, end);
  const read = { period, first, length, columns, busy, paused, asked, processes: sources.processes.length > 0 };
  return { ...read, demand: demandOf(columns, busy), seen: seenOf(sources, columns, busy) };
}

/** One column over several entities, for bins first ≤ k < end; null where none has it. */
function combined(
  grids: readonly EntityGrid[],
  { index, how }: { index: number; how: How },
  { first, end }: { first: number; end: number },
): Float64Array | null {
  const [lone] = grids;
  if (lone !== undefined && grids.length === 1) return lone.values(index, first, end);
  const parts = grids.map((grid) => grid.values(index, first, end)).filter((part) => part !== null);
  const [only] = parts;
  if (only === undefined || parts.length === 1) return only ?? null;
  const out = new Float64Array(end - first).fill(Number.NaN);
  for (let i = 0; i < out.length; i += 1) {
    let value = Number.NaN;
    let count = 0;
    for (const part of parts) {
      const one = part[i] ?? Number.NaN;
      if (one !== one) continue;
      value = value !== value ? one : how === 'max' ? Math.max(value, one) : value + one;
      count += 1;
    }
    out[i] = how === 'mean' ? value / count : value;
  }
  return out;
}

/** Of engines that share a GPU the one that was asked most: what a look at any of them saw. */
function askedOf(engines: readonly EntityGrid[], first: number, end: number): Float64Array | null {
  const [one, ...others] = engines.map((grid) => grid.asked(first, end)).filter((part) => part !== null);
  if (one === undefined || others.length === 0) return one ?? null;
  return one.map((value, i) => largest(value, ...others.map((part) => part[i] ?? Number.NaN)));
}

/** DCGM's profiling fields: measured together, or not at all. */
const PROFILING = (
  [
    'gpu.grActive',
    'gpu.smActive',
    'gpu.smOccupancy',
    'gpu.tensorActive',
    'gpu.dramActive',
    'gpu.fp64Active',
    'gpu.fp32Active',
    'gpu.fp16Active',
    'gpu.immaActive',
    'gpu.hmmaActive',
    'gpu.dfmaActive',
    'gpu.intActive',
  ] as const
).map((id) => COLUMN[id]);
const WITNESSES = [COLUMN['gpu.grActive'], COLUMN['gpu.smActive']];

/**
 * Takes the profiling fields out of bins in which NVML saw kernels half of the time while all of them, one that counts any kernel
 * among them, stand at 0: profiling is paused there (§7.8.3). One such bin may be the skew of two clocks, two are not. Gives those bins.
 */
function withoutPaused(columns: (Float64Array | null)[]): Uint8Array | null {
  const util = columns[COLUMN['gpu.util']] ?? null;
  const profiling = PROFILING.filter((index) => columns[index] !== null);
  if (util === null || !WITNESSES.some((index) => profiling.includes(index))) return null;
  const zero = (i: number) => profiling.every((index) => !((columns[index]?.[i] ?? Number.NaN) > 0));
  const seen = (i: number) => WITNESSES.some((index) => columns[index]?.[i] === 0);
  const stands = (i: number) => (util[i] ?? Number.NaN) >= DOMINANT && seen(i) && zero(i);
  let paused: Uint8Array | null = null;
  for (let i = 0; i < util.length; i += 1) if (stands(i) && (stands(i - 1) || stands(i + 1))) (paused ??= new Uint8Array(util.length))[i] = 1;
  if (paused === null) return null;
  for (const index of profiling) columns[index] = (columns[index] ?? new Float64Array(0)).map((value, i) => (paused[i] === 1 ? Number.NaN : value));
  return paused;
}

function busyColumn(columns: readonly (Float64Array | null)[], length: number): Float64Array {
  const active = columns[COLUMN['gpu.grActive']] ?? null;
  const util = columns[COLUMN['gpu.util']] ?? null;
  if (active === null) return util ?? new Float64Array(length).fill(Number.NaN);
  if (util === null) return active;
  return active.map((value, i) => (value === value ? value : (util[i] ?? Number.NaN)));
}

/**
 * Demand is a request running or waiting. Where neither is, tokens that came out all the same are demand too (short requests
 * fall between two looks at a gauge), unless they may belong to the requests that are seen just after on a GPU that mostly rests.
 */
function demandOf(columns: readonly (Float64Array | null)[], busy: Float64Array): Int8Array {
  const { length } = busy;
  const out = new Int8Array(length).fill(-1);
  if (columns[COLUMN['engine.running']] === null && columns[COLUMN['engine.waiting']] === null) return out;
  const present = (ids: readonly JudgedMetric[]) => ids.map((id) => columns[COLUMN[id]]).filter((column) => column !== null && column !== undefined);
  const asked = present(['engine.running', 'engine.waiting']);
  const tokens = present(['engine.generationRate', 'engine.promptRate']);
  if (asked.length === 0) return out;
  const any = (list: readonly Float64Array[], i: number) => list.some((column) => (column[i] ?? Number.NaN) > 0);
  for (let i = 0; i < length; i += 1) {
    if (asked.every((column) => Number.isNaN(column[i] ?? Number.NaN))) continue;
    if (any(asked, i)) {
      out[i] = 1;
      continue;
    }
    let soon = false;
    for (let k = i + 1; k <= i + REQUEST_AHEAD && k < length; k += 1) soon ||= any(asked, k);
    out[i] = any(tokens, i) && (!soon || (busy[i] ?? Number.NaN) >= DOMINANT) ? 1 : 0;
  }
  return carried(out);
}

function carried(demand: Int8Array): Int8Array {
  let last = -1;
  let age = 0;
  for (let i = 0; i < demand.length; i += 1) {
    const now = demand[i] ?? -1;
    if (now >= 0) {
      last = now;
      age = 0;
    } else if (last >= 0 && age < DEMAND_CARRIED) {
      demand[i] = last;
      age += 1;
    }
  }
  return demand;
}

const GPU_SIGNS: readonly JudgedMetric[] = ['gpu.power', 'gpu.memUsed', 'gpu.dramActive', 'gpu.tensorActive', 'gpu.present'];
const ENGINE_SIGNS: readonly JudgedMetric[] = [
  'engine.running',
  'engine.generationRate',
  'engine.promptRate',
  'engine.trainTokenRate',
  'engine.trainSteps',
  'engine.trainStepTime',
  'engine.trainFlopRate',
];
const HOST_SIGNS: readonly JudgedMetric[] = ['host.cpu', 'host.cpuTime', 'host.cpuMaxThread'];

/** A bin counts where the subject itself was seen: its GPU, or else its engine, or else its host. */
function seenOf(sources: SubjectSources, columns: readonly (Float64Array | null)[], busy: Float64Array): Uint8Array {
  const signs = sources.gpu !== null ? GPU_SIGNS : sources.engines.length > 0 ? ENGINE_SIGNS : HOST_SIGNS;
  const out = new Uint8Array(busy.length);
  mark(out, busy);
  for (const id of signs) mark(out, columns[COLUMN[id]] ?? null);
  return out;
}

function mark(out: Uint8Array, column: Float64Array | null): void {
  if (column === null) return;
  for (let i = 0; i < out.length; i += 1) {
    const value = column[i] ?? Number.NaN;
    if (value === value) out[i] = 1;
  }
}
