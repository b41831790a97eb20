/** A setting of an engine that texts name. */
export type Setting = keyof typeof OPTIONS;

/** How each engine calls a setting, as its own documentation has it; `words` where an engine has no such option. */
const OPTIONS = {
  maxRunning: {
    words: 'the limit of requests at once',
    vllm: '--max-num-seqs',
    sglang: '--max-running-requests',
    tgi: '--max-batch-size',
    'llama.cpp': '--parallel',
    ollama: 'OLLAMA_NUM_PARALLEL',
    'tensorrt-llm': '--max_batch_size',
    lmdeploy: '--max-batch-size',
  },
  memoryPart: {
    words: 'the engine’s part of the memory',
    vllm: '--gpu-memory-utilization',
    sglang: '--mem-fraction-static',
    tgi: '--cuda-memory-fraction',
    'tensorrt-llm': '--kv_cache_free_gpu_memory_fraction',
    lmdeploy: '--cache-max-entry-count',
  },
  longestContext: {
    words: 'the longest context',
    vllm: '--max-model-len',
    sglang: '--context-length',
    tgi: '--max-total-tokens',
    'llama.cpp': '--ctx-size',
    ollama: 'OLLAMA_CONTEXT_LENGTH',
    'tensorrt-llm': '--max_seq_len',
    lmdeploy: '--session-len',
  },
  tensorParallel: {
    words: 'tensor parallelism',
    vllm: '--tensor-parallel-size',
    sglang: '--tp-size',
    tgi: '--num-shard',
    'tensorrt-llm': '--tp_size',
    lmdeploy: '--tp',
  },
  pipelineParallel: {
    words: 'pipeline stages',
    vllm: '--pipeline-parallel-size',
    sglang: '--pp-size',
    'tensorrt-llm': '--pp_size',
  },
  cacheInEight: {
    words: 'a cache in 8 bits',
    vllm: '--kv-cache-dtype fp8',
    sglang: '--kv-cache-dtype fp8_e5m2',
    tgi: '--kv-cache-dtype fp8_e5m2',
    'llama.cpp': '-ctk q8_0 -ctv q8_0',
    ollama: 'OLLAMA_KV_CACHE_TYPE=q8_0',
    lmdeploy: '--quant-policy 8',
  },
  tokensPerStep: {
    words: 'the budget of tokens per step',
    vllm: '--max-num-batched-tokens',
    sglang: '--chunked-prefill-size',
    tgi: '--max-batch-prefill-tokens',
    'llama.cpp': '--batch-size',
    'tensorrt-llm': '--max_num_tokens',
    lmdeploy: '--max-prefill-token-num',
  },
  prefixCache: { words: 'the prefix cache', vllm: '--enable-prefix-caching', 'llama.cpp': '--cache-reuse', lmdeploy: '--enable-prefix-caching' },
  eager: { words: 'no CUDA graphs', vllm: '--enforce-eager', sglang: '--disable-cuda-graph', tgi: '--cuda-graphs 0', lmdeploy: '--eager-mode' },
} as const satisfies Readonly<Record<string, { readonly words: string } & Readonly<Record<string, string>>>>;

/** What an engine's user has to write for a setting; vLLM's where no engine is known, words where it has no such option. */
export function optionOf(engine: string | null, setting: Setting): string {
  const row: Readonly<Record<string, string>> = OPTIONS[setting];
  return row[engine ?? 'vllm'] ?? OPTIONS[setting].words;
}

/** Whether a program of this name serves requests, as against training. */
export function isServer(name: string | null): boolean {
  return name !== null && name !== 'words' && Object.hasOwn(OPTIONS.maxRunning, name);
}
