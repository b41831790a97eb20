import { one, sum, type NameTable } from './rule.ts';

const PREFILL = ['prefill', 'extend', 'forward_prefill', 'forward_extend'] as const;
const DECODE = ['decode', 'forward_decode', 'forward_target_verify'] as const;

/**
 * SGLang with --enable-metrics (srt/metrics/collector.py, later srt/observability/metrics_collector.py). `realtime_tokens_total` grows
 * with every logged batch; `prompt_tokens_total` and `generation_tokens_total` only when a request ends, so the former wins.
 * `gpu_execution_seconds_total` needs SGLANG_ENABLE_METRICS_DEVICE_TIMER=1; its categories are forward modes; mixed batches are in none.
 * One scheduler per data-parallel rank prints (label `dp_rank`): counts and times are summed over the ranks, so with several ranks the
 * times are GPU-seconds of the group. `cache_hit_rate` falls back to 0 with every decode report, so the counters win.
 * `num_retracted_reqs` (0.5) is a gauge, which some builds start again with every report: its rises are counted, a fall is none, so what
 * is told of it is the least that happened. Where a counter stands beside it, the counter wins.
 */
export const sglangNames: NameTable = {
  exporter: 'SGLang',
  owner: { kind: 'engine', engine: 'sglang' },
  facts: { model_name: 'model', name: 'model' },
  rules: {
    'sglang:num_running_reqs': [sum('engine.running')],
    'sglang:num_queue_reqs': [sum('engine.waiting')],
    'sglang:max_running_requests': [sum('engine.maxRunning')],
    'sglang:token_usage': [one('engine.kvUsage')],
    'sglang:num_used_tokens': [sum('engine.kvTokens')],
    'sglang:max_total_num_tokens': [sum('engine.kvTokensMax', { min: 1 })],
    'sglang:cache_hit_rate': [one('engine.cacheHitRatio', { unless: 'engine.promptTokensCached' })],
    'sglang:gen_throughput': [sum('engine.generationRate', { unless: 'engine.generationTokens' })],
    'sglang:prompt_tokens_total': [sum('engine.promptTokens')],
    'sglang:generation_tokens_total': [sum('engine.generationTokens')],
    'sglang:cached_tokens_total': [sum('engine.promptTokensCached')],
    'sglang:realtime_tokens_total': [
      sum('engine.promptTokensComputed', { only: { mode: ['prefill_compute'] } }),
      sum('engine.promptTokensCached', { only: { mode: ['prefill_cache'] }, rank: 1 }),
      sum('engine.promptTokens', { only: { mode: ['prefill_compute', 'prefill_cache'] }, rank: 1 }),
      sum('engine.generationTokens', { only: { mode: ['decode'] }, rank: 1 }),
    ],
    'sglang:gpu_execution_seconds_total': [
      sum('engine.prefillTime', { only: { category: PREFILL } }),
      sum('engine.decodeTime', { only: { category: DECODE } }),
      sum('engine.forwardTime'),
    ],
    'sglang:forward_execution_seconds_total': [
      sum('engine.prefillTime', { only: { category: PREFILL }, rank: 1 }),
      sum('engine.decodeTime', { only: { category: DECODE }, rank: 1 }),
      sum('engine.forwardTime', { rank: 1 }),
    ],
    'sglang:gpu_overlap_wait_seconds_total': [sum('engine.hostWaitTime')],
    'sglang:estimated_flops_per_gpu_total': [sum('engine.flops')],
    'sglang:estimated_read_bytes_per_gpu_total': [sum('engine.readBytes')],
    'sglang:estimated_write_bytes_per_gpu_total': [sum('engine.writeBytes')],
    'sglang:cuda_graph_passes_total': [sum('engine.steps')],
    'sglang:num_requests_total': [sum('engine.requests')],
    'sglang:num_retracted_requests_total': [sum('engine.preemptions', { rank: 2 })],
    'sglang:num_retracted_reqs_total': [sum('engine.preemptions', { rank: 1 })],
    'sglang:num_retracted_reqs': [sum('engine.preemptions')],
    'sglang:time_to_first_token_seconds_sum': [sum('engine.ttftSum')],
    'sglang:time_to_first_token_seconds_count': [sum('engine.ttftCount')],
    'sglang:inter_token_latency_seconds_sum': [sum('engine.itlSum', { rank: 1 })],
    'sglang:inter_token_latency_seconds_count': [sum('engine.itlCount', { rank: 1 })],
    'sglang:time_per_output_token_seconds_sum': [sum('engine.itlSum')],
    'sglang:time_per_output_token_seconds_count': [sum('engine.itlCount')],
    'sglang:e2e_request_latency_seconds_sum': [sum('engine.e2eSum')],
    'sglang:e2e_request_latency_seconds_count': [sum('engine.e2eCount')],
    'sglang:queue_time_seconds_sum': [sum('engine.queueSum')],
    'sglang:queue_time_seconds_count': [sum('engine.queueCount')],
  },
};
