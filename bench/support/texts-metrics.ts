import { clockOf, type TextSource } from './texts-gpu.ts';

const START = 1_740_162_711;
const NAMES = [
  'DCGM_FI_DEV_GPU_UTIL',
  'DCGM_FI_DEV_POWER_USAGE',
  'DCGM_FI_DEV_SM_CLOCK',
  'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE',
  'DCGM_FI_PROF_DRAM_ACTIVE',
  'node_load1',
  'vllm:num_requests_running',
] as const;
const labels = (gpu: number): string =>
  `gpu="${gpu}",UUID="GPU-6d0a1f0c-1111-4aaa-8bbb-00000000000${gpu}",device="nvidia${gpu}",modelName="NVIDIA A100-SXM4-40GB",Hostname="n1"`;
const series = (n: number): string =>
  `"__name__":"${NAMES[n % NAMES.length] ?? NAMES[0]}","UUID":"GPU-6d0a1f0c-1111-4aaa-8bbb-00000000000${n % 4}","Hostname":"n1","instance":"n1:9400","gpu":"${n % 4}"`;
/** Two digits after the point: within the range of every metric above. */
const value = (n: number): string => `0.${10 + ((n * 7) % 90)}`;
/** A long time range per series, as query_range and the export print it. */
const many = (item: (index: number) => string): string => Array.from({ length: 500 }, (_, index) => item(index)).join(',');

/** Recorded metrics in the forms that people keep. */
export const metricTexts: Readonly<Record<string, TextSource>> = {
  'engine-csv': {
    head: 'time,num_requests_running,num_requests_waiting,gpu_cache_usage_perc,prompt_tokens_total,generation_tokens_total,num_preemptions_total\n',
    sample: (n) => `${(0.130_581_118 + n).toFixed(9)},${n % 256},${n % 12},0.${100 + (n % 800)},${n * 1000}.0,${n * 640}.0,${Math.floor(n / 10)}.0\n`,
  },
  prometheus: {
    sample: (n) =>
      `# headroom-time ${START + n}\n${NAMES.map((name) => `# HELP ${name} What it counts.\n# TYPE ${name} gauge\n${[0, 1, 2, 3].map((gpu) => `${name}{${labels(gpu)}} ${value(n + gpu)}\n`).join('')}`).join('')}# EOF\n`,
  },
  'prometheus-json': {
    sample: (n) =>
      `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{${series(n)}},"values":[${many((index) => `[${START + n * 7500 + index * 15},"${value(index)}"]`)}]}]}}\n`,
  },
  'victoriametrics-export': {
    sample: (n) => `{"metric":{${series(n)}},"values":[${many(value)}],"timestamps":[${many((index) => String((START + n * 7500 + index * 15) * 1000))}]}\n`,
  },
  'grafana-json': {
    sample: (n) =>
      `{"results":{"A":{"status":200,"frames":[{"schema":{"name":"x","refId":"A","fields":[{"name":"Time","type":"time"},{"name":"Value","type":"number","labels":{${series(n)}}}]},"data":{"values":[[${many((index) => String((START + n * 7500 + index * 15) * 1000))}],[${many(value)}]]}}]}}}\n`,
  },
  'job-log': {
    sample: (n) =>
      n % 5 === 0
        ? `INFO 02-21 ${clockOf(n)} metrics.py:455] Avg prompt throughput: ${n % 900}.5 tokens/s, Avg generation throughput: ${n % 700}.0 tokens/s, Running: ${n % 64} reqs, Swapped: 0 reqs, Pending: 0 reqs, GPU KV cache usage: ${n % 90}.0%, CPU KV cache usage: 0.0%.\n`
        : `a job's own line of the usual length, with nothing in it that anybody measures, number ${n}\n`,
  },
  'grafana-csv': {
    head: `"Time",${[0, 1, 2, 3].map((gpu) => `"DCGM_FI_DEV_GPU_UTIL{gpu=""${gpu}"", UUID=""GPU-6d0a1f0c-1111-4aaa-8bbb-00000000000${gpu}"", Hostname=""n1""}"`).join(',')}\n`,
    sample: (n) => `${(START + n) * 1000},${n % 101},${(n * 3) % 101},${(n * 7) % 101},${(n * 9) % 101}\n`,
  },
};
