import type { Collector } from './collector.ts';
import { nvidiaSmiLog } from './nvidia-smi/log.ts';
import { nvidiaSmiDmon, nvidiaSmiPmon } from './nvidia-smi/monitor.ts';
import { nvidiaSmiQuery } from './nvidia-smi/query-csv.ts';
import { nvidiaSmiXml } from './nvidia-smi/xml.ts';
import { nvtop } from './nvtop.ts';
import { dcgmi } from './dcgmi.ts';
import { engineCsv } from './engine-csv.ts';
import { prometheus } from './prometheus/exposition.ts';
import { jobLog } from './logs/log.ts';
import { grafanaCsv } from './recorded/grafana-csv.ts';
import { grafanaJson } from './recorded/grafana-json.ts';
import { prometheusJson } from './recorded/prometheus-json.ts';
import { victoriaMetrics } from './recorded/victoriametrics.ts';
import { free } from './host/free.ts';
import { htop } from './host/htop.ts';
import { iostat } from './host/iostat.ts';
import { mpstat } from './host/mpstat.ts';
import { procRecord } from './host/proc-record.ts';
import { recordMeta } from './host/record-meta.ts';
import { top } from './host/top.ts';
import { vmstat } from './host/vmstat.ts';

/** Every collector, one line each. Where two are equally sure of a text, the one that stands first reads it. */
export const collectors: readonly Collector[] = [
  nvidiaSmiQuery,
  nvidiaSmiDmon,
  nvidiaSmiPmon,
  nvidiaSmiXml,
  nvidiaSmiLog,
  nvtop,
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
];

/** The collector with this id, or undefined. */
export function collectorById(id: string): Collector | undefined {
  return collectors.find((collector) => collector.id === id);
}
