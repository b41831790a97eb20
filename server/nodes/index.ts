export { busyNow, type KnownGpu, type KnownNode, type NodeRegistry, nodeRegistry } from './registry.ts';
export { SILENT } from './latest.ts';
export { isSilent, tellSilence } from './silence.ts';
