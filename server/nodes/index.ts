export { busyOf, type GpuNow, type NodeNow, type NodeRegistry, nodeRegistry } from './registry.ts';
export { isSilent, SILENT, tellSilence } from './silence.ts';
