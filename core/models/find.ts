import { DEEPSEEK } from './families/deepseek.ts';
import { GEMMA } from './families/gemma.ts';
import { GPT_OSS } from './families/gpt-oss.ts';
import { LLAMA } from './families/llama.ts';
import { MISTRAL } from './families/mistral.ts';
import { OPT } from './families/opt.ts';
import { OTHER } from './families/other.ts';
import { PHI } from './families/phi.ts';
import { QWEN } from './families/qwen.ts';
import { SMALL } from './families/small.ts';
import { containsRun, nameTokens } from './names.ts';
import { detectQuantization, type QuantizationId } from './quantization.ts';
import type { ModelSpec, NamedModel } from './spec.ts';

const NAMED: readonly NamedModel[] = [...LLAMA, ...MISTRAL, ...QWEN, ...GEMMA, ...PHI, ...DEEPSEEK, ...GPT_OSS, ...OPT, ...SMALL, ...OTHER];

/** Every model architecture that Headroom knows by name. */
export const MODELS: readonly ModelSpec[] = NAMED.map(({ spec }) => spec);

const INDEX: readonly { readonly tokens: readonly string[]; readonly spec: ModelSpec }[] = NAMED
  .flatMap(({ names, spec }) => names.map((name) => ({ tokens: name.split('-'), spec })))
  .sort((a, b) => b.tokens.length - a.tokens.length);

export interface FoundModel {
  readonly model: ModelSpec;
  /** What the name, or the published weights, say about quantisation. */
  readonly quantization: QuantizationId | null;
}

/**
 * The model that a repository, served name, path or file name means, whatever its case, revision and quantisation suffix.
 * The longest known name in it wins; null when none is in it, or when it names something built beside the model (a draft
 * head, an adapter, a vision variant).
 */
export function findModel(name: string): FoundModel | null {
  const { full, bare, plain, otherThing } = nameTokens(name);
  if (otherThing) return null;
  const hit = INDEX.find((row) => [full, bare, plain].some((tokens) => containsRun(tokens, row.tokens) && !contradicts(tokens, row.tokens)));
  return hit === undefined ? null : { model: hit.spec, quantization: detectQuantization(name) ?? hit.spec.nativeQuantization };
}

/** A second size (`mistral-small-24b` holding `mistral-small`) means another member than the name found. */
function contradicts(tokens: readonly string[], found: readonly string[]): boolean {
  const size = /^\d+(\.\d+)?[bm]$|^\d+x\d+b$/;
  return tokens.some((token) => size.test(token) && !found.includes(token)) && !found.some((token) => size.test(token));
}
