/** Words that say nothing about the architecture. Version and date words are only dropped in a second pass. */
const NOISE = new Set([
  'instruct',
  'chat',
  'hf',
  'it',
  'pt',
  'base',
  'meta',
  'preview',
  'turbo',
  'coder',
  'math',
  'code',
  'thinking',
  'gguf',
  'ggml',
  'safetensors',
  'awq',
  'gptq',
  'marlin',
  'fp8',
  'bnb',
  'bits',
  'bit',
  '4bit',
  '8bit',
  'int4',
  'int8',
  'w4a16',
  'w8a8',
  'w8a16',
  'fp16',
  'bf16',
  'f16',
  'f32',
  'dynamic',
  'kv',
  'mxfp4',
  'nf4',
  'quantized',
  'quant',
  'unsloth',
  'abliterated',
  'uncensored',
  'imat',
  'orig',
  'original',
]);
const VERSION = /^(v\d+(\.\d+)*|\d{4}|\d+k|\d+m-context|latest|main|final)$/;

/** Words that say that the weights are not the model named beside them. */
const OTHER_THING = new Set([
  'eagle',
  'eagle3',
  'medusa',
  'draft',
  'drafter',
  'hydra',
  'adapter',
  'tokenizer',
  'mtp',
  'vl',
  'vision',
  'audio',
  'omni',
  'multimodal',
  'embedding',
  'reranker',
  'lora',
  'qlora',
  'pruned',
  'minitron',
  'guard',
]);

/** A model's name in canonical tokens, with the noise kept (`full`), dropped (`bare`), and with versions dropped too (`plain`). */
export interface NameTokens {
  readonly full: readonly string[];
  readonly bare: readonly string[];
  readonly plain: readonly string[];
  readonly otherThing: boolean;
}

/** Splits the name of a model, a folder or a file into tokens: `Meta-Llama-3-8B` and `llama3-8b` become the same. */
export function nameTokens(name: string): NameTokens {
  const full = name
    .toLowerCase()
    .replace(/\.(gguf|ggml|safetensors|bin|pth?)$/, '')
    .replace(/-\d{5}-of-\d{5}$/, '')
    .replace(/(?:^|[^a-z0-9])i?q[2-8]_(?:[01]|k|nl|xs)(?:_[sml])?(?![a-z0-9])/g, '-')
    .replace(/\bgpt2\b/g, 'gpt-2')
    .replace(/\b([a-z]{2,}?)-?(\d+(?:\.\d+)?)(?=[-_:@ .]|$)/g, (whole: string, word: string, version: string) =>
      NOISE.has(whole) ? whole : `${word}-${version}`,
    )
    .split(/[-_:@\s/]+|\.(?!\d)/)
    .filter((token) => token !== '');
  const bare = full.filter((token) => !NOISE.has(token));
  return { full, bare, plain: bare.filter((token) => !VERSION.test(token)), otherThing: full.some((token) => OTHER_THING.has(token)) };
}

/** Levels of a local path that are tried: `llama-2-13b/merged/final` names its model two levels up. */
const LEVELS = 3;

/**
 * The parts of a repository, served name or path that may name the model, likeliest first: a hub cache folder, a
 * repository's own name, or the last folders of a local path that are not plumbing (snapshots, checkpoints, weight files).
 */
export function modelParts(name: string): readonly string[] {
  const text = name
    .trim()
    .split(/[?#]/, 1)
    .join('')
    .replace(/(?<![/\\])[/\\]+$/, '');
  const cached = /models--[^/]*?--([^/]+)/.exec(text)?.[1];
  if (cached !== undefined) return [cached];
  const parts = text.split(/[/\\]/).filter((part) => part !== '' && !PLUMBING.test(part));
  const local = /^([./~\\]|[a-z]:)/i.test(text);
  return parts.slice(local ? -LEVELS : -1).reverse();
}

/** Whether a token is a size, such as 7b, 1.5b, 125m or 8x7b. */
export function isSize(token: string): boolean {
  return /^\d+(\.\d+)?[bm]$|^\d+x\d+b$/.test(token);
}

const PLUMBING =
  /^(snapshots|blobs|refs|main|latest|final|weights|model|models|checkpoints?|checkpoint-\d+|step[-_]?\d+|[0-9a-f]{12,64}|(model|pytorch_model|consolidated)[-.].*)$/i;

/** Whether `needle` occurs in `hay` as whole consecutive tokens. */
export function containsRun(hay: readonly string[], needle: readonly string[]): boolean {
  if (needle.length === 0) return false;
  return hay.some((_, start) => needle.every((token, i) => hay[start + i] === token));
}
