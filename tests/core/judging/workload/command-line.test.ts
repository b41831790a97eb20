// Past the door of core/judging/workload: every spelling of a command line is tried by itself.
import { describe, expect, it } from 'vitest';
import { readCommand } from '../../../../core/judging/workload/index.ts';

type Expected = Partial<Record<'model' | 'dtype' | 'quantization' | 'tensorParallel' | 'pipelineParallel' | 'dataParallel', string | number>>;

const NOTHING = { model: null, dtype: null, quantization: null, tensorParallel: null, pipelineParallel: null, dataParallel: null };

const ENGINES: readonly [string, string, Expected][] = [
  ['vllm serve meta-llama/Llama-3.1-8B-Instruct', 'vllm', { model: 'meta-llama/Llama-3.1-8B-Instruct' }],
  [
    '/opt/conda/bin/python /opt/conda/bin/vllm serve meta-llama/Llama-3.3-70B-Instruct --tensor-parallel-size 4 --dtype bfloat16 --quantization awq',
    'vllm',
    { model: 'meta-llama/Llama-3.3-70B-Instruct', tensorParallel: 4, dtype: 'bf16', quantization: 'awq' },
  ],
  [
    'vllm serve --enforce-eager --port 8000 Qwen/Qwen2.5-7B -tp=2 -pp 2 -dp 4 --dtype=half',
    'vllm',
    { model: 'Qwen/Qwen2.5-7B', tensorParallel: 2, pipelineParallel: 2, dataParallel: 4, dtype: 'fp16' },
  ],
  [
    'python3 -m vllm.entrypoints.openai.api_server --model=mistralai/Mistral-7B-v0.3 --dtype auto -q fp8',
    'vllm',
    { model: 'mistralai/Mistral-7B-v0.3', quantization: 'fp8' },
  ],
  [
    'CUDA_VISIBLE_DEVICES=0,1 HF_HOME=/cephyr/hf srun -q normal --gpus=2 apptainer exec --nv vllm.sif vllm serve facebook/opt-1.3b -tp2',
    'vllm',
    { model: 'facebook/opt-1.3b', tensorParallel: 2 },
  ],
  ['bash -c "vllm serve google/gemma-2-9b --dtype float16"', 'vllm', { model: 'google/gemma-2-9b', dtype: 'fp16' }],
  ['bash -lc vllm serve google/gemma-2-9b', 'vllm', { model: 'google/gemma-2-9b' }],
  ['VLLM::Worker_TP0', 'vllm', {}],
  [
    'python -m sglang.launch_server --model-path meta-llama/Llama-3.1-8B --tp 2 --dp-size 2 --quantization w8a8_int8',
    'sglang',
    { model: 'meta-llama/Llama-3.1-8B', tensorParallel: 2, dataParallel: 2, quantization: 'w8a8_int8' },
  ],
  [
    '/usr/bin/python /venv/lib/python3.11/site-packages/sglang/launch_server.py --model Qwen/Qwen3-32B --tp-size 4',
    'sglang',
    { model: 'Qwen/Qwen3-32B', tensorParallel: 4 },
  ],
  ['sglang::scheduler', 'sglang', {}],
  [
    'text-generation-launcher --model-id tiiuae/falcon-40b --num-shard 4 --quantize bitsandbytes-nf4 --dtype bfloat16 --sharded true',
    'tgi',
    { model: 'tiiuae/falcon-40b', tensorParallel: 4, quantization: 'bitsandbytes-nf4', dtype: 'bf16' },
  ],
  ['/usr/src/.venv/bin/text-generation-server serve tiiuae/falcon-7b --dtype float16', 'tgi', { model: 'tiiuae/falcon-7b', dtype: 'fp16' }],
  [
    './build/bin/llama-server -m /mimer/models/Meta-Llama-3-8B-Instruct.Q4_K_M.gguf -ngl 99 -c 8192 -np 8',
    'llama.cpp',
    { model: '/mimer/models/Meta-Llama-3-8B-Instruct.Q4_K_M.gguf' },
  ],
  ['llama-cli -hf ggml-org/gemma-3-1b-it-GGUF -p "hello there" -n 128', 'llama.cpp', { model: 'ggml-org/gemma-3-1b-it-GGUF' }],
  ['tritonserver --model-repository=/models/llama3-8b', 'triton', { model: '/models/llama3-8b' }],
  [
    'trtllm-serve meta-llama/Llama-3.1-8B --tp_size 2 --pp_size 2',
    'tensorrt-llm',
    { model: 'meta-llama/Llama-3.1-8B', tensorParallel: 2, pipelineParallel: 2 },
  ],
  ['ollama serve', 'ollama', {}],
];

const TRAINERS: readonly [string, string, Expected][] = [
  [
    'torchrun --nproc_per_node=4 train.py --model_name_or_path meta-llama/Llama-3.1-8B --bf16 True',
    'torchrun',
    { model: 'meta-llama/Llama-3.1-8B', dtype: 'bf16', dataParallel: 4 },
  ],
  [
    'torchrun --nnodes 2 --nproc-per-node 4 --rdzv_backend c10d pretrain_gpt.py --tensor-model-parallel-size 2 --pipeline-model-parallel-size 2 --bf16',
    'megatron',
    { dtype: 'bf16', tensorParallel: 2, pipelineParallel: 2, dataParallel: 2 },
  ],
  ['torchrun --nproc-per-node gpu train.py --fp16', 'torchrun', { dtype: 'fp16' }],
  ['torchrun --nnodes 1:4 --nproc-per-node 4 train.py', 'torchrun', {}],
  ['python -m torch.distributed.run --nproc_per_node 2 -m axolotl.cli.train lora.yml', 'axolotl', { dataParallel: 2 }],
  [
    'accelerate launch --num_processes 8 --mixed_precision bf16 --use_fsdp sft.py --model_name_or_path Qwen/Qwen2.5-7B --load_in_4bit',
    'accelerate',
    { model: 'Qwen/Qwen2.5-7B', dtype: 'bf16', quantization: 'nf4', dataParallel: 8 },
  ],
  ['accelerate launch --mixed_precision=no --multi_gpu train.py --fp16 false', 'accelerate', {}],
  [
    'deepspeed --num_gpus 4 --num_nodes 2 finetune.py --model_name_or_path mistralai/Mistral-7B-v0.1 --deepspeed ds.json --fp16',
    'deepspeed',
    { model: 'mistralai/Mistral-7B-v0.1', dtype: 'fp16', dataParallel: 8 },
  ],
  [
    'python -u finetune_lora.py --base_model meta-llama/Llama-2-7b-hf --load_in_8bit True --bf16',
    'script',
    { model: 'meta-llama/Llama-2-7b-hf', quantization: 'bnb-int8', dtype: 'bf16' },
  ],
  [
    'litgpt finetune_lora checkpoints/meta-llama/Llama-3.2-1B --precision bf16-true --devices 4',
    'litgpt',
    { model: 'checkpoints/meta-llama/Llama-3.2-1B', dtype: 'bf16', dataParallel: 4 },
  ],
  ['tune run --nproc_per_node 4 lora_finetune_distributed --config llama3_1/8B_lora dtype=bf16', 'torchtune', { dtype: 'bf16', dataParallel: 4 }],
  [
    'python megatron_gpt_pretraining.py trainer.devices=4 trainer.num_nodes=2 trainer.precision=bf16-mixed model.tensor_model_parallel_size=4',
    'nemo',
    { dtype: 'bf16', tensorParallel: 4, dataParallel: 2 },
  ],
  ['trl sft --model_name_or_path Qwen/Qwen2.5-0.5B --torch_dtype bfloat16', 'trl', { model: 'Qwen/Qwen2.5-0.5B', dtype: 'bf16' }],
];

describe('a command line', () => {
  it.each(ENGINES)('of an engine is read: %s', (line, program, expected) => {
    expect(readCommand(line)).toEqual({ ...NOTHING, ...expected, program, role: 'engine' });
  });

  it.each(TRAINERS)('of a trainer is read: %s', (line, program, expected) => {
    expect(readCommand(line)).toEqual({ ...NOTHING, ...expected, program, role: 'trainer' });
  });

  it.each([
    'python -c "print(1)"',
    'jupyter lab --no-browser',
    '/usr/sbin/sshd -D',
    'vim train_notes.txt',
    'less --prompt train.py',
    'python',
    '',
    '"',
    'tail -f vllm.log',
  ])('of no known program says nothing: %s', (line) => {
    expect(readCommand(line)).toBeNull();
  });

  it('that was cut off loses the argument it was cut in, not those before', () => {
    expect(readCommand('vllm serve --tensor-parallel-size 4 --model meta-llama/Llama-3.1-70…')).toMatchObject({ tensorParallel: 4, model: null });
  });

  it('with an option given twice means the later one', () => {
    expect(readCommand('vllm serve a/b-7b --dtype float16 --dtype bfloat16')).toMatchObject({ dtype: 'bf16' });
  });

  it('with a format of files says nothing of quantisation, but where that format is one: 16-bit weights would be taken for another type', () => {
    expect(readCommand('vllm serve a/b-7b --load-format safetensors')).toMatchObject({ quantization: null });
    expect(readCommand('vllm serve a/b-7b --load-format bitsandbytes')).toMatchObject({ quantization: 'bitsandbytes' });
  });

  it('with nonsense for a number says nothing of it', () => {
    expect(readCommand('vllm serve a/b-7b -tp 0 -pp many -dp 1.5')).toMatchObject({ tensorParallel: null, pipelineParallel: null, dataParallel: null });
  });
});
