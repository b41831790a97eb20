import type { MathType, Peaks } from './math-type.ts';
import type { SourceId } from './sources.ts';

export interface PcieLink {
  readonly generation: number;
  readonly lanes: number;
  /** Line rate of one direction, bytes/s. */
  readonly bytesPerSecond: number;
}

export interface NvLink {
  /** Both directions together, bytes/s, as data sheets print it. */
  readonly duplex: number;
  /** One direction, bytes/s: what a share is measured against. */
  readonly oneWay: number;
  /** Links of one card, which share that rate. */
  readonly links: number;
  /** `all`: every GPU of the node reaches every other. `pair`: an optional bridge between two cards, absent until seen. */
  readonly reach: 'all' | 'pair';
}

/** A GPU that is soldered to its CPU. `coherent`: two memories joined by NVLink-C2C. `shared`: one memory that both work in. */
export interface UnifiedMemory {
  readonly kind: 'coherent' | 'shared';
  /** What moves from the host's side to the GPU's in one direction, bytes/s. */
  readonly oneWay: number;
}

/** The memory share (of what is achievable) that utilization.memory m means: scale × m − offset, within ± error. */
export interface MemoryUtilization {
  readonly scale: number;
  readonly offset: number;
  readonly error: number;
}

/** Everything known about one GPU type, in SI units. A number with source `inferred` or `memory` is marked when shown. */
export interface GpuSpec {
  readonly label: string;
  /** Device names as nvidia-smi, DCGM and nvtop print them, in capitals and without NVIDIA and Tesla. Cards may share one: size and form decide. */
  readonly names: readonly RegExp[];
  /** What people and schedulers write besides the id, in capitals. Cards may share one: without a size it means the first of them in the table. */
  readonly aliases: readonly string[];
  readonly generation: string;
  readonly form: 'SXM' | 'PCIe' | 'superchip';
  readonly computeCapability: string;
  /** Operations/s by type, dense. */
  readonly peaks: Peaks;
  /** Types of `peaks` that run on CUDA cores, not tensor cores (besides fp64, fp32 and fp16_vector, which always do). */
  readonly vectorTypes: readonly MathType[];
  readonly hasTensorCores: boolean;
  /** The size printed in product names, in GB. */
  readonly nominalGB: number;
  /** What nvidia-smi reports as memory.total, bytes. */
  readonly memoryBytes: number;
  readonly memoryKind: string;
  /** Device memory bandwidth, bytes/s. */
  readonly bandwidth: number;
  /** Data-sheet power, watts. A card's own enforced limit wins: see `ceilingsFor`. */
  readonly powerLimit: number;
  readonly pcie: PcieLink;
  readonly nvlink: NvLink | null;
  /** Null where the host's memory is apart and reached over PCIe. */
  readonly unified: UnifiedMemory | null;
  /** Operations/s of FP16 products that are summed in FP16, where that is faster than `peaks.fp16`: GeForce cards sum in FP32 at half the rate. */
  readonly halfSumPeak: number | null;
  /** Highest SM clock, Hz. */
  readonly boostClock: number;
  /** How utilization.memory follows bandwidth on this type, where it was measured; null where its scale is unknown. */
  readonly memoryUtilizationCalibrated: MemoryUtilization | null;
  readonly sources: Readonly<Record<SourcedField, SourceId>>;
  /** Types whose peak comes from elsewhere than `sources.peaks`. */
  readonly peakSources: Readonly<Partial<Record<MathType, SourceId>>>;
  readonly notes: readonly string[];
}

type SourcedField = 'peaks' | 'memoryBytes' | 'bandwidth' | 'powerLimit' | 'pcie' | 'nvlink' | 'boostClock' | 'computeCapability';
