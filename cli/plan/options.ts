import { readFile } from 'node:fs/promises';
import {
  findModel,
  knownGpus,
  modelFromHfConfig,
  type OptimizerId,
  OPTIMIZERS,
  parseGpuId,
  parseQuantization,
  parseWeightType,
  QUANTIZATIONS,
  type Wiring,
  wiringFrom,
} from '../../core/knowledge/index.ts';
import { ENGINE_IDS, type EngineId, type PlanMode, type PlanQuestion } from '../../core/planner/index.ts';
import { topologyCells } from '../../collectors/results/index.ts';
import { siteFrom } from '../options/site.ts';

/** The options of `headroom plan`, as parseArgs gives them. */
export const OPTIONS = {
  model: { type: 'string' },
  config: { type: 'string' },
  dtype: { type: 'string' },
  quantization: { type: 'string' },
  gpu: { type: 'string' },
  tp: { type: 'string' },
  pp: { type: 'string' },
  dp: { type: 'string' },
  batch: { type: 'string' },
  context: { type: 'string' },
  mode: { type: 'string' },
  engine: { type: 'string' },
  'micro-batch': { type: 'string' },
  optimizer: { type: 'string' },
  zero: { type: 'string' },
  'lora-rank': { type: 'string' },
  'no-flash': { type: 'boolean' },
  'no-checkpointing': { type: 'boolean' },
  tf32: { type: 'boolean' },
  'kv-dtype': { type: 'string' },
  utilization: { type: 'string' },
  chunk: { type: 'string' },
  'cache-per-head': { type: 'boolean' },
  topo: { type: 'string' },
  site: { type: 'string' },
  json: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export type Given = { readonly [K in keyof typeof OPTIONS]?: (typeof OPTIONS)[K]['type'] extends 'boolean' ? boolean : string };

/** A refusal: what is wrong with which option, and what to give instead. */
export class OptionError extends Error {}

/** The question that the options ask. Throws OptionError. */
export async function questionFrom(given: Given): Promise<PlanQuestion> {
  const site = siteFrom(given.site);
  if (typeof site === 'string') throw new OptionError(site);
  const { model, quantization } = await modelFrom(given);
  const gpu = given.gpu === undefined ? null : parseGpuId(given.gpu);
  if (gpu === null)
    throw new OptionError(given.gpu === undefined ? `--gpu is missing; one of ${knownGpus()}` : `--gpu ${given.gpu} is not known; one of ${knownGpus()}`);
  const written = weightsFrom(given);
  return {
    model,
    gpu,
    mode: modeFrom(given.mode),
    engine: given.engine === undefined ? undefined : engineFrom(given.engine),
    type: written.type,
    quantization: written.quantization === undefined ? quantization : written.quantization,
    allowTf32: given.tf32 === true || given.dtype?.toLowerCase() === 'tf32',
    tensorParallel: count('tp', given.tp),
    pipelineParallel: count('pp', given.pp),
    dataParallel: count('dp', given.dp),
    batch: count('batch', given.batch),
    context: count('context', given.context),
    serve: {
      ...(given.utilization === undefined ? {} : { memoryUtilization: fraction('utilization', given.utilization) }),
      ...(given['kv-dtype'] === undefined ? {} : { cacheBytes: cacheBytes(given['kv-dtype']) }),
      ...(given.chunk === undefined ? {} : { chunkTokens: count('chunk', given.chunk) ?? 1 }),
      cachePerHead: given['cache-per-head'] === true,
    },
    train: {
      ...(given['micro-batch'] === undefined ? {} : { microBatch: count('micro-batch', given['micro-batch']) ?? 1 }),
      ...(given.optimizer === undefined ? {} : { optimizer: optimizer(given.optimizer) }),
      ...(given.zero === undefined ? {} : { zero: zeroStage(given.zero) }),
      ...(given['lora-rank'] === undefined ? {} : { loraRank: count('lora-rank', given['lora-rank']) ?? 1 }),
      flashAttention: given['no-flash'] !== true,
      checkpointing: given['no-checkpointing'] !== true,
    },
    wiring: await wiringOf(given.topo),
    site,
  };
}

/** What `nvidia-smi topo -m` said of the machine. */
async function wiringOf(path: string | undefined): Promise<Wiring | undefined> {
  if (path === undefined) return undefined;
  const wiring = wiringFrom(topologyCells(await readText('topo', path)));
  if (wiring === null) throw new OptionError(`--topo ${path}: no matrix of GPUs is in it; give what "nvidia-smi topo -m" prints`);
  return wiring;
}

async function modelFrom(given: Given): Promise<Pick<PlanQuestion, 'model' | 'quantization'>> {
  if (given.config !== undefined) {
    const result = modelFromHfConfig(await readJson('config', given.config), given.model ?? given.config);
    if (!result.ok) throw new OptionError(`--config ${given.config}: ${result.error}; a Hugging Face config.json of a decoder is expected`);
    return { model: result.model, quantization: undefined };
  }
  if (given.model === undefined)
    throw new OptionError('--model is missing: e.g. --model meta-llama/Llama-3.1-8B, or --config config.json; --list shows the models known by name');
  const found = findModel(given.model);
  if (found === null)
    throw new OptionError(
      `--model ${given.model} is not known by name: give its Hugging Face config.json with --config FILE; --list shows the models known by name`,
    );
  // What the published weights are quantised with is left to the planner: it is no wish of the person's, and training drops it.
  return { model: found.model, quantization: found.quantization === found.model.nativeQuantization ? undefined : found.quantization };
}

/** `--dtype` takes what engines call it: a type, or a quantisation. */
function weightsFrom(given: Given): Pick<PlanQuestion, 'type' | 'quantization'> {
  const type = given.dtype === undefined || given.dtype === 'auto' ? undefined : parseWeightType(given.dtype);
  const named = type === null && given.dtype !== undefined ? parseQuantization(given.dtype) : undefined;
  if (named === null) throw new OptionError(`--dtype ${given.dtype ?? ''} is not known; bf16, fp16, fp32, tf32, or a quantisation as --quantization`);
  if (given.quantization === 'none') return { type: type ?? undefined, quantization: null };
  const explicit = given.quantization === undefined ? undefined : parseQuantization(given.quantization);
  if (explicit === null) throw new OptionError(`--quantization ${given.quantization ?? ''} is not known; none, ${Object.keys(QUANTIZATIONS).join(', ')}`);
  return { type: type ?? undefined, quantization: explicit ?? named };
}

function modeFrom(text: string | undefined): PlanMode {
  if (text === undefined || text === 'serve' || text === 'train' || text === 'lora') return text ?? 'serve';
  throw new OptionError(`--mode ${text} is not known; serve, train or lora`);
}

/** What people call the programs, besides our ids. */
const PROGRAMS: Readonly<Record<string, EngineId>> = {
  vllm: 'graphs',
  sglang: 'graphs',
  tensorrt: 'graphs',
  'tensorrt-llm': 'graphs',
  tgi: 'graphs',
  llamacpp: 'llama.cpp',
  ollama: 'llama.cpp',
  transformers: 'eager',
  pytorch: 'eager',
  hf: 'eager',
};

function engineFrom(text: string): EngineId {
  const name = text.trim().toLowerCase();
  const engine = ENGINE_IDS.find((id) => id === name) ?? (Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined);
  if (engine === undefined) throw new OptionError(`--engine ${text} is not known; ${ENGINE_IDS.join(', ')}, or a program such as vllm, ollama, transformers`);
  return engine;
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text.trim())) throw new OptionError(`--${name} ${text}: a whole number above 0 is expected`);
  return Number.parseInt(text, 10);
}

function fraction(name: string, text: string): number {
  const value = Number.parseFloat(text);
  if (!/^0?\.\d+$|^1(\.0*)?$/.test(text.trim()) || !(value > 0))
    throw new OptionError(`--${name} ${text}: a fraction above 0 and at most 1 is expected, e.g. 0.9`);
  return value;
}

function cacheBytes(text: string): number {
  if (/^(fp8|int8|q8_0)/.test(text)) return 1;
  const type = parseWeightType(text);
  if (type === null) throw new OptionError(`--kv-dtype ${text} is not known; fp16, bf16 or fp8`);
  return type === 'fp32' ? 4 : 2;
}

function isOptimizer(text: string): text is OptimizerId {
  return Object.hasOwn(OPTIMIZERS, text);
}

function optimizer(text: string): OptimizerId {
  if (isOptimizer(text)) return text;
  throw new OptionError(`--optimizer ${text} is not known; one of ${Object.keys(OPTIMIZERS).join(', ')}`);
}

function zeroStage(text: string): 0 | 1 | 2 | 3 {
  const stage = ([0, 1, 2, 3] as const).find((value) => String(value) === text);
  if (stage === undefined) throw new OptionError(`--zero ${text}: 0 (nothing split), 1 (optimiser), 2 (and gradients) or 3 (and weights, as FSDP)`);
  return stage;
}

async function readText(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new OptionError(`--${option} ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readJson(option: string, path: string): Promise<unknown> {
  const text = await readText(option, path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OptionError(`--${option} ${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
