/** A panel of a published dashboard, known by its title: what its series are, where the legend only names the GPU. */
export interface Panel {
  readonly title: string;
  readonly series: string;
  /** True where the number alone is ambiguous: read only where Grafana printed a unit beside it. */
  readonly needsUnit?: true;
}

/**
 * NVIDIA's dashboard (dcgm-exporter's grafana/dcgm-exporter-dashboard.json, grafana.com 12239). Its "GPU Utilization" is GPU_UTIL in
 * per cent in one edition and GR_ENGINE_ACTIVE as a ratio in the other; its clocks are multiplied to hertz.
 */
const PANELS: readonly Panel[] = [
  { title: 'GPU Temperature', series: 'DCGM_FI_DEV_GPU_TEMP' },
  { title: 'GPU Power Usage', series: 'DCGM_FI_DEV_POWER_USAGE' },
  { title: 'GPU SM Clocks', series: 'DCGM_FI_DEV_SM_CLOCK', needsUnit: true },
  { title: 'GPU Utilization', series: 'DCGM_FI_DEV_GPU_UTIL', needsUnit: true },
  { title: 'Tensor Core Utilization', series: 'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE' },
  { title: 'GPU Framebuffer Mem Used', series: 'DCGM_FI_DEV_FB_USED' },
];

/** Legends of vLLM's own dashboard (examples/observability/prometheus_grafana/grafana.json), and the expressions behind them. */
export const LEGENDS: ReadonlyMap<string, string> = new Map([
  ['Num Running', 'vllm:num_requests_running'],
  ['Num Waiting', 'vllm:num_requests_waiting'],
  ['Num Swapped', 'vllm:num_requests_swapped'],
  ['GPU Cache Usage', 'vllm:kv_cache_usage_perc'],
  ['Prompt Tokens/Sec', 'rate(vllm:prompt_tokens_total[1m])'],
  ['Generation Tokens/Sec', 'rate(vllm:generation_tokens_total[1m])'],
]);

/** The panel whose data a file holds, by the name that Grafana gives a download: `<title>-data-as-joinbyfield-2025-02-21 19_31_51.csv`. */
export function panelOf(file: string | undefined): Panel | undefined {
  const base = file?.split(/[\\/]/).at(-1);
  const title = base === undefined ? undefined : /^(.+?)-data(?:-as-\w+)?-\d{4}-\d\d-\d\d/.exec(base)?.[1];
  return title === undefined ? undefined : PANELS.find((panel) => panel.title.toLowerCase() === title.toLowerCase());
}

/** Labels in a legend that is only a label's value: a UUID, `GPU 3`, `n1 - GPU 3`, `n1 GPU 3/7 (1g.5gb)`, `3`. Null for any other. */
export function labelsInLegend(legend: string): ReadonlyMap<string, string> | null {
  const text = legend.trim();
  if (/^(GPU|MIG)-[0-9a-zA-Z/-]+$/.test(text)) return new Map([['UUID', text]]);
  const match = /^(?:(?:(\S+)\s+(?:-\s+)?)?GPU\s*)?(\d+)(?:\/(\d*)\s*(?:\(.*\))?)?$/.exec(text);
  const [, host, gpu, slice] = match ?? [];
  if (gpu === undefined) return null;
  return new Map([
    ['gpu', gpu],
    ...(host === undefined ? [] : [['Hostname', host] as const]),
    ...(slice === undefined || slice === '' ? [] : [['GPU_I_ID', slice] as const]),
  ]);
}
