/** Hardware knowledge: GPU types, their limits and how much of them is reachable, node types. */
export { MATH_TYPES, type MathType } from './math-type.ts';
export { SOURCES } from './sources.ts';
export { GPU_IDS, type GpuId, GPUS, isGpuId, onTensorCores, ridge } from './gpus.ts';
export { ACHIEVABLE, gemmFraction } from './achievable.ts';
export { ceilingsFor, type Ceilings, hostBytesPerSecond, type Reported } from './ceilings.ts';
export { type CardSeen, likelyGpus } from './likely.ts';
export { detectGpu, knownGpus, parseGpuId } from './detect.ts';
export { restPower } from './rest-power.ts';
export { pcieBytesPerSecond } from './pcie.ts';
export { ALVIS_NODES, type NodeNetwork, type NodeType } from './nodes.ts';
export type { MemoryUtilization, NvLink } from './spec.ts';
export { hasNvlink, PCIE_PATHS, type PciePath, weakestLink, type Weakest, type Wiring, wiringFrom } from './wiring.ts';
