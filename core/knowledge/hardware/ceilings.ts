import { type GpuId, GPUS } from './gpus.ts';
import type { Peaks } from './math-type.ts';
import { pcieBytesPerSecond } from './pcie.ts';
import type { NvLink, PcieLink, UnifiedMemory } from './spec.ts';
import { nvlinkRate } from './wiring.ts';

/** What a card says about itself, SI units. Give the link's maximum or its state under load: it drops when idle. */
export interface Reported {
  readonly memoryTotal?: number | undefined;
  /** The enforced limit, watts. */
  readonly powerLimit?: number | undefined;
  readonly pcieGen?: number | undefined;
  readonly pcieWidth?: number | undefined;
  /** NVLinks to the other GPUs of its job, and whether they reach all of those; null where none does, left out where nobody said. */
  readonly nvlink?: { readonly links: number; readonly reach: NvLink['reach'] } | null | undefined;
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
  readonly reported: readonly ('memoryBytes' | 'powerLimit' | 'pcie' | 'nvlink')[];
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
    nvlink: reportedNvlink(spec.nvlink, card),
    unified: spec.unified,
    boostClock: spec.boostClock,
    reported: [
      ...(memoryBytes === undefined ? [] : ['memoryBytes' as const]),
      ...(powerLimit === undefined ? [] : ['powerLimit' as const]),
      ...(pcie === undefined ? [] : ['pcie' as const]),
      ...(card.nvlink === undefined ? [] : ['nvlink' as const]),
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

function reportedNvlink(table: NvLink | null, { nvlink }: Reported): NvLink | null {
  if (table === null || nvlink === undefined) return table;
  if (nvlink === null) return null;
  const links = Math.min(nvlink.links, table.links);
  const oneWay = nvlinkRate(table, links);
  return { duplex: 2 * oneWay, oneWay, links, reach: nvlink.reach };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Bytes/s of one direction between host memory and the GPU: PCIe, NVLink-C2C, or the half of a shared memory that a copy within it reaches. */
export function hostBytesPerSecond({ unified, pcie }: Pick<Ceilings, 'unified' | 'pcie'>): number {
  return unified?.oneWay ?? pcie.bytesPerSecond;
}
