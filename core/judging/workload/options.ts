/** Names of the options that say what a workload is, as `readOptions` normalises them; the first that is given counts. */

/** What engines call the model. `m` and `hf` are llama.cpp's and stand apart: elsewhere `-m` means a Python module. */
export const ENGINE_MODEL = ['model', 'model-path', 'model-id', 'model-tag', 'hf-repo', 'model-repository', 'model-store'] as const;
export const LLAMACPP_MODEL = ['m', 'model', 'hf', 'hfr', 'hf-repo', 'hff', 'hf-file'] as const;
export const TRAINER_MODEL = [
  'model-name-or-path',
  'pretrained-model-name-or-path',
  'base-model',
  'model-path',
  'model-id',
  'hf-model',
  'model-name',
  'model',
  'checkpoint-dir',
  'model.name',
  'model.restore-from-path',
  'tokenizer-model',
] as const;

export const DTYPE = ['dtype', 'torch-dtype', 'data-type', 'mixed-precision', 'precision', 'trainer.precision', 'model-dtype', 'kv-dtype'] as const;
/** Switches that are a data type of their own. */
export const DTYPE_SWITCHES = [
  ['bf16', 'bf16'],
  ['fp16', 'fp16'],
  ['half', 'fp16'],
  ['bfloat16', 'bf16'],
] as const;

export const QUANTIZATION = ['quantization', 'quantize', 'q', 'quantization-bit', 'bits', 'load-format'] as const;
export const QUANTIZATION_SWITCHES = [
  ['load-in-4bit', 'nf4'],
  ['load-in-8bit', 'bnb-int8'],
  ['use-4bit', 'nf4'],
  ['use-8bit', 'bnb-int8'],
] as const;

export const TENSOR = [
  'tensor-parallel-size',
  'tp',
  'tp-size',
  'tensor-parallel',
  'tensor-model-parallel-size',
  'num-shard',
  'model.tensor-model-parallel-size',
] as const;
export const PIPELINE = ['pipeline-parallel-size', 'pp', 'pp-size', 'pipeline-model-parallel-size', 'model.pipeline-model-parallel-size'] as const;
export const DATA = ['data-parallel-size', 'dp', 'dp-size'] as const;

/** A launcher's processes: per node and nodes, or all together. */
export const PER_NODE = ['nproc-per-node', 'num-gpus', 'trainer.devices', 'devices'] as const;
export const NODES = ['nnodes', 'num-nodes', 'trainer.num-nodes'] as const;
export const PROCESSES = ['num-processes'] as const;
