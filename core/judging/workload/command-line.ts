import { own } from '../../readings/index.ts';
import { parseWeightType } from '../../knowledge/index.ts';
import { firstPositional, type Options, readOptions, splitCommand } from './arguments.ts';
import { type FoundProgram, programsIn } from './programs.ts';

/** What a command line says of an LLM workload. A field that it does not say is null. */
export interface CommandWorkload {
  readonly program: string;
  readonly role: 'engine' | 'trainer';
  readonly model: string | null;
  readonly dtype: string | null;
  readonly quantization: string | null;
  readonly tensorParallel: number | null;
  readonly pipelineParallel: number | null;
  readonly dataParallel: number | null;
}

/** Reads a recorded command line; null where no program in it is known to serve or train. Weak evidence: a name, no measurement. */
export function readCommand(line: string): CommandWorkload | null {
  const found = programsIn(splitCommand(line));
  const inner = found[found.length - 1];
  if (inner === undefined) return null;
  // Not the options of what stands before the first program: `srun -q normal` is no quantisation.
  const options = readOptions(found.flatMap(({ args }) => args));
  const isEngine = found.some(({ program }) => program.role === 'engine');
  const main = isEngine ? (found.find(({ program }) => program.role === 'engine') ?? inner) : inner;
  const parallel = { tensor: count(options, TENSOR), pipeline: count(options, PIPELINE) };
  return {
    program: isEngine ? main.program.name : trainerName(found),
    role: isEngine ? 'engine' : 'trainer',
    model: modelOf(main, options),
    dtype: dtypeOf(options),
    quantization: quantizationOf(options),
    tensorParallel: parallel.tensor,
    pipelineParallel: parallel.pipeline,
    dataParallel: count(options, DATA) ?? (isEngine ? null : replicas(options, parallel)),
  };
}

/** What a launcher starts says more than the launcher, unless it is only a script's name. */
function trainerName(found: readonly FoundProgram[]): string {
  const named = found.map(({ program }) => program).filter(({ name }) => name !== 'script');
  return named[named.length - 1]?.name ?? 'script';
}

function modelOf({ program, args }: FoundProgram, options: Options): string | null {
  const names = program.name === 'llama.cpp' ? LLAMACPP_MODEL : program.role === 'engine' ? ENGINE_MODEL : TRAINER_MODEL;
  const first = program.modelFirst === true ? firstPositional(args) : null;
  const value = first ?? said(options, names);
  return value === null || value === '' ? null : value;
}

function said(options: Options, names: readonly string[]): string | null {
  for (const name of names) {
    const value = options.get(name);
    if (value !== undefined && value !== '') return value;
  }
  return null;
}

function isOn(options: Options, name: string): boolean {
  const value = options.get(name);
  return value !== undefined && !/^(?:false|0|no|off)$/i.test(value);
}

/** `bf16`, `fp16`, `fp32` for all their spellings (`bf16-mixed`, `torch.bfloat16`, `half`); null for `auto` and what is none. */
export function plainType(text: string): string | null {
  const word = text
    .toLowerCase()
    .replace(/-(?:mixed|true)$/, '')
    .replace(/^16$/, 'fp16')
    .replace(/^32$/, 'fp32');
  return parseWeightType(word);
}

function dtypeOf(options: Options): string | null {
  for (const name of DTYPE) {
    const type = plainType(options.get(name) ?? '');
    if (type !== null) return type;
  }
  return DTYPE_SWITCHES.find(([name]) => isOn(options, name))?.[1] ?? null;
}

const NO_QUANTIZATION = /^(?:none|null|no|auto|false|fp16|bf16|16|32)?$/i;
const BITS: Readonly<Record<string, string>> = { 4: 'nf4', 8: 'bnb-int8' };
const LOAD_FORMATS = /^(?:auto|safetensors|pt|dummy|npcache|tensorizer|sharded_state|mistral|runai_streamer|fastsafetensors|gguf)$/i;

function quantizationOf(options: Options): string | null {
  const value = said(options, QUANTIZATION);
  if (value !== null && !NO_QUANTIZATION.test(value) && !LOAD_FORMATS.test(value)) return own(BITS, value) ?? value.toLowerCase();
  return QUANTIZATION_SWITCHES.find(([name]) => isOn(options, name))?.[1] ?? null;
}

function count(options: Options, names: readonly string[]): number | null {
  const value = Number(said(options, names) ?? Number.NaN);
  return Number.isInteger(value) && value >= 1 ? value : null;
}

/** A launcher starts one process per GPU; what tensor and pipeline parallelism do not take are replicas. */
function replicas(options: Options, parallel: { tensor: number | null; pipeline: number | null }): number | null {
  const perNode = count(options, PER_NODE);
  const nodes = count(options, NODES) ?? (options.has('nnodes') ? null : 1);
  const world = count(options, PROCESSES) ?? (perNode === null || nodes === null ? null : perNode * nodes);
  if (world === null) return null;
  const each = world / ((parallel.tensor ?? 1) * (parallel.pipeline ?? 1));
  return Number.isInteger(each) && each >= 1 ? each : null;
}

/** Names of the options that say what a workload is, as `readOptions` normalises them; the first that is given counts. */

/** What engines call the model. `m` and `hf` are llama.cpp's and stand apart: elsewhere `-m` means a Python module. */
const ENGINE_MODEL = ['model', 'model-path', 'model-id', 'model-tag', 'hf-repo', 'model-repository', 'model-store'] as const;
const LLAMACPP_MODEL = ['m', 'model', 'hf', 'hfr', 'hf-repo', 'hff', 'hf-file'] as const;
const TRAINER_MODEL = [
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

const DTYPE = ['dtype', 'torch-dtype', 'data-type', 'mixed-precision', 'precision', 'trainer.precision', 'model-dtype', 'kv-dtype'] as const;
/** Switches that are a data type of their own. */
const DTYPE_SWITCHES = [
  ['bf16', 'bf16'],
  ['fp16', 'fp16'],
  ['half', 'fp16'],
  ['bfloat16', 'bf16'],
] as const;

const QUANTIZATION = ['quantization', 'quantize', 'q', 'quantization-bit', 'bits', 'load-format'] as const;
const QUANTIZATION_SWITCHES = [
  ['load-in-4bit', 'nf4'],
  ['load-in-8bit', 'bnb-int8'],
  ['use-4bit', 'nf4'],
  ['use-8bit', 'bnb-int8'],
] as const;

const TENSOR = [
  'tensor-parallel-size',
  'tp',
  'tp-size',
  'tensor-parallel',
  'tensor-model-parallel-size',
  'num-shard',
  'model.tensor-model-parallel-size',
] as const;
const PIPELINE = ['pipeline-parallel-size', 'pp', 'pp-size', 'pipeline-model-parallel-size', 'model.pipeline-model-parallel-size'] as const;
const DATA = ['data-parallel-size', 'dp', 'dp-size'] as const;

/** A launcher's processes: per node and nodes, or all together. */
const PER_NODE = ['nproc-per-node', 'num-gpus', 'trainer.devices', 'devices'] as const;
const NODES = ['nnodes', 'num-nodes', 'trainer.num-nodes'] as const;
const PROCESSES = ['num-processes'] as const;
