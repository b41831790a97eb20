import type { EntityRef, FactName } from '../../core/readings/index.ts';
import type { LogSink } from './reader.ts';

/** A setting that programs print at their start, by any of its names. */
interface Setting {
  readonly fact: FactName;
  readonly keys: readonly string[];
  /** The fact says the opposite of the setting (`enforce_eager=True` is no CUDA graphs). */
  readonly inverted?: true;
}

const SETTINGS: readonly Setting[] = [
  { fact: 'model', keys: ['model', 'model_path', 'model_id', 'model_tag', 'model_name_or_path'] },
  { fact: 'dtype', keys: ['dtype', 'torch_dtype'] },
  { fact: 'quantization', keys: ['quantization', 'quantize'] },
  { fact: 'tensorParallel', keys: ['tensor_parallel_size', 'tp_size', 'num_shard', 'tensor_model_parallel_size'] },
  { fact: 'pipelineParallel', keys: ['pipeline_parallel_size', 'pp_size', 'pipeline_model_parallel_size'] },
  { fact: 'dataParallel', keys: ['data_parallel_size', 'dp_size'] },
  { fact: 'maxModelLen', keys: ['max_seq_len', 'max_model_len', 'context_len', 'context_length', 'max_total_tokens'] },
  { fact: 'maxNumSeqs', keys: ['max_num_seqs', 'max_running_requests', 'max_concurrent_requests'] },
  { fact: 'gpuMemoryUtilization', keys: ['gpu_memory_utilization', 'mem_fraction_static'] },
  { fact: 'kvDtype', keys: ['kv_cache_dtype'] },
  { fact: 'cudaGraphs', keys: ['enforce_eager', 'disable_cuda_graph'], inverted: true },
];

const BY_KEY: ReadonlyMap<string, Setting> = new Map(SETTINGS.flatMap((setting) => setting.keys.map((key) => [key, setting] as const)));

/** `key=value`, `'key': value`, `key: Some(value)`. */
const PAIR = /(?<![a-z_])['"]?([a-z_]{2,60})['"]?\s{0,4}[=:]\s{0,4}(?:Some\(\s{0,4})?(?:'([^']*)'|"([^"]*)"|([^,(){}\s=]+)(?=[,(){}\s]|$))/g;
/** `--key value`, `--key=value`, `--enforce-eager`. */
const FLAG = /--([a-z][a-z-]{1,60})(?:[= ]+(?!-)(?:'([^']*)'|"([^"]*)"|([^\s'"]+)))?/g;
const NOTHING: ReadonlySet<string> = new Set(['None', 'none', 'auto', 'null', '']);

/** States the settings in a line of `key=value` pairs as facts. The first of a name counts: nested objects repeat names. */
export function pairFacts(line: string, entity: EntityRef, sink: LogSink): void {
  state(line.matchAll(PAIR), entity, sink);
}

/** States the settings in a command line as facts. */
export function flagFacts(line: string, entity: EntityRef, sink: LogSink): void {
  state(line.matchAll(FLAG), entity, sink);
}

function state(matches: Iterable<RegExpMatchArray>, entity: EntityRef, sink: LogSink): void {
  const seen = new Set<FactName>();
  for (const [, key = '', single, double, bare] of matches) {
    const setting = BY_KEY.get(key.replaceAll('-', '_'));
    const text = single ?? double ?? bare ?? 'True';
    if (setting === undefined || seen.has(setting.fact) || NOTHING.has(text)) continue;
    seen.add(setting.fact);
    const value = setting.inverted === true ? String(!isTrue(text)) : text.replace(/^torch\./, '');
    sink.fact(entity, setting.fact, value);
  }
}

function isTrue(text: string): boolean {
  return text === 'True' || text === 'true';
}
