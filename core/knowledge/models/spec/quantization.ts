/** Which matrices a scheme stores in few bits; the rest keeps the model's own type. */
export type QuantizedPart = 'all' | 'blocks' | 'experts';

export interface Quantization {
  readonly label: string;
  /** Bits per weight with scales and zero points. */
  readonly bits: number;
  readonly part: QuantizedPart;
  /** What is multiplied: the model's own type after unpacking (`weights`), or small types on both sides. */
  readonly math: 'weights' | 'int8' | 'fp8';
  readonly source: string;
}

const GROUP_128 = 'bits + 16-bit scale and 4-bit zero point per group of 128';
const GGUF = 'llama.cpp tools/quantize README, bits per weight of Llama-3.1-8B';

function gguf(label: string, bits: number): Quantization {
  return { label, bits, part: 'all', math: 'weights', source: GGUF };
}

/** Weight formats that people serve and fine-tune. GGUF quantises embedding and head too; the others leave them alone. */
export const QUANTIZATIONS = {
  awq: { label: 'AWQ 4-bit', bits: 4.16, part: 'blocks', math: 'weights', source: GROUP_128 },
  'gptq-int4': { label: 'GPTQ 4-bit', bits: 4.16, part: 'blocks', math: 'weights', source: GROUP_128 },
  'gptq-int8': { label: 'GPTQ 8-bit', bits: 8.16, part: 'blocks', math: 'weights', source: GROUP_128 },
  int4: { label: 'INT4 weights', bits: 4.16, part: 'blocks', math: 'weights', source: GROUP_128 },
  int8: { label: 'INT8 weights', bits: 8, part: 'blocks', math: 'weights', source: 'one scale per row, negligible' },
  w8a8: { label: 'INT8 weights and activations', bits: 8, part: 'blocks', math: 'int8', source: 'one scale per row, negligible' },
  'bnb-int8': { label: 'bitsandbytes 8-bit', bits: 8, part: 'blocks', math: 'int8', source: 'LLM.int8(): one scale per row, negligible' },
  nf4: { label: 'bitsandbytes NF4', bits: 4.13, part: 'blocks', math: 'weights', source: 'QLoRA paper: 0.127 bits of scales with double quantisation' },
  fp8: { label: 'FP8', bits: 8, part: 'blocks', math: 'fp8', source: 'one scale per tensor or block, negligible' },
  mxfp4: {
    label: 'MXFP4 experts',
    bits: 4.25,
    part: 'experts',
    math: 'weights',
    source: 'OCP MX: 8-bit scale per 32 values; gpt-oss leaves all but experts in BF16',
  },
  q2_k: gguf('Q2_K', 3.16),
  q3_k_s: gguf('Q3_K_S', 3.64),
  q3_k_m: gguf('Q3_K_M', 4.0),
  q3_k_l: gguf('Q3_K_L', 4.3),
  iq4_xs: gguf('IQ4_XS', 4.46),
  iq4_nl: gguf('IQ4_NL', 4.68),
  q4_0: gguf('Q4_0', 4.64),
  q4_1: gguf('Q4_1', 5.11),
  q4_k_s: gguf('Q4_K_S', 4.67),
  q4_k_m: gguf('Q4_K_M', 4.89),
  q5_0: gguf('Q5_0', 5.57),
  q5_1: gguf('Q5_1', 6.04),
  q5_k_s: gguf('Q5_K_S', 5.57),
  q5_k_m: gguf('Q5_K_M', 5.7),
  q6_k: gguf('Q6_K', 6.56),
  q8_0: gguf('Q8_0', 8.5),
} as const satisfies Record<string, Quantization>;

export type QuantizationId = keyof typeof QUANTIZATIONS;

function isQuantizationId(text: string): text is QuantizationId {
  return Object.hasOwn(QUANTIZATIONS, text);
}

/** One word, and somewhere behind it another. */
function behind(first: RegExp, then: RegExp): { test(name: string): boolean } {
  return {
    test(name) {
      const found = first.exec(name);
      return found !== null && then.test(name.slice(found.index + found[0].length));
    },
  };
}

/** Words in model names and engine options, most telling first; each matches whole words of the lower-case name. */
const WORDS: readonly [{ test(name: string): boolean }, QuantizationId][] = [
  [behind(/\bgptq\b/, /\b(int-?8|8-?bits?|w8a16)\b/), 'gptq-int8'],
  [/\bgptq(model)?\b|\bgptq-?marlin\b/, 'gptq-int4'],
  [/\bawq(-?marlin)?\b/, 'awq'],
  [/\bmxfp4\b/, 'mxfp4'],
  [/\bfp8(-?dynamic|-?kv)?\b|\bf8-?e4m3\b/, 'fp8'],
  [/\bw8a8\b/, 'w8a8'],
  [/\bw8a16\b/, 'int8'],
  [/\bw4a16\b/, 'int4'],
  [/\bnf4\b|\b(load-?in-?)?4-?bits?\b/, 'nf4'],
  [behind(/\b(bnb|bitsandbytes|llm\.int8)\b/, /\b(8-?bits?|int-?8)\b/), 'bnb-int8'],
  [/\bload-?in-?8-?bits?\b|\b(bnb|llm\.)-?int8\b/, 'bnb-int8'],
  [/\b(bnb|bitsandbytes)\b/, 'nf4'],
  [/\bint-?4\b/, 'int4'],
  [/\bint-?8\b|\b8-?bits?\b/, 'int8'],
];

/** The quantisation that a model name, file name or option says, null when it says none. */
export function detectQuantization(text: string): QuantizationId | null {
  const lower = text.toLowerCase();
  const gguf = /(?:^|[^a-z0-9])(i?q[2-8]_(?:[01]|k|nl|xs)(?:_[sml])?)(?![a-z0-9])/.exec(lower)?.[1];
  if (gguf !== undefined) {
    if (isQuantizationId(gguf)) return gguf;
    const medium = `${gguf}_m`;
    if (isQuantizationId(medium)) return medium;
  }
  const words = lower.replace(/[_\s/]+/g, '-');
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** A quantisation given by a person: an id, or any wording that `detectQuantization` knows; null when it is none. */
export function parseQuantization(text: string): QuantizationId | null {
  const id = text.trim().toLowerCase();
  return isQuantizationId(id) ? id : detectQuantization(id);
}
