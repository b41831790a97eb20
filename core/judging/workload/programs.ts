/** A program that serves or trains language models, and how it shows in a command line. */
interface Program {
  /** As facts and pages call it. */
  readonly name: string;
  /** A launcher starts another program, which says more of the work. */
  readonly role: 'engine' | 'trainer' | 'launcher';
  /** The program's file name. */
  readonly file?: { test(name: string): boolean };
  /** The word that must follow it: `vllm serve`. */
  readonly verb?: RegExp;
  /** What stands after `python -m`, or a script inside that package. */
  readonly module?: RegExp;
  /** Whether its first positional argument is the model. */
  readonly modelFirst?: boolean;
}

/** In the order in which they are tried on an argument; a plain script's name is the weakest sign and comes last. */
const PROGRAMS: readonly Program[] = [
  { name: 'vllm', role: 'engine', file: /^vllm$/, verb: /^serve$/, modelFirst: true },
  { name: 'vllm', role: 'engine', file: /^VLLM::/, module: /^vllm[./]entrypoints\b/ },
  { name: 'sglang', role: 'engine', file: /^sglang$/, verb: /^serve$/ },
  { name: 'sglang', role: 'engine', file: /^sglang::/, module: /^sglang[./](?:launch_server|srt)\b/ },
  { name: 'tgi', role: 'engine', file: /^text-generation-server$/, verb: /^serve$/, modelFirst: true },
  { name: 'tgi', role: 'engine', file: /^text-generation-(?:launcher|router)$/ },
  { name: 'llama.cpp', role: 'engine', file: /^llama-(?:server|cli|bench|run)(?:\.exe)?$/, module: /^llama_cpp\.server$/ },
  { name: 'ollama', role: 'engine', file: /^ollama$/, verb: /^(?:serve|runner)$/ },
  { name: 'triton', role: 'engine', file: /^tritonserver$/ },
  { name: 'tensorrt-llm', role: 'engine', file: /^trtllm-(?:serve|bench)$/, module: /^tensorrt_llm\b/, modelFirst: true },
  { name: 'lmdeploy', role: 'engine', file: /^lmdeploy$/, verb: /^serve$/ },
  { name: 'megatron', role: 'trainer', file: /^pretrain_(?:gpt|bert|t5|mamba|vlm)\w*\.py$/, module: /^megatron\b/ },
  { name: 'axolotl', role: 'trainer', file: /^axolotl$/, verb: /^(?:train|preprocess)$/, module: /^axolotl\b/ },
  { name: 'llama-factory', role: 'trainer', file: /^llamafactory-cli$/, verb: /^train$/, module: /^llamafactory\b/ },
  { name: 'nemo', role: 'trainer', file: /^megatron_gpt_(?:pretraining|finetuning)\.py$/, module: /^nemo[._]/ },
  { name: 'torchtune', role: 'trainer', file: /^tune$/, verb: /^run$/, module: /^torchtune\b/ },
  { name: 'trl', role: 'trainer', file: /^trl$/, verb: /^(?:sft|dpo|grpo|kto|orpo)$/, module: /^trl[./]/ },
  { name: 'litgpt', role: 'trainer', file: /^litgpt$/, verb: /^(?:pretrain|finetune\w*)$/, module: /^litgpt\b/, modelFirst: true },
  { name: 'composer', role: 'launcher', file: /^composer$/ },
  { name: 'deepspeed', role: 'launcher', file: /^deepspeed$/, module: /^deepspeed\b/ },
  { name: 'accelerate', role: 'launcher', file: /^accelerate$/, verb: /^launch$/, module: /^accelerate\.commands\.launch$/ },
  { name: 'torchrun', role: 'launcher', file: /^torchrun$/, module: /^torch\.distributed\.(?:run|launch)$/ },
  { name: 'script', role: 'trainer', file: { test: isTrainingScript } },
];

/** `train_gpt.py`, `run-sft.py`: a script named after what trainers do. */
function isTrainingScript(name: string): boolean {
  return /^[\w-]+\.py$/i.test(name) && /pretrain|finetune|fine_tune|fine-tune|train|sft|dpo|grpo|lora/i.test(name);
}

export interface FoundProgram {
  readonly program: Program;
  /** What follows its name and verb, up to the program that it starts. */
  readonly args: readonly string[];
}

/**
 * The programs that a command line names, outermost first: a launcher and what it starts, behind wrappers such as `srun`,
 * `apptainer exec`, `env` or settings of variables.
 */
export function programsIn(args: readonly string[]): FoundProgram[] {
  const places = args.flatMap((_, at) => {
    const program = programAt(args, at);
    return program === null ? [] : [{ program, at }];
  });
  return places.map(({ program, at }, k) => ({
    program,
    args: args.slice(at + (program.verb !== undefined && program.verb.test(args[at + 1] ?? '') ? 2 : 1), places[k + 1]?.at),
  }));
}

function programAt(args: readonly string[], at: number): Program | null {
  const arg = args[at] ?? '';
  const before = args[at - 1] ?? '';
  if (takesNext(before)) return null;
  const asModule = before === '-m' || before === '--module';
  const file = arg.slice(arg.lastIndexOf('/') + 1);
  return (
    PROGRAMS.find((row) => {
      if (!asModule && row.file?.test(file) === true && (row.verb === undefined || row.verb.test(args[at + 1] ?? ''))) return true;
      return row.module !== undefined && (asModule ? row.module.test(arg) : isInside(arg, row.module));
    }) ?? null
  );
}

/** A script by its place in a package: `/opt/…/sglang/launch_server.py`. */
function isInside(arg: string, module: RegExp): boolean {
  if (!arg.endsWith('.py') || !arg.includes('/')) return false;
  const parts = arg.slice(0, -3).split('/');
  return parts.some((_, k) => k < parts.length - 1 && module.test(parts.slice(k).join('.')));
}

/** Options in front of a program that take no value; what follows any other option is its value, not a program. */
const SWITCHES = /^(?:-m|--module|-[uOBsEI]|-[il]*c|--nv|--rocm|--no[-_]python|--exclusive|--standalone|--use[-_]\w+|--multi[-_]gpu|--cpu|--)$/;

function takesNext(before: string): boolean {
  return /^--?[A-Za-z]?/.test(before) && before.startsWith('-') && !before.includes('=') && !SWITCHES.test(before);
}
