import type { FactName } from '../../core/readings/index.ts';
import { inOrder, type Sign } from '../text/index.ts';

/** A program that serves or trains language models, known by its command line. */
interface Program {
  readonly name: string;
  readonly role: 'engine' | 'trainer';
  /** Tried on the arguments joined by blanks. */
  readonly pattern: Sign;
}

// The first row that fits wins: what a launcher starts stands before the launcher, a plain script name comes last.
const PROGRAMS = [
  { name: 'vllm', role: 'engine', pattern: /\bvllm serve\b|\bvllm[./]entrypoints\b|^VLLM::|\bfrom vllm\b/ },
  { name: 'sglang', role: 'engine', pattern: /\bsglang[./](?:launch_server|srt)\b|^sglang::/ },
  { name: 'tgi', role: 'engine', pattern: /\btext-generation-(?:launcher|server|router)\b/ },
  { name: 'tei', role: 'engine', pattern: /\btext-embeddings-router\b/ },
  { name: 'llama.cpp', role: 'engine', pattern: /\bllama-(?:server|cli|bench|run)\b|\bllama_cpp\.server\b/ },
  { name: 'ollama', role: 'engine', pattern: /\bollama (?:serve|runner)\b/ },
  { name: 'triton', role: 'engine', pattern: /\btritonserver\b/ },
  { name: 'tensorrt-llm', role: 'engine', pattern: /\btrtllm-(?:serve|bench)\b|\btensorrt_llm\b/ },
  { name: 'lmdeploy', role: 'engine', pattern: /\blmdeploy\b/ },
  { name: 'megatron', role: 'trainer', pattern: /\bpretrain_(?:gpt|bert|t5|mamba|vlm)\w*\.py\b|\bmegatron\b/i },
  { name: 'axolotl', role: 'trainer', pattern: /\baxolotl\b/ },
  { name: 'llama-factory', role: 'trainer', pattern: /\bllama_?factory\b|\bllamafactory-cli\b/i },
  { name: 'nemo', role: 'trainer', pattern: /\bnemo[._](?:collections|run|llm)\b|\bmegatron_gpt_(?:pretraining|finetuning)\.py\b/ },
  { name: 'torchtune', role: 'trainer', pattern: /\btune run\b|\btorchtune\b/ },
  { name: 'trl', role: 'trainer', pattern: /\btrl (?:sft|dpo|grpo|kto|orpo)\b|\btrl[./]scripts\b/ },
  { name: 'composer', role: 'trainer', pattern: inOrder(/\bcomposer\b/g, /\.py\b/g) },
  { name: 'deepspeed', role: 'trainer', pattern: /\bdeepspeed\b/ },
  { name: 'accelerate', role: 'trainer', pattern: /\baccelerate(?:\.commands\.| )launch\b/ },
  { name: 'lightning', role: 'trainer', pattern: /\b(?:litgpt|lightning run)\b/ },
  { name: 'torchrun', role: 'trainer', pattern: /\btorchrun\b|\btorch[./]distributed[./](?:run|launch)\b/ },
  { name: 'script', role: 'trainer', pattern: { test: runsTrainer } },
] as const satisfies readonly Program[];

/** `python scripts/train_gpt.py`: a script named after what trainers do, run by Python. */
function runsTrainer(line: string): boolean {
  const python = /\bpython[\d.]*\b/i.exec(line);
  const rest = python === null ? '' : line.slice(python.index + python[0].length);
  const scripts = rest.match(/(?<![\w-])[\w-]+\.py\b/gi) ?? []; // none
  return scripts.some((script) => {
    const name = script.toLowerCase().replaceAll('fine-tune', 'finetune');
    return /finetune|fine_tune|train|sft|dpo|grpo|lora/.test(name.slice(name.lastIndexOf('-') + 1));
  });
}

/** Options of engines and trainers that say what the workload is; the first name that is given wins. */
const OPTIONS = [
  { fact: 'model', flags: ['--model', '--model-path', '--model-id', '--model_name_or_path', '--model-name', '--model_path', '--base_model', '-m'] },
  { fact: 'dtype', flags: ['--dtype', '--torch_dtype', '--data-type'] },
  { fact: 'quantization', flags: ['--quantization', '-q', '--quantize'] },
  { fact: 'tensorParallel', flags: ['--tensor-parallel-size', '-tp', '--tp', '--tp-size', '--tensor-model-parallel-size', '--num-shard'] },
  { fact: 'pipelineParallel', flags: ['--pipeline-parallel-size', '-pp', '--pp', '--pp-size', '--pipeline-model-parallel-size'] },
  { fact: 'dataParallel', flags: ['--data-parallel-size', '-dp', '--dp', '--dp-size'] },
  { fact: 'maxNumSeqs', flags: ['--max-num-seqs', '--max-running-requests', '--max-concurrent-requests', '--parallel', '-np'] },
  { fact: 'maxModelLen', flags: ['--max-model-len', '--context-length', '--max-total-tokens', '--ctx-size'] },
  { fact: 'gpuMemoryUtilization', flags: ['--gpu-memory-utilization', '--mem-fraction-static', '--cuda-memory-fraction'] },
  { fact: 'kvDtype', flags: ['--kv-cache-dtype'] },
] as const satisfies readonly { fact: FactName; flags: readonly string[] }[];

export interface LlmProcess {
  readonly program: string;
  readonly role: 'engine' | 'trainer';
  readonly facts: readonly { readonly name: FactName; readonly value: string }[];
}

/** What a command line says of an LLM workload; null where it is none that the table knows. Weak evidence: a name, no measurement. */
export function llmProcess(args: readonly string[]): LlmProcess | null {
  const line = args.join(' ').slice(0, 4000);
  const program = PROGRAMS.find((row) => row.pattern.test(line));
  if (program === undefined) return null;
  const facts: { name: FactName; value: string }[] = [{ name: program.role === 'engine' ? 'engine' : 'trainer', value: program.name }];
  const served = program.name === 'vllm' ? positional(args, 'serve') : null;
  for (const option of OPTIONS) {
    // `python -m module` is no model; `-m` names one only where the program is llama.cpp's own.
    const flags = program.name === 'llama.cpp' ? option.flags : option.flags.filter((flag) => flag !== '-m' && flag !== '-q');
    const value = optionValue(args, flags) ?? (option.fact === 'model' ? served : null);
    if (value !== null) facts.push({ name: option.fact, value: value.slice(0, 300) });
  }
  return { program: program.name, role: program.role, facts };
}

function optionValue(args: readonly string[], flags: readonly string[]): string | null {
  for (const flag of flags) {
    const at = args.indexOf(flag);
    const next = at < 0 ? undefined : args[at + 1];
    if (next !== undefined && !next.startsWith('-')) return next;
    const joined = args.find((arg) => arg.startsWith(`${flag}=`));
    if (joined !== undefined && joined.length > flag.length + 1) return joined.slice(flag.length + 1);
  }
  return null;
}

function positional(args: readonly string[], after: string): string | null {
  const next = args[args.indexOf(after) + 1];
  return next === undefined || next.startsWith('-') || !args.includes(after) ? null : next;
}
