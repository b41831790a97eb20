import type { Collector } from './collector/index.ts';
import { nvidiaSmiDmon, nvidiaSmiLog, nvidiaSmiPmon, nvidiaSmiQuery, nvidiaSmiXml } from './nvidia-smi/index.ts';
import { nvtop } from './nvtop.ts';
import { gpustat, gpustatJson } from './gpustat.ts';
import { nvitop } from './nvitop.ts';
import { tegrastats } from './tegrastats.ts';
import { dcgmi } from './dcgmi.ts';
import { engineCsv } from './engine-csv.ts';
import { prometheus } from './prometheus/index.ts';
import { jobLog } from './logs/index.ts';
import { grafanaCsv, grafanaJson, prometheusJson, victoriaMetrics } from './recorded/index.ts';
import {
  jobstats,
  llamaBench,
  nsysStats,
  ncclTests,
  ncu,
  nsightFile,
  ollama,
  ollamaPs,
  otherVendor,
  reportseff,
  resultsInLog,
  rocmSmi,
  sacct,
  seff,
  servingBench,
  servingBenchJson,
  topology,
} from './results/index.ts';
import { free, htop, iostat, mpstat, procRecord, recordMeta, top, vmstat } from './host/index.ts';

/** Every collector, one line each. Where two are equally sure of a text, the one that stands first reads it. */
export const collectors: readonly Collector[] = [
  nvidiaSmiQuery,
  nvidiaSmiDmon,
  nvidiaSmiPmon,
  nvidiaSmiXml,
  nvidiaSmiLog,
  nvtop,
  nvitop,
  gpustat,
  gpustatJson,
  tegrastats,
  dcgmi,
  engineCsv,
  prometheus,
  prometheusJson,
  victoriaMetrics,
  grafanaJson,
  grafanaCsv,
  jobLog,
  procRecord,
  recordMeta,
  top,
  htop,
  vmstat,
  iostat,
  mpstat,
  free,
  seff,
  reportseff,
  jobstats,
  sacct,
  topology,
  llamaBench,
  ollama,
  ollamaPs,
  ncclTests,
  servingBench,
  servingBenchJson,
  rocmSmi,
  otherVendor,
  nsysStats,
  ncu,
  nsightFile,
  resultsInLog,
];

/** The collector with this id, or undefined. */
export function collectorById(id: string): Collector | undefined {
  return collectors.find((collector) => collector.id === id);
}
