/** Hardware knowledge: GPU types, their limits and how much of them is reachable, node types. */
export { GPU_IDS, isGpuId, type GpuId } from './hardware/gpu-id.ts';
export { MATH_TYPES, type MathType, type Peaks } from './hardware/math-type.ts';
export { SOURCES, type SourceId } from './hardware/sources.ts';
export type { GpuSpec, NvLink, PcieLink, SourcedField } from './hardware/spec.ts';
export { GPUS, onTensorCores, peak, ridge } from './hardware/gpus.ts';
export { ACHIEVABLE, gemmFraction, type Achievable } from './hardware/achievable.ts';
export { ceilingsFor, type Ceilings, type Reported } from './hardware/ceilings.ts';
export { detectGpu, knownGpus, parseGpuId } from './hardware/detect.ts';
export { pcieBytesPerSecond } from './hardware/pcie.ts';
export { ALVIS_NODES, ETHERNET_25, INFINIBAND_100, type NodeNetwork, type NodeType } from './hardware/nodes.ts';
