import type { MetricId } from '../readings/index.ts';

/** The metrics that a verdict is made from, as they stand after `withRates`: counters are rates. The index is the column of a tally. */
// prettier-ignore
export const JUDGED = [
  'gpu.util', 'gpu.memUtil', 'gpu.memUsed', 'gpu.memTotal', 'gpu.power', 'gpu.powerLimit', 'gpu.smClock', 'gpu.smClockMax',
  'gpu.pcieRx', 'gpu.pcieTx', 'gpu.nvlinkRx', 'gpu.nvlinkTx', 'gpu.grActive', 'gpu.smActive', 'gpu.smOccupancy', 'gpu.tensorActive',
  'gpu.dramActive', 'gpu.fp64Active', 'gpu.fp32Active', 'gpu.fp16Active', 'gpu.immaActive', 'gpu.hmmaActive', 'gpu.dfmaActive',
  'gpu.intActive', 'gpu.capApp', 'gpu.capPower', 'gpu.capHw', 'gpu.capSwThermal', 'gpu.capHwThermal', 'gpu.capBrake',
  'gpu.capPowerTime', 'gpu.capThermalTime', 'gpu.capBrakeTime', 'gpu.processes', 'gpu.present', 'gpu.pcieGen', 'gpu.pcieGenMax',
  'gpu.pcieWidth', 'gpu.pcieWidthMax', 'gpu.temp',
  'engine.running', 'engine.waiting', 'engine.maxRunning', 'engine.kvUsage', 'engine.kvTokens', 'engine.kvTokensMax',
  'engine.promptRate', 'engine.promptTokensComputed', 'engine.promptTokensCached', 'engine.generationRate', 'engine.requests',
  'engine.preemptions', 'engine.stepRate', 'engine.stepTokens', 'engine.forwardTime', 'engine.schedulerTime', 'engine.prefillTime',
  'engine.decodeTime', 'engine.hostWaitTime', 'engine.flops', 'engine.readBytes', 'engine.writeBytes', 'engine.prefixQueries',
  'engine.prefixHits', 'engine.cacheHitRatio', 'engine.remoteReadTime', 'engine.remoteReadBytes', 'engine.trainSteps',
  'engine.trainTokenRate', 'engine.trainStepTime', 'engine.trainFlopRate',
  'host.cpu', 'host.cpuMaxCore', 'host.cpuMaxThread', 'host.hotThreads', 'host.cores', 'host.iowait', 'host.iowaitTime', 'host.cpuTime',
  'host.procsBlocked', 'host.psiCpu', 'host.psiIo', 'host.psiMem', 'host.diskBusy', 'host.diskReadRate', 'host.diskWriteRate',
  'host.scratchReadRate', 'host.scratchWriteRate', 'host.netRxRate', 'host.netTxRate', 'host.netSpeed', 'host.ibRxRate', 'host.ibTxRate',
  'host.ibSpeed', 'host.ibWait', 'host.fsReadRate', 'host.fsWriteRate',
  'process.maxThread', 'process.readChars', 'process.readBytes', 'process.writeChars', 'process.writeBytes',
] as const satisfies readonly MetricId[];

export type JudgedMetric = (typeof JUDGED)[number];

/** Column of each judged metric. */
export const COLUMN: Readonly<Record<JudgedMetric, number>> = Object.fromEntries(JUDGED.map((id, index) => [id, index])) as Record<JudgedMetric, number>; // keys are the list's

const INDEX: ReadonlyMap<string, number> = new Map(JUDGED.map((id, index) => [id, index]));

/** Column of a metric; undefined for one that no verdict looks at. */
export function columnOf(id: MetricId): number | undefined {
  return INDEX.get(id);
}
