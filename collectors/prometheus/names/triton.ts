import { one, sum, type NameTable } from './rule.ts';

/**
 * TensorRT-LLM behind Triton (tensorrtllm_backend, custom metrics of each iteration) and behind its own server (`trtllm_*`).
 * Triton's `nv_inference_*` count every model of an ensemble once per request: only the TensorRT-LLM model's own series are taken.
 */
export const tritonNames: NameTable = {
  exporter: 'TensorRT-LLM',
  owner: { kind: 'engine', engine: 'tensorrt-llm' },
  facts: { model_name: 'model' },
  rules: {
    nv_trt_llm_request_metrics: [
      one('engine.running', { only: { request_type: ['scheduled'] } }), // `active` also holds those that wait for KV blocks
      one('engine.waiting', { only: { request_type: ['waiting'] } }),
      one('engine.maxRunning', { only: { request_type: ['max'] } }),
    ],
    nv_trt_llm_kv_cache_block_metrics: [one('engine.kvUsage', { only: { kv_cache_block_type: ['fraction', 'cache_block_fraction'] } })],
    nv_trt_llm_general_metrics: [one('engine.steps', { only: { general_type: ['iteration_counter'] } })],
    nv_inference_request_success: [sum('engine.requests', { only: { model: ['tensorrt_llm', 'tensorrt_llm_bls'] } })],
    trtllm_num_requests_running: [one('engine.running')],
    trtllm_num_requests_waiting: [one('engine.waiting')],
    trtllm_request_success_total: [sum('engine.requests')],
    trtllm_time_to_first_token_seconds_sum: [sum('engine.ttftSum')],
    trtllm_time_to_first_token_seconds_count: [sum('engine.ttftCount')],
    trtllm_time_per_output_token_seconds_sum: [sum('engine.itlSum')],
    trtllm_time_per_output_token_seconds_count: [sum('engine.itlCount')],
    trtllm_e2e_request_latency_seconds_sum: [sum('engine.e2eSum')],
    trtllm_e2e_request_latency_seconds_count: [sum('engine.e2eCount')],
    trtllm_request_queue_time_seconds_sum: [sum('engine.queueSum')],
    trtllm_request_queue_time_seconds_count: [sum('engine.queueCount')],
    trtllm_kv_cache_utilization: [one('engine.kvUsage')],
    trtllm_kv_cache_hit_rate: [one('engine.cacheHitRatio')],
  },
};

/** Triton's own GPU metrics (DCGM underneath, in SI). */
export const tritonGpuNames: NameTable = {
  exporter: 'Triton',
  owner: { kind: 'gpu', uuid: 'gpu_uuid' },
  rules: {
    nv_gpu_utilization: [one('gpu.util')],
    nv_gpu_memory_used_bytes: [one('gpu.memUsed')],
    nv_gpu_memory_total_bytes: [one('gpu.memTotal')],
    nv_gpu_power_usage: [one('gpu.power')],
    nv_gpu_power_limit: [one('gpu.powerLimit')],
    nv_energy_consumption: [one('gpu.energy')],
  },
};
