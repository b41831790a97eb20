import { ACHIEVABLE, GPUS } from '../knowledge/index.ts';
import { believedWork, disbelief, type Disbelief, type Refutation } from './believed.ts';
import { inEmptyTime } from './empty-time.ts';
import { type Pipe, PIPE_IDS, PIPES } from './pipes.ts';
import { covered, exact, firstKnown, type JudgedMetric, known, largest, mean, type Stats, sumKnown } from './stats.ts';
import type { Subject } from './subject.ts';
import type { Tally } from './tally.ts';
import { BLOCKED_PROCESSES, CLEAR_RISE, CONTRIBUTING, IOWAIT_CORES, MEMORY_STEP, MIN_DEMAND_SAMPLES, ONE_WAY } from './thresholds.ts';
import { type Rates, ratesOf, type Work, workOf } from './work.ts';

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
  /** The busiest pipe; null where none was measured. */
  readonly pipe: Pipe | null;
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
  /** Shares that are left out since they would be more than everything. */
  readonly refuted: readonly Refutation[];
}

/** Reads a tally as shares (§7.1): demand over achievable rate and time, each resource by itself. */
export function sharesOf(tally: Tally, subject: Subject): WindowShares {
  const asleep = tally.off.bins > 0 && tally.on.bins < MIN_DEMAND_SAMPLES;
  const stats = asleep ? tally.off : tally.on;
  const rates = ratesOf(subject, mean(stats, 'gpu.smClock'));
  const doubt = disbelief();
  const { work, computeModel, memoryModel } = modelled(asleep ? null : workOf(tally, subject), rates, doubt);
  const { busy, busyFrom } = busyShare(tally, stats, asleep, work);
  const counter = (name: string, id: JudgedMetric, eta: number) => doubt.counter(name, mean(stats, id), eta);
  const active = PIPE_IDS.map((id) => ({ id, share: counter(PIPES[id].name, id, PIPES[id].eta) }));
  const shareOf = (id: Pipe) => active.find((one) => one.id === id)?.share ?? Number.NaN;
  const tensor = shareOf('gpu.tensorActive');
  const pipes = largest(...active.map(({ share }) => share));
  const dram = counter('DRAM', 'gpu.dramActive', ACHIEVABLE.dramCounter.value);
  const scale = subject.type === null ? null : GPUS[subject.type].memoryUtilizationCalibrated;
  const memoryUtil = scale === null ? Number.NaN : Math.max(0, scale.scale * mean(stats, 'gpu.memUtil') - scale.offset);
  const host = hostOf({ tally, stats, subject }, doubt);
  return {
    tally,
    subject,
    stats,
    work,
    busy,
    busyFrom,
    tensor,
    fp32: shareOf('gpu.fp32Active'),
    fp64: shareOf('gpu.fp64Active'),
    pipes,
    pipe: active.find(({ share }) => share === pipes)?.id ?? null,
    computeModel,
    memoryModel,
    demand: tally.on.bins + tally.off.bins === 0 || !subject.serving ? null : !asleep,
    idleFraction: tally.seen > 0 ? (asleep ? 1 : tally.off.bins / tally.seen) : 0,
    seconds: (tally.endBin - tally.firstBin) * tally.period,
    samples: asleep ? tally.seen : stats.bins,
    empty: exact(1 - busy),
    ...computeShare({ tensor, pipes, computeModel }),
    memory: firstKnown(dram, known(memoryModel) ? memoryUtil : Number.NaN, memoryModel),
    memoryFrom: known(dram) ? 'counter' : !known(memoryModel) ? null : known(memoryUtil) ? 'nvml' : 'model',
    nvlink: nvlinkShare(stats, subject, doubt),
    pcie: pcieShare(stats, subject, doubt),
    ...host,
    memoryRise: tally.memoryLast - tally.memoryFirst,
    dcgm: known(tensor) || known(dram),
    modelled: work !== null && work.from !== null && (known(computeModel) || known(memoryModel)),
    clock: rates.clock,
    refuted: doubt.refuted,
  };
}

/** The pipes' largest share; where the tensor pipe was not collected the others prove no rest, and a model that asks for more is believed. */
function computeShare({ tensor, pipes, computeModel }: Pick<WindowShares, 'tensor' | 'pipes' | 'computeModel'>): Pick<WindowShares, 'compute' | 'computeFrom'> {
  if (known(pipes) && (known(tensor) || !(computeModel > pipes))) return { compute: pipes, computeFrom: 'counter' };
  return { compute: computeModel, computeFrom: known(computeModel) ? 'model' : null };
}

/** The work and its shares, as far as they can be: unknown where the model asks for more than there is. */
function modelled(work: Work | null, rates: Rates, doubt: ReturnType<typeof disbelief>): Pick<WindowShares, 'work' | 'computeModel' | 'memoryModel'> {
  const none = { computeModel: Number.NaN, memoryModel: Number.NaN };
  if (work === null) return { work, ...none };
  const shares = { compute: work.flops / rates.compute, memory: work.training ? Number.NaN : work.bytes / rates.bytes };
  const believed = believedWork(work, shares);
  if (believed.refutation === null) return { work, computeModel: shares.compute, memoryModel: shares.memory };
  doubt.add(believed.refutation);
  return { work: believed.work, ...none };
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

/** A link that carries both ways at once; `oneWay` in bytes per second. */
interface Duplex {
  readonly name: string;
  readonly receive: number;
  readonly transmit: number;
  readonly eta: number;
  readonly oneWay: number | undefined;
}

/** The busier direction ÷ (η × one direction). */
function duplex({ name, receive, transmit, eta, oneWay }: Duplex, doubt: Disbelief): number {
  if (oneWay === undefined) return Number.NaN;
  const rate = largest(receive, transmit);
  return doubt.link(name, rate / (eta * oneWay), rate / oneWay);
}

function pcieShare(stats: Stats, subject: Subject, doubt: Disbelief): number {
  const oneWay = subject.ceilings?.pcie.bytesPerSecond;
  return duplex({ name: 'PCIe', receive: mean(stats, 'gpu.pcieRx'), transmit: mean(stats, 'gpu.pcieTx'), eta: ACHIEVABLE.pcie.value, oneWay }, doubt);
}

function nvlinkShare(stats: Stats, subject: Subject, doubt: Disbelief): number {
  const oneWay = subject.ceilings?.nvlink?.oneWay;
  return duplex({ name: 'NVLink', receive: mean(stats, 'gpu.nvlinkRx'), transmit: mean(stats, 'gpu.nvlinkTx'), eta: ACHIEVABLE.nvlink.value, oneWay }, doubt);
}

function hostOf(
  { tally, stats, subject }: Pick<WindowShares, 'tally' | 'stats' | 'subject'>,
  doubt: Disbelief,
): Pick<WindowShares, 'nic' | 'line' | 'receive' | 'transmit' | 'nicKind' | 'congested' | 'disk' | 'ioPressure' | 'iowaitCores'> {
  const ib = { receive: mean(stats, 'host.ibRxRate'), transmit: mean(stats, 'host.ibTxRate'), speed: mean(stats, 'host.ibSpeed') };
  const ethernet = { receive: mean(stats, 'host.netRxRate'), transmit: mean(stats, 'host.netTxRate'), speed: mean(stats, 'host.netSpeed') };
  const share = (name: string, { receive, transmit, speed }: typeof ib) =>
    duplex({ name, receive, transmit, eta: ACHIEVABLE.nic.value, oneWay: speed > 0 ? speed : undefined }, doubt);
  const shares = { ib: share('InfiniBand', ib), ethernet: share('Ethernet', ethernet) };
  const byIb = known(shares.ib) && !(shares.ethernet > shares.ib);
  const link = byIb ? ib : ethernet;
  const cores = firstKnown(mean(stats, 'host.cores'), subject.hostCores ?? Number.NaN);
  const waiting = (id: 'host.psiIo' | 'host.procsBlocked' | 'host.iowait' | 'host.iowaitTime') => firstKnown(inEmptyTime(tally.emptyTime, id), mean(stats, id));
  const iowaitCores = firstKnown(waiting('host.iowaitTime'), waiting('host.iowait') * cores);
  return {
    nic: byIb ? shares.ib : shares.ethernet,
    line: largest(link.receive, link.transmit) / link.speed,
    receive: link.receive,
    transmit: link.transmit,
    nicKind: byIb ? 'InfiniBand' : 'Ethernet',
    congested: mean(stats, 'host.ibWait') > 0,
    disk: mean(stats, 'host.diskBusy'),
    ioPressure: waiting('host.psiIo') >= CONTRIBUTING || iowaitCores >= IOWAIT_CORES || waiting('host.procsBlocked') >= BLOCKED_PROCESSES,
    iowaitCores,
  };
}

/** Traffic both ways, as collectives make it; one way that nobody looked at may be as busy as the other. */
function isExchange(receive: number, transmit: number): boolean {
  return !(receive > ONE_WAY * transmit) && !(transmit > ONE_WAY * receive);
}

/** Links on which kernels may spin: the NIC, and PCIe where other GPUs work on the same job, as far as their traffic is an exchange. */
export function exchangedLinks({ nic, receive, transmit, pcie, stats, subject }: WindowShares): ('nic' | 'pcie')[] {
  const overPcie = subject.peers && known(pcie) && isExchange(mean(stats, 'gpu.pcieRx'), mean(stats, 'gpu.pcieTx'));
  return [...(known(nic) && isExchange(receive, transmit) ? (['nic'] as const) : []), ...(overPcie ? (['pcie'] as const) : [])];
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
