import { one, type NameTable } from './rule.ts';

/**
 * llama.cpp's server with --metrics (tools/server). Prompt tokens are those processed, not those found in the cache. The times are
 * summed over slots: with several slots at work they grow faster than the clock. `prompt_tokens_seconds` and
 * `predicted_tokens_seconds` are averages since the start and say nothing about now: left out.
 */
export const llamacppNames: NameTable = {
  exporter: 'llama.cpp',
  owner: { kind: 'engine', engine: 'llamacpp' },
  facts: { model: 'model' },
  rules: {
    'llamacpp:prompt_tokens_total': [one('engine.promptTokens'), one('engine.promptTokensComputed')],
    'llamacpp:prompt_seconds_total': [one('engine.prefillTime')],
    'llamacpp:tokens_predicted_total': [one('engine.generationTokens')],
    'llamacpp:tokens_predicted_seconds_total': [one('engine.decodeTime')],
    'llamacpp:requests_processing': [one('engine.running')],
    'llamacpp:requests_deferred': [one('engine.waiting')],
    'llamacpp:n_decode_total': [one('engine.steps')],
    'llamacpp:kv_cache_usage_ratio': [one('engine.kvUsage')],
    'llamacpp:kv_cache_tokens': [one('engine.kvTokens')],
  },
};
