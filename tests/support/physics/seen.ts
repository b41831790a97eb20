import { ACHIEVABLE, type GpuId, GPUS } from '../../../core/knowledge/index.ts';
import type { MetricId, Table } from '../../../core/readings/index.ts';
import { made } from '../telemetry.ts';
import type { Draw } from './draw.ts';
import type { Job } from './jobs.ts';
import type { Eta } from './served.ts';
import type { Stage } from './stage.ts';

type Values = Partial<Record<MetricId, number | ((sample: number, at: number) => number)>>;

/** Which tools look, how often, and what they leave out. */
export interface Look {
  readonly seconds: number;
  readonly gpuPeriod: number;
  readonly hostPeriod: number;
  readonly scrape: number;
  readonly smi: boolean;
  /** Fields of DCGM; null without it. */
  readonly dcgm: readonly MetricId[] | null;
  readonly host: boolean;
  readonly engine: readonly MetricId[] | null;
  readonly power: boolean;
  /** Device memory, which both tools show unless asked for something else. */
  readonly memory: boolean;
  /** Others use the node as well. */
  readonly shared: boolean;
  /** The node says how many cores it has. */
  readonly cores: boolean;
  /** How much of a core the hottest thread of the others takes. */
  readonly othersThread: number;
}

/** When what happens: the stages of a job end to end over the window. */
export interface Course {
  readonly from: readonly number[];
  readonly stages: readonly Stage[];
}

/** A round of which a window holds few is no pattern but phases: each window holds so many at least. */
export const ROUNDS = 12;

/** Seconds of one round. */
export function roundOf({ round }: Job): number {
  return round.reduce((sum, stage) => sum + stage.seconds, 0);
}

/** The rounds of a job up to the window's end, each stage as long as drawn, a tenth more or less. */
export function courseOf(draw: Draw, job: Job, seconds: number): Course {
  const from: number[] = [];
  const stages: Stage[] = [];
  const round = roundOf(job);
  // What is far quicker than any sample is told by its mean: a second of it stands for many rounds.
  const scale = round < 1 ? 1 / round : Math.min(1, seconds / ROUNDS / round);
  let at = 0;
  while (at < seconds) {
    for (const stage of job.round) {
      if (at >= seconds) break;
      const length = Math.min(seconds - at, draw.near(stage.seconds * scale, 0.1));
      from.push(at);
      stages.push({ ...stage, seconds: length });
      at += length;
    }
  }
  return { from, stages };
}

/** The mean of a property of the stages over from–to seconds. */
function meanOver({ from, stages }: Course, start: number, end: number, of: (stage: Stage) => number): number {
  let low = 0;
  let high = from.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((from[middle] ?? 0) <= start) low = middle;
    else high = middle;
  }
  let sum = 0;
  let weight = 0;
  for (let i = low; i < stages.length; i += 1) {
    const stage = stages[i];
    const begin = from[i];
    if (stage === undefined || begin === undefined || begin >= end) break;
    const part = Math.min(end, begin + stage.seconds) - Math.max(start, begin);
    if (part <= 0) continue;
    sum += part * of(stage);
    weight += part;
  }
  return weight > 0 ? sum / weight : 0;
}

const rounded = (value: number, unit: number) => Math.round(value / unit) * unit;
const part = (value: number) => Math.min(1, Math.max(0, value));

/** One GPU as tools show it. */
export function gpuSeen(draw: Draw, look: Look, what: { job: Job; gpu: GpuId; eta: Eta; course: Course; index: number }): Table {
  const { job, gpu, eta, course, index } = what;
  const spec = GPUS[gpu];
  const over = (of: (stage: Stage) => number, seconds: number) => (_: number, at: number) => {
    const value = meanOver(course, Math.max(0, at - seconds), Math.max(at, 0.001), of);
    return value === 0 ? 0 : draw.near(value, 0.02);
  };
  const mean = (of: (stage: Stage) => number, factor = 1) => {
    const value = over(of, look.gpuPeriod);
    return (i: number, at: number) => rounded(part(factor * value(i, at)), 0.001);
  };
  const rate = (of: (stage: Stage) => number, line: number) => {
    const value = over(of, look.gpuPeriod);
    return (i: number, at: number) => line * value(i, at);
  };
  const vector = ACHIEVABLE.vectorCounter.value * draw.between(0.9, 1.1);
  const scale = spec.memoryUtilizationCalibrated !== null ? eta.dram * draw.between(0.97, 1.03) : draw.between(0.4, 1.2);
  const pcie = ACHIEVABLE.pcie.value * spec.pcie.bytesPerSecond;
  const nvlink = ACHIEVABLE.nvlink.value * (spec.nvlink?.oneWay ?? 0);
  const fields: Values = {
    'gpu.grActive': mean(({ busy }) => busy),
    'gpu.tensorActive': mean(({ tensor }) => tensor, Math.min(0.99, ACHIEVABLE.tensorCounter.value * eta.tensor)),
    'gpu.dramActive': mean(({ dram }) => dram, ACHIEVABLE.dramCounter.value * eta.dram),
    'gpu.fp32Active': mean(({ fp32 }) => fp32, vector),
    'gpu.fp64Active': mean(({ fp64 }) => fp64, vector),
    'gpu.pcieRx': rate(({ pcieIn }) => pcieIn + 0.001, pcie),
    'gpu.pcieTx': rate(({ pcieOut }) => pcieOut + 0.001, pcie),
    ...(nvlink === 0 ? {} : { 'gpu.nvlinkRx': rate((stage) => stage.nvlink, nvlink), 'gpu.nvlinkTx': rate((stage) => stage.nvlink, nvlink) }),
  };
  const watts = over(({ busy, tensor, fp32, fp64, dram }) => 0.18 * busy + 0.4 * tensor + 0.45 * Math.max(fp32, fp64) + 0.35 * dram, 1);
  const glance = over(({ busy }) => busy, 1);
  const traffic = over(({ dram }) => dram, 1);
  const memory: Values = {
    'gpu.memUsed': (_, at) => spec.memoryBytes * (job.memory[0] + ((job.memory[1] - job.memory[0]) * at) / look.seconds),
    'gpu.memTotal': spec.memoryBytes,
  };
  const smi: Values = {
    'gpu.util': (i, at) => rounded(part(glance(i, at)), 0.01),
    'gpu.memUtil': (i, at) => rounded(part(scale * traffic(i, at)), 0.01),
    ...(look.power
      ? { 'gpu.power': (i: number, at: number) => spec.powerLimit * Math.min(1, 0.18 + 0.82 * watts(i, at)), 'gpu.powerLimit': spec.powerLimit }
      : {}),
  };
  const asked = Object.entries(fields).filter(([id]) => look.dcgm?.includes(id as MetricId)) as [MetricId, number][]; // keys of a typed literal
  return made('gpu', {
    id: `GPU-${index}`,
    node: 'n1',
    samples: Math.floor(look.seconds / look.gpuPeriod) + 1,
    period: look.gpuPeriod,
    values: { ...Object.fromEntries(asked), ...(look.smi ? smi : {}), ...(look.memory ? memory : {}) },
  });
}

const CORES = 64;
/** Cores of the whole node, and what a job gets that shares it. */
export const NODE_CORES = { all: CORES, given: 16 } as const;
const LINE = 12.5e9;

/** The node as /proc and sysfs show it: the job's doing, and on a shared node its neighbours'. */
export function hostSeen(draw: Draw, look: Look, { job, course }: { job: Job; course: Course }): Table {
  const own = look.shared ? NODE_CORES.given : CORES;
  const over = (of: (stage: Stage) => number) => (at: number) => meanOver(course, Math.max(0, at - look.hostPeriod), Math.max(at, 0.001), of);
  const waitsForHost = over(({ busy, waits }) => (waits === 'host' ? 1 - busy : 0));
  const waitsForReads = over(({ busy, waits }) => (waits === 'storage' ? 1 - busy : 0));
  const spinning = over(({ busy }) => busy);
  const polling = over(({ busy, waits }) => (job.polls && waits === 'link' ? 1 - busy : 0));
  const resting = over(({ busy, waits }) => (job.spinsAtRest && waits === 'nobody' ? 1 - busy : 0));
  const nic = { in: over(({ nicIn }) => nicIn), out: over(({ nicOut }) => nicOut) };
  const beside = {
    cpu: look.shared ? draw.between(0, 0.6) : 0,
    io: look.shared && draw.chance(0.5) ? draw.between(0, 0.9) : 0,
    nic: look.shared && draw.chance(0.5) ? draw.between(0, 0.6) : 0,
  };
  const pressure = job.storageShows ? draw.between(0.7, 1) : 0;
  const blocked = draw.between(1.5, 6);
  const line = ACHIEVABLE.nic.value * LINE;
  const carried = (of: (at: number) => number) => (_: number, at: number) => Math.min(LINE, line * part(of(at) + beside.nic + 0.002) * draw.near(1, 0.02));
  return made('host', {
    id: 'n1',
    samples: Math.floor(look.seconds / look.hostPeriod) + 1,
    period: look.hostPeriod,
    values: {
      ...(look.cores ? { 'host.cores': CORES } : {}),
      'host.cpu': (_, at) => part(beside.cpu + ((job.hostShows === 'cores' ? 0.95 : 0.05) * own * waitsForHost(at) + 2) / CORES),
      'host.cpuMaxThread': (_, at) =>
        Math.max(
          look.othersThread,
          draw.near(
            part(
              (job.hostShows === 'thread' ? 1 : 0.3) * waitsForHost(at) + polling(at) + resting(at) + (job.spins ? spinning(at) : 0.2 * spinning(at)) + 0.03,
            ),
            0.02,
          ),
        ),
      'host.psiIo': (_, at) => part(draw.near(pressure * waitsForReads(at) + job.readsAhead * spinning(at) + beside.io + 0.005, 0.1)),
      'host.procsBlocked': (_, at) => (job.storageShows ? blocked * (waitsForReads(at) + job.readsAhead * spinning(at)) : 0),
      'host.ibSpeed': LINE,
      'host.ibRxRate': carried(nic.in),
      'host.ibTxRate': carried(nic.out),
    },
  });
}

/** The servers of a job as their own counters show them. */
export function enginesSeen(draw: Draw, look: Look, { job, course }: { job: Job; course: Course }): Table[] {
  const { served } = job;
  const { engine } = look;
  if (served === null || engine === null) return [];
  const asked = over(course, look.scrape);
  const moment = (at: number) => (meanOver(course, Math.max(0, at - 0.001), Math.max(at, 0.001), ({ waits }) => (waits === 'nobody' ? 0 : 1)) > 0.5 ? 1 : 0);
  const many = served.replicas;
  const rate = (perSecond: number) => (_: number, at: number) => (perSecond / many) * asked(at);
  const running = served.batch;
  const values: Values = {
    'engine.running': (_, at) => Math.round(draw.near(running, 0.05)) * moment(at),
    'engine.waiting': job.full ? () => Math.round(draw.between(5, 60)) : 0,
    'engine.promptTokens': rate(served.prompted),
    'engine.generationTokens': rate(served.generated),
    'engine.requests': rate(served.requests),
    'engine.steps': rate(served.steps),
    'engine.kvTokens': (_, at) => served.cached * moment(at),
    'engine.kvUsage': (_, at) => (job.full ? draw.between(0.965, 1) : served.usage * moment(at)),
    ...(job.full ? { 'engine.preemptions': 0.2 } : {}),
    ...(served.drafts === null ? {} : { 'engine.specDrafts': rate(served.drafts.drafts), 'engine.specAcceptedTokens': rate(served.drafts.accepted) }),
  };
  const shown = Object.entries(values).filter(([id]) => engine.includes(id as MetricId)) as [MetricId, number][]; // keys of a typed literal
  return Array.from({ length: many }, (_, i) =>
    made('engine', {
      id: `vllm@n1:${8000 + i}`,
      node: 'n1',
      samples: Math.floor(look.seconds / look.scrape) + 1,
      period: look.scrape,
      values: Object.fromEntries(shown),
    }),
  );
}

function over(course: Course, seconds: number): (at: number) => number {
  return (at) => meanOver(course, Math.max(0, at - seconds), Math.max(at, 0.001), ({ waits }) => (waits === 'nobody' ? 0 : 1));
}
