import type { MetricId } from '../../core/readings/index.ts';
import type { UnitName } from '../text/index.ts';

export interface MonitorField {
  readonly metric: MetricId;
  readonly unit: UnitName;
  /** Of two columns for one metric the lower rank wins. */
  readonly rank?: number;
}

/**
 * Columns of `nvidia-smi dmon` by their header, options -s pucvmet and --gpm-metrics (Hopper and newer), drivers 450 to 610.
 * `fb` is headed MB but counts MiB, as memory.used does. jpg, ofa, bar1 and ccpm have no metric.
 */
export const DMON_FIELDS: Readonly<Record<string, MonitorField>> = {
  pwr: { metric: 'gpu.power', unit: 'W' },
  temp: { metric: 'gpu.temp', unit: 'C' },
  gtemp: { metric: 'gpu.temp', unit: 'C' },
  mtemp: { metric: 'gpu.memTemp', unit: 'C' },
  sm: { metric: 'gpu.util', unit: '%' },
  mem: { metric: 'gpu.memUtil', unit: '%' },
  enc: { metric: 'gpu.enc', unit: '%' },
  dec: { metric: 'gpu.dec', unit: '%' },
  mclk: { metric: 'gpu.memClock', unit: 'MHz' },
  pclk: { metric: 'gpu.smClock', unit: 'MHz' },
  pviol: { metric: 'gpu.capPower', unit: '%' },
  tviol: { metric: 'gpu.capHwThermal', unit: 'ratio' }, // headed bool: 0 or 1
  fb: { metric: 'gpu.memUsed', unit: 'MiB' },
  rxpci: { metric: 'gpu.pcieRx', unit: 'MB/s', rank: 1 },
  txpci: { metric: 'gpu.pcieTx', unit: 'MB/s', rank: 1 },
  sbecc: { metric: 'gpu.eccCorrected', unit: 'count' },
  dbecc: { metric: 'gpu.eccUncorrected', unit: 'count' },
  pci: { metric: 'gpu.pcieReplay', unit: 'count' },
  gract: { metric: 'gpu.grActive', unit: '%' },
  smutil: { metric: 'gpu.smActive', unit: '%' },
  smocc: { metric: 'gpu.smOccupancy', unit: '%' },
  intact: { metric: 'gpu.intActive', unit: '%' },
  mmaact: { metric: 'gpu.tensorActive', unit: '%' },
  dfmaact: { metric: 'gpu.dfmaActive', unit: '%' },
  hmmaact: { metric: 'gpu.hmmaActive', unit: '%' },
  immaact: { metric: 'gpu.immaActive', unit: '%' },
  dram: { metric: 'gpu.dramActive', unit: '%' },
  fp64: { metric: 'gpu.fp64Active', unit: '%' },
  fp32: { metric: 'gpu.fp32Active', unit: '%' },
  fp16: { metric: 'gpu.fp16Active', unit: '%' },
  pcirx: { metric: 'gpu.pcieRx', unit: 'MiB/s' },
  pcitx: { metric: 'gpu.pcieTx', unit: 'MiB/s' },
  nvlrx: { metric: 'gpu.nvlinkRx', unit: 'MiB/s' },
  nvltx: { metric: 'gpu.nvlinkTx', unit: 'MiB/s' },
};

/** Columns of `nvidia-smi pmon` that are metrics of the process; `command` (or `name`) is always the last column. */
export const PMON_FIELDS: Readonly<Record<string, MonitorField>> = {
  sm: { metric: 'process.gpuUtil', unit: '%' },
  mem: { metric: 'process.gpuMemUtil', unit: '%' },
  fb: { metric: 'process.gpuMem', unit: 'MiB' },
};
