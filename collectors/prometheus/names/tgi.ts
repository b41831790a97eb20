import { one, sum, type NameTable } from './rule.ts';

/**
 * Hugging Face Text Generation Inference (router/src/server.rs). Its token counts are histograms over finished requests, so they
 * grow when a request ends. `tgi_batch_forward_duration{method}` is the only direct prefill and decode time of any engine here.
 */
export const tgiNames: NameTable = {
  exporter: 'TGI',
  owner: { kind: 'engine', engine: 'tgi' },
  rules: {
    tgi_batch_current_size: [one('engine.running')],
    tgi_queue_size: [one('engine.waiting')],
    tgi_batch_forward_duration_sum: [
      sum('engine.prefillTime', { only: { method: ['prefill'] } }),
      sum('engine.decodeTime', { only: { method: ['decode'] } }),
      sum('engine.forwardTime'),
    ],
    tgi_batch_forward_duration_count: [sum('engine.steps')],
    tgi_request_input_length_sum: [sum('engine.promptTokens')],
    tgi_request_generated_tokens_sum: [sum('engine.generationTokens')],
    tgi_request_success: [sum('engine.requests')],
    tgi_request_success_total: [sum('engine.requests')],
    tgi_request_queue_duration_sum: [sum('engine.queueSum')],
    tgi_request_queue_duration_count: [sum('engine.queueCount')],
    tgi_request_duration_sum: [sum('engine.e2eSum')],
    tgi_request_duration_count: [sum('engine.e2eCount')],
    // The mean over a request's tokens, once per request: sum ÷ count is a mean over requests.
    tgi_request_mean_time_per_token_duration_sum: [sum('engine.itlSum')],
    tgi_request_mean_time_per_token_duration_count: [sum('engine.itlCount')],
  },
};
