import { ACHIEVABLE, GPUS } from '../knowledge/index.ts';
import { covered, exact, firstKnown, type JudgedMetric, known, largest, mean, type Stats, sumKnown } from './stats.ts';
import type { Subject } from './subject.ts';
import type { Tally } from './tally.ts';
import { BLOCKED_PROCESSES, CLEAR_RISE, CONTRIBUTING, IOWAIT_CORES, MEMORY_STEP, MIN_DEMAND_SAMPLES } from './thresholds.ts';
import { ratesOf, type Work, workOf } from './work.ts';

/** `nvml`: utilization.memory on a type where it is known to follow bandwidth, beside an engine's work: a counter too, a coarse one. */
type Basis = 'counter' | 'nvml' | 'model' | null;

/** Everything that one window shows of one subject, as shares and states. NaN is "not measured". */
export interface WindowShares {
  readonly tally: Tally;
  readonly subject: Subject;
  /** The time with demand, or all of it where there was none. */
  readonly stats: Stats;
  /** False where the engine had no request in the whole window (or too few samples of any). */
  readonly demand: boolean | null;
  readonly idleFraction: number;
  readonly seconds: number;
  readonly samples: number;
  readonly busy: number;
  readonly busyFrom: 'dcgm' | 'nvidia-smi' | 'engine' | null;
  readonly empty: number;
  readonly tensor: number;
  readonly fp32: number;
  readonly fp64: number;
  readonly pipes: number;
  readonly compute: number;
  readonly computeFrom: Basis;
  readonly computeModel: number;
  readonly memory: number;
  readonly memoryFrom: Basis;
  readonly memoryModel: number;
  readonly nvlink: number;
  readonly pcie: number;
  readonly nic: number;
  /** Fraction of the raw line. */
  readonly line: number;
  readonly receive: number;
  readonly transmit: number;
  readonly nicKind: 'InfiniBand' | 'Ethernet';
  readonly congested: boolean;
  readonly disk: number;
  readonly ioPressure: boolean;
  readonly iowaitCores: number;
  readonly memoryRise: number;
  readonly work: Work | null;
  /** DCGM profiling counters are there. */
  readonly dcgm: boolean;
  /** Engine with known work on a known GPU. */
  readonly modelled: boolean;
  readonly clock: number;
}

/** On H100 utilization.memory = dram_active ÷ 0.80 + 0.01, within ± .04 (± .08 in one of seven recordings): §7.5. */
const NVML_OFFSET = 0.01;

/** Reads a tally as shares (§7.1): demand over achievable rate and time, each resource by itself. */
export function sharesOf(tally: Tally, subject: Subject): WindowShares {
  const asleep = tally.off.bins > 0 && tally.on.bins < MIN_DEMAND_SAMPLES;
  const stats = asleep ? tally.off : tally.on;
  const work = asleep ? null : workOf(tally, subject);
  const { busy, busyFrom } = busyShare(tally, stats, asleep, work);
  const rates = ratesOf(subject, mean(stats, 'gpu.smClock'));
  const tensor = mean(stats, 'gpu.tensorActive') / ACHIEVABLE.tensorCounter.value;
  const vector = (id: 'gpu.fp32Active' | 'gpu.fp64Active' | 'gpu.fp16Active' | 'gpu.intActive') => mean(stats, id) / ACHIEVABLE.vectorCounter.value;
  const fp32 = vector('gpu.fp32Active');
  const fp64 = vector('gpu.fp64Active');
  const pipes = largest(tensor, fp32, fp64, vector('gpu.fp16Active'), vector('gpu.intActive'));
  const computeModel = work === null ? Number.NaN : work.flops / rates.compute;
  const dram = mean(stats, 'gpu.dramActive') / ACHIEVABLE.dramCounter.value;
  const memoryModel = work === null || work.training ? Number.NaN : work.bytes / rates.bytes;
  const calibrated = subject.type !== null && GPUS[subject.type].memoryUtilizationCalibrated;
  const memoryUtil = calibrated ? Math.max(0, mean(stats, 'gpu.memUtil') - NVML_OFFSET) : Number.NaN;
  const host = hostOf(stats, subject);
  return {
    tally,
    subject,
    stats,
    work,
    busy,
    busyFrom,
    tensor,
    fp32,
    fp64,
    pipes,
    computeModel,
    memoryModel,
    demand: tally.on.bins + tally.off.bins === 0 || !subject.serving ? null : !asleep,
    idleFraction: tally.seen > 0 ? (asleep ? 1 : tally.off.bins / tally.seen) : 0,
    seconds: (tally.endBin - tally.firstBin) * tally.period,
    samples: asleep ? tally.seen : stats.bins,
    empty: exact(1 - busy),
    compute: firstKnown(pipes, computeModel),
    computeFrom: known(pipes) ? 'counter' : known(computeModel) ? 'model' : null,
    memory: firstKnown(dram, known(memoryModel) ? memoryUtil : Number.NaN, memoryModel),
    memoryFrom: known(dram) ? 'counter' : !known(memoryModel) ? null : known(memoryUtil) ? 'nvml' : 'model',
    nvlink: nvlinkShare(stats, subject),
    pcie: pcieShare(stats, subject),
    ...host,
    memoryRise: tally.memoryLast - tally.memoryFirst,
    dcgm: known(tensor) || known(dram),
    modelled: work !== null && work.from !== null && (known(computeModel) || known(memoryModel)),
    clock: rates.clock,
  };
}

function busyShare(tally: Tally, stats: Stats, asleep: boolean, work: Work | null): Pick<WindowShares, 'busy' | 'busyFrom'> {
  const [sum, count] = asleep ? [tally.offBusySum, tally.offBusyCount] : [tally.busySum, tally.busyCount];
  if (count > 0) return { busy: Math.min(1, exact(sum / count)), busyFrom: covered(stats, 'gpu.grActive') > 0 ? 'dcgm' : 'nvidia-smi' };
  const engine = firstKnown(
    mean(stats, 'engine.forwardTime'),
    work?.timed === true ? work.prefillTime + work.decodeTime : Number.NaN,
    1 - mean(stats, 'engine.hostWaitTime'),
  );
  return known(engine) ? { busy: Math.min(1, Math.max(0, engine)), busyFrom: 'engine' } : { busy: Number.NaN, busyFrom: null };
}

/** The busier direction ÷ (η × one direction). */
function duplex(a: number, b: number, eta: number, oneWay: number | undefined): number {
  return oneWay === undefined ? Number.NaN : largest(a, b) / (eta * oneWay);
}

function pcieShare(stats: Stats, subject: Subject): number {
  return duplex(mean(stats, 'gpu.pcieRx'), mean(stats, 'gpu.pcieTx'), ACHIEVABLE.pcie.value, subject.ceilings?.pcie.bytesPerSecond);
}

function nvlinkShare(stats: Stats, subject: Subject): number {
  return duplex(mean(stats, 'gpu.nvlinkRx'), mean(stats, 'gpu.nvlinkTx'), ACHIEVABLE.nvlink.value, subject.ceilings?.nvlink?.oneWay);
}

function hostOf(
  stats: Stats,
  subject: Subject,
): Pick<WindowShares, 'nic' | 'line' | 'receive' | 'transmit' | 'nicKind' | 'congested' | 'disk' | 'ioPressure' | 'iowaitCores'> {
  const ib = { receive: mean(stats, 'host.ibRxRate'), transmit: mean(stats, 'host.ibTxRate'), speed: mean(stats, 'host.ibSpeed') };
  const ethernet = { receive: mean(stats, 'host.netRxRate'), transmit: mean(stats, 'host.netTxRate'), speed: mean(stats, 'host.netSpeed') };
  const share = (link: typeof ib) => duplex(link.receive, link.transmit, ACHIEVABLE.nic.value, link.speed > 0 ? link.speed : undefined);
  const byIb = known(share(ib)) && !(share(ethernet) > share(ib));
  const link = byIb ? ib : ethernet;
  const cores = firstKnown(mean(stats, 'host.cores'), subject.cores ?? Number.NaN);
  const iowaitCores = firstKnown(mean(stats, 'host.iowaitTime'), mean(stats, 'host.iowait') * cores);
  return {
    nic: share(link),
    line: largest(link.receive, link.transmit) / link.speed,
    receive: link.receive,
    transmit: link.transmit,
    nicKind: byIb ? 'InfiniBand' : 'Ethernet',
    congested: mean(stats, 'host.ibWait') > 0,
    disk: mean(stats, 'host.diskBusy'),
    ioPressure: mean(stats, 'host.psiIo') >= CONTRIBUTING || iowaitCores >= IOWAIT_CORES || mean(stats, 'host.procsBlocked') >= BLOCKED_PROCESSES,
    iowaitCores,
  };
}

/** Bytes per second that storage delivered to the host, by the means over any stretch of time; NaN where nothing shows it. */
export function readRate(meanOf: (id: JudgedMetric) => number): number {
  return largest(
    sumKnown(meanOf('host.diskReadRate'), meanOf('host.fsReadRate')),
    meanOf('host.scratchReadRate'),
    meanOf('process.readChars'),
    meanOf('process.readBytes'),
  );
}

/** Bytes per second written to storage, as far as anything shows it. */
export function writeRate(stats: Stats): number {
  return largest(
    sumKnown(mean(stats, 'host.diskWriteRate'), mean(stats, 'host.fsWriteRate')),
    mean(stats, 'host.scratchWriteRate'),
    mean(stats, 'process.writeChars'),
    mean(stats, 'process.writeBytes'),
  );
}

/** Device memory grows by more than a model's buffer, and no token comes out. */
export function isLoading(window: WindowShares): boolean {
  const tokens = sumKnown(mean(window.stats, 'engine.generationRate'), mean(window.stats, 'engine.trainTokenRate'));
  return window.memoryRise > MEMORY_STEP && window.memoryRise > CLEAR_RISE * window.tally.memorySpread && !(tokens > 0);
}
