export { provenProcesses } from './device.ts';
export { REASON_BITS } from './fields.ts';
export { nvidiaSmiLog } from './log.ts';
export { nvidiaSmiDmon, nvidiaSmiPmon } from './monitor.ts';
export { sweepCounter, type SweepCounter } from './ordinal.ts';
export { nvidiaSmiQuery } from './query-csv.ts';
export { busIdIn, gpuScope, type GpuScope, isUuid } from './scope.ts';
export { tableReader } from './table.ts';
export { nvidiaSmiXml } from './xml.ts';
