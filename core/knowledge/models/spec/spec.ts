import { countParameters, type Architecture } from './architecture.ts';
import type { QuantizationId } from './quantization.ts';

/** The type that weights are stored and computed in when nothing is quantised. */
export type WeightType = 'fp32' | 'fp16' | 'bf16';

/** One architecture with its published size. Fine-tunes of it share the row. */
export interface ModelSpec extends Architecture {
  /** Its Hugging Face repository. */
  readonly id: string;
  readonly family: string;
  /** All parameters, as published. */
  readonly parameters: number;
  /** Parameters that one token meets, embedding included; equal to `parameters` without experts. */
  readonly activeParameters: number;
  /** Looked-up tables (token and position embeddings). */
  readonly embeddingParameters: number;
  /** The output head; the same matrix as the embedding when `tiedHead`. */
  readonly headParameters: number;
  /** One routed expert of one layer; 0 without experts. */
  readonly expertParameters: number;
  readonly nativeType: WeightType;
  /** How the published weights are quantised, null when they are not. */
  readonly nativeQuantization: QuantizationId | null;
  /** Longest context, tokens; null where not stated. */
  readonly maxContext: number | null;
  readonly notes: readonly string[];
  readonly source: string;
}

type Size = Pick<Architecture, 'layers' | 'hidden' | 'heads' | 'kvHeads' | 'headSize' | 'intermediate' | 'vocab'>;

/** A row: what differs between the members of a family. */
interface ModelRow extends Size, Partial<Omit<Architecture, keyof Size>> {
  readonly id: string;
  /** Names in canonical tokens (see names.ts), any of which means this model. */
  readonly names: readonly string[];
  readonly parameters: number;
  readonly maxContext: number | null;
  readonly notes?: readonly string[];
}

/** What the members of a family share. */
interface Family extends Partial<Omit<Architecture, keyof Size>> {
  readonly family: string;
  readonly nativeType: WeightType;
  readonly nativeQuantization?: QuantizationId;
  readonly notes?: readonly string[];
  readonly source: string;
  readonly models: readonly ModelRow[];
}

export interface NamedModel {
  readonly names: readonly string[];
  readonly spec: ModelSpec;
}

/** An ordinary Llama-like decoder; families say where they differ. */
const PLAIN: Omit<Architecture, keyof Size | 'embeddingSize'> = {
  tiedHead: false,
  gated: true,
  norm: 'rms',
  normsPerLayer: 2,
  qkvBias: false,
  outBias: false,
  mlpBias: false,
  qkNorm: false,
  positions: 0,
  moe: null,
  mla: null,
  sliding: null,
};

/** Fills every row of a family: defaults, then the family's traits, then the row's own, then what follows by arithmetic. */
export function defineFamily(family: Family): NamedModel[] {
  const { models, family: name, nativeType, nativeQuantization, notes, source, ...traits } = family;
  return models.map((row) => {
    const { id, names, parameters, maxContext, notes: own, ...size } = row;
    return {
      names,
      spec: describe(
        { ...PLAIN, embeddingSize: size.hidden, ...traits, ...size },
        {
          id,
          family: name,
          parameters,
          maxContext,
          nativeType,
          nativeQuantization: nativeQuantization ?? null,
          notes: [...(notes ?? []), ...(own ?? [])],
          source,
        },
      ),
    };
  });
}

type Described = Pick<ModelSpec, 'id' | 'family' | 'maxContext' | 'nativeType' | 'nativeQuantization' | 'notes' | 'source'> & { readonly parameters?: number };

/** A spec from an architecture; without a published size the arithmetic's total is taken. */
export function describe(architecture: Architecture, about: Described): ModelSpec {
  const count = countParameters(architecture);
  const parameters = about.parameters ?? count.total;
  return {
    ...architecture,
    ...about,
    parameters,
    activeParameters: parameters - (count.total - count.active),
    embeddingParameters: count.embedding,
    headParameters: count.head,
    expertParameters: count.perExpert,
  };
}
