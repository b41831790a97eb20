import { one, sum, type NameTable } from './rule.ts';

/**
 * vLLM, V1 (vllm/v1/metrics/loggers.py) and V0 (vllm/engine/metrics.py). Prometheus' client appends `_total` to counters; some
 * builds print the bare name. A server with several engines (data parallel, label `engine`) is one entity: counts and counters
 * are summed, cache usage is the fullest engine's, since that one preempts first.
 */
export const vllmNames: NameTable = {
  exporter: 'vLLM',
  owner: { kind: 'engine', engine: 'vllm' },
  facts: { model_name: 'model' },
  rules: {
    'vllm:num_requests_running': [sum('engine.running')],
    'vllm:num_requests_waiting': [sum('engine.waiting')],
    'vllm:num_requests_swapped': [sum('engine.swapped')],
    'vllm:kv_cache_usage_perc': [one('engine.kvUsage', { rank: 1 })],
    'vllm:gpu_cache_usage_perc': [one('engine.kvUsage')],
    'vllm:prompt_tokens_total': [sum('engine.promptTokens')],
    'vllm:prompt_tokens_by_source_total': [
      sum('engine.promptTokensComputed', { only: { source: ['local_compute'] } }),
      sum('engine.promptTokensCached', { only: { source: ['local_cache_hit', 'external_kv_transfer'] }, rank: 1 }),
    ],
    'vllm:prompt_tokens_cached_total': [sum('engine.promptTokensCached')],
    'vllm:generation_tokens_total': [sum('engine.generationTokens')],
    'vllm:avg_prompt_throughput_toks_per_s': [sum('engine.promptRate', { unless: 'engine.promptTokens' })],
    'vllm:avg_generation_throughput_toks_per_s': [sum('engine.generationRate', { unless: 'engine.generationTokens' })],
    'vllm:request_success_total': [sum('engine.requests')],
    'vllm:num_preemptions_total': [sum('engine.preemptions')],
    // V1. V0 prints accepted and drafted tokens under the same names, and no number of drafts.
    'vllm:spec_decode_num_drafts_total': [sum('engine.specDrafts')],
    'vllm:spec_decode_num_draft_tokens_total': [sum('engine.specDraftTokens')],
    'vllm:spec_decode_num_accepted_tokens_total': [sum('engine.specAcceptedTokens')],
    'vllm:request_prefill_time_seconds_sum': [sum('engine.requestPrefillTime')],
    'vllm:request_decode_time_seconds_sum': [sum('engine.requestDecodeTime')],
    'vllm:iteration_tokens_total_count': [sum('engine.steps')],
    'vllm:iteration_tokens_total_sum': [sum('engine.stepTokens')],
    'vllm:estimated_flops_per_gpu_total': [sum('engine.flops')],
    'vllm:estimated_read_bytes_per_gpu_total': [sum('engine.readBytes')],
    'vllm:estimated_write_bytes_per_gpu_total': [sum('engine.writeBytes')],
    'vllm:prefix_cache_queries_total': [sum('engine.prefixQueries', { rank: 1 })],
    'vllm:prefix_cache_hits_total': [sum('engine.prefixHits', { rank: 1 })],
    'vllm:gpu_prefix_cache_queries_total': [sum('engine.prefixQueries')],
    'vllm:gpu_prefix_cache_hits_total': [sum('engine.prefixHits')],
    'vllm:gpu_prefix_cache_hit_rate': [{ to: 'engine.cacheHitRatio', fold: 'mean', min: 0 }],
    'vllm:time_to_first_token_seconds_sum': [sum('engine.ttftSum')],
    'vllm:time_to_first_token_seconds_count': [sum('engine.ttftCount')],
    'vllm:inter_token_latency_seconds_sum': [sum('engine.itlSum', { rank: 1 })],
    'vllm:inter_token_latency_seconds_count': [sum('engine.itlCount', { rank: 1 })],
    'vllm:time_per_output_token_seconds_sum': [sum('engine.itlSum')],
    'vllm:time_per_output_token_seconds_count': [sum('engine.itlCount')],
    'vllm:e2e_request_latency_seconds_sum': [sum('engine.e2eSum')],
    'vllm:e2e_request_latency_seconds_count': [sum('engine.e2eCount')],
    'vllm:request_queue_time_seconds_sum': [sum('engine.queueSum')],
    'vllm:request_queue_time_seconds_count': [sum('engine.queueCount')],
    // Cumulative seconds, printed as gauges by instrumented V0 builds (vLLMBatchingMemoryGap).
    'vllm:scheduler_total_time': [sum('engine.schedulerTime')],
    'vllm:model_forward_total_time': [sum('engine.forwardTime')],
    // V0: milliseconds in a histogram; retired in V1.
    'vllm:model_forward_time_milliseconds_sum': [sum('engine.forwardTime', { div: 1000 })],
  },
  info: {
    'vllm:cache_config_info': {
      facts: { num_gpu_blocks: 'kvBlocks', block_size: 'kvBlockSize', gpu_memory_utilization: 'gpuMemoryUtilization', cache_dtype: 'kvDtype' },
      product: { to: 'engine.kvTokensMax', of: ['num_gpu_blocks', 'block_size'] },
    },
  },
};
