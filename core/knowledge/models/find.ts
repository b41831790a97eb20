import { NAMED } from './families/index.ts';
import { containsRun, isSize, modelParts, nameTokens, type NameTokens } from './names.ts';
import { detectQuantization, type ModelSpec, type QuantizationId } from './spec/index.ts';

/** Every model architecture that Headroom knows by name. */
export const MODELS: readonly ModelSpec[] = NAMED.map(({ spec }) => spec);

const INDEX: readonly { readonly tokens: readonly string[]; readonly spec: ModelSpec }[] = NAMED.flatMap(({ names, spec }) =>
  names.map((name) => ({ tokens: name.split('-'), spec })),
).sort((a, b) => b.tokens.length - a.tokens.length);

interface FoundModel {
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
  for (const part of modelParts(name)) {
    const tokens = nameTokens(part);
    if (tokens.otherThing) return null;
    const model = modelIn(tokens);
    if (model !== null) return { model, quantization: detectQuantization(name) ?? model.nativeQuantization };
    // A part with a size names a model that is not in the table: a folder above it would be a guess.
    if (tokens.full.some(isSize)) return null;
  }
  return null;
}

function modelIn({ full, bare, plain }: NameTokens): ModelSpec | null {
  const hit = INDEX.find((row) => [full, bare, plain].some((tokens) => containsRun(tokens, row.tokens) && !contradicts(tokens, row.tokens)));
  return hit?.spec ?? null;
}

/** A second size (`mistral-small-24b` holding `mistral-small`) means another member than the name found. */
function contradicts(tokens: readonly string[], found: readonly string[]): boolean {
  return tokens.some((token) => isSize(token) && !found.includes(token)) && !found.some(isSize);
}
