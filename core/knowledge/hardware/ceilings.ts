import { type GpuId, GPUS } from './gpus.ts';
import type { Peaks } from './math-type.ts';
import { pcieBytesPerSecond } from './pcie.ts';
import type { NvLink, PcieLink, UnifiedMemory } from './spec.ts';

/** What a card says about itself, SI units. Give the link's maximum or its state under load: it drops when idle. */
export interface Reported {
  readonly memoryTotal?: number | undefined;
  /** The enforced limit, watts. */
  readonly powerLimit?: number | undefined;
  readonly pcieGen?: number | undefined;
  readonly pcieWidth?: number | undefined;
}

export interface Ceilings {
  readonly gpu: GpuId;
  readonly peaks: Peaks;
  readonly bandwidth: number;
  readonly memoryBytes: number;
  readonly powerLimit: number;
  readonly pcie: PcieLink;
  readonly nvlink: NvLink | null;
  /** Null where the host's memory is reached over PCIe. */
  readonly unified: UnifiedMemory | null;
  readonly boostClock: number;
  /** Which of them the card itself reported; the others are the table's. */
  readonly reported: readonly ('memoryBytes' | 'powerLimit' | 'pcie')[];
}

/** The limits of one card: the table's, except where the card's own report (memory size, enforced power, link) says otherwise. */
export function ceilingsFor(gpu: GpuId, card: Reported = {}): Ceilings {
  const spec = GPUS[gpu];
  const pcie = reportedLink(spec.pcie, card);
  const memoryBytes = positive(card.memoryTotal);
  const powerLimit = positive(card.powerLimit);
  return {
    gpu,
    peaks: spec.peaks,
    bandwidth: spec.bandwidth,
    memoryBytes: memoryBytes ?? spec.memoryBytes,
    powerLimit: powerLimit ?? spec.powerLimit,
    pcie: pcie ?? spec.pcie,
    nvlink: spec.nvlink,
    unified: spec.unified,
    boostClock: spec.boostClock,
    reported: [
      ...(memoryBytes === undefined ? [] : ['memoryBytes' as const]),
      ...(powerLimit === undefined ? [] : ['powerLimit' as const]),
      ...(pcie === undefined ? [] : ['pcie' as const]),
    ],
  };
}

function reportedLink(table: PcieLink, card: Reported): PcieLink | undefined {
  if (card.pcieGen === undefined && card.pcieWidth === undefined) return undefined;
  const generation = card.pcieGen ?? table.generation;
  const lanes = card.pcieWidth ?? table.lanes;
  const bytesPerSecond = pcieBytesPerSecond(generation, lanes);
  return bytesPerSecond === null ? undefined : { generation, lanes, bytesPerSecond };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Bytes/s of one direction between host memory and the GPU: PCIe, NVLink-C2C, or the half of a shared memory that a copy within it reaches. */
export function hostBytesPerSecond({ unified, pcie }: Pick<Ceilings, 'unified' | 'pcie'>): number {
  return unified?.oneWay ?? pcie.bytesPerSecond;
}
