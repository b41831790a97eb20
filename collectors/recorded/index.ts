export { grafanaCsv } from './grafana-csv.ts';
export { grafanaJson } from './grafana-json.ts';
export { prometheusJson } from './prometheus-json.ts';
export { victoriaMetrics } from './victoriametrics.ts';
