export { busyNow, type KnownGpu, type KnownNode, type NodeRegistry, nodeRegistry } from './registry.ts';
export { isSilent, SILENT, tellSilence } from './silence.ts';
