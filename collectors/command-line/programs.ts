import type { FactName } from '../../core/readings/index.ts';
import { cutArguments } from './bounds.ts';

/** A program that serves or trains language models, known by its command line. */
interface Program {
  readonly name: string;
  readonly role: 'engine' | 'trainer';
  /** Tried on the arguments joined by blanks. */
  readonly pattern: RegExp;
  /** What must be true of them besides. */
  readonly besides?: (line: string) => boolean;
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
  { name: 'composer', role: 'trainer', pattern: /\bcomposer\b/, besides: (line) => scripts(line).length > 0 },
  { name: 'deepspeed', role: 'trainer', pattern: /\bdeepspeed\b/ },
  { name: 'accelerate', role: 'trainer', pattern: /\baccelerate(?:\.commands\.| )launch\b/ },
  { name: 'lightning', role: 'trainer', pattern: /\b(?:litgpt|lightning run)\b/ },
  { name: 'torchrun', role: 'trainer', pattern: /\btorchrun\b|\btorch[./]distributed[./](?:run|launch)\b/ },
  { name: 'script', role: 'trainer', pattern: /\bpython[\d.]{0,8}\b/i, besides: (line) => scripts(line).some(isOfTraining) },
] as const satisfies readonly Program[];

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
export function llmProcess(given: readonly string[]): LlmProcess | null {
  const { args } = cutArguments(given);
  const line = args.join(' ').slice(0, 4000);
  const program = PROGRAMS.find((row: Program) => row.pattern.test(line) && row.besides?.(line) !== false);
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

/** What stands before each `.py`, in small letters: the end of a script's path without it. */
function scripts(line: string): string[] {
  const parts = line.toLowerCase().split('.py');
  return parts.slice(0, -1).flatMap((part, index) => (/^\w/.test(parts[index + 1] ?? '') ? [] : [part.slice(-100)]));
}

const TRAINING = ['train', 'finetune', 'fine_tune', 'fine-tune', 'sft', 'dpo', 'grpo', 'lora'] as const;

/** True where the word stands in the last part of the path. */
function isOfTraining(path: string): boolean {
  return TRAINING.some((word) => {
    const at = path.lastIndexOf(word);
    return at >= 0 && /^\w*$/.test(path.slice(at + word.length));
  });
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
