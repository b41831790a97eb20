/** Of a GPU's memory an engine takes so much if nobody says otherwise. Source: vLLM's default of gpu_memory_utilization; SGLang's is near it. */
export const ENGINE_MEMORY = 0.9;

/** Bytes that a serving engine needs beside weights and cache: CUDA context, libraries, graphs, activations. Inferred from engines' start-up logs. */
export const WORKSPACE_BYTES = 1e9;

/** Tokens of a request, prompt and answer, where nothing tells it; a model that ends sooner has fewer. */
export const COMMON_CONTEXT = 4096;
