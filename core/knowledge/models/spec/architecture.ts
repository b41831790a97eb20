/** Routed experts of a mixture-of-experts model. */
export interface Moe {
  readonly experts: number;
  /** Routed experts that one token passes through. */
  readonly activeExperts: number;
  readonly expertIntermediate: number;
  /** Width of the experts that every token passes through, all together; 0 where there are none. */
  readonly sharedIntermediate: number;
  /** Leading layers with an ordinary MLP (of `intermediate`) instead of experts. */
  readonly denseLayers: number;
}

/** Multi-head latent attention (DeepSeek): the cache holds one latent and one rotary key for all heads. */
export interface Mla {
  readonly queryRank: number | null;
  readonly kvRank: number;
  readonly ropeSize: number;
  readonly nopeSize: number;
  readonly valueSize: number;
}

/** Layers whose attention sees only the last `window` tokens. */
export interface Sliding {
  readonly window: number;
  readonly layers: number;
}

/** Everything that decides how many parameters a decoder has, in elements. */
export interface Architecture {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly intermediate: number;
  readonly vocab: number;
  /** Whether the output head is the embedding matrix: it is then stored once, and read as the head. */
  readonly tiedHead: boolean;
  /** Whether the MLP has three matrices (SwiGLU and kin) instead of two. */
  readonly gated: boolean;
  readonly norm: 'rms' | 'layer';
  readonly normsPerLayer: number;
  readonly qkvBias: boolean;
  readonly outBias: boolean;
  readonly mlpBias: boolean;
  /** Whether queries and keys are normalised per head. */
  readonly qkNorm: boolean;
  /** Rows of a learned position table; 0 for rotary and ALiBi. */
  readonly positions: number;
  /** Width of the embedding where it differs from `hidden` (OPT-350m). */
  readonly embeddingSize: number;
  readonly moe: Moe | null;
  readonly mla: Mla | null;
  readonly sliding: Sliding | null;
}

export interface ParameterCount {
  readonly total: number;
  /** Parameters that one token meets: the total without the routed experts it does not pass. */
  readonly active: number;
  /** Tables that are looked up, not multiplied: token and position embeddings. */
  readonly embedding: number;
  /** The output head, also when it is the embedding matrix. */
  readonly head: number;
  /** One routed expert of one layer; 0 without experts. */
  readonly perExpert: number;
}

/** Parameters of an architecture by arithmetic; exact for the families in our table but for a few norms. */
export function countParameters(a: Architecture): ParameterCount {
  const normSize = a.norm === 'rms' ? a.hidden : 2 * a.hidden;
  const layerBase = attention(a) + a.normsPerLayer * normSize;
  const denseLayers = a.moe === null ? a.layers : a.moe.denseLayers;
  const dense = denseLayers * mlp(a, a.intermediate);
  const perExpert = a.moe === null ? 0 : mlp(a, a.moe.expertIntermediate);
  const moeLayers = a.layers - denseLayers;
  const outsideExperts = a.moe === null ? 0 : moeLayers * moeBase(a, a.moe);
  const embedding = a.vocab * a.embeddingSize + a.positions * a.hidden;
  const head = a.vocab * a.embeddingSize;
  const projections = a.embeddingSize === a.hidden ? 0 : 2 * a.embeddingSize * a.hidden;
  const common = embedding + (a.tiedHead ? 0 : head) + projections + normSize + a.layers * layerBase + dense + outsideExperts;
  return {
    total: common + (a.moe === null ? 0 : moeLayers * a.moe.experts * perExpert),
    active: common + (a.moe === null ? 0 : moeLayers * a.moe.activeExperts * perExpert),
    embedding,
    head,
    perExpert,
  };
}

function attention(a: Architecture): number {
  if (a.mla !== null) return latentAttention(a, a.mla);
  const q = a.heads * a.headSize;
  const kv = a.kvHeads * a.headSize;
  return a.hidden * (q + 2 * kv) + q * a.hidden + (a.qkvBias ? q + 2 * kv : 0) + (a.outBias ? a.hidden : 0) + (a.qkNorm ? 2 * a.headSize : 0);
}

function latentAttention(a: Architecture, m: Mla): number {
  const q = a.heads * (m.nopeSize + m.ropeSize);
  const query = m.queryRank === null ? a.hidden * q : a.hidden * m.queryRank + m.queryRank + m.queryRank * q;
  const down = a.hidden * (m.kvRank + m.ropeSize) + m.kvRank;
  const up = m.kvRank * a.heads * (m.nopeSize + m.valueSize);
  return query + down + up + a.heads * m.valueSize * a.hidden;
}

function mlp(a: Architecture, width: number): number {
  const ins = a.gated ? 2 : 1;
  return (ins + 1) * a.hidden * width + (a.mlpBias ? ins * width + a.hidden : 0);
}

function moeBase(a: Architecture, moe: Moe): number {
  const router = a.hidden * moe.experts + (a.mlpBias ? moe.experts : 0);
  return router + (moe.sharedIntermediate === 0 ? 0 : mlp(a, moe.sharedIntermediate));
}
