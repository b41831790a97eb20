import { own } from '../../readings/index.ts';
import type { Architecture, Mla, Moe, Sliding } from './spec/index.ts';
import { flag, list, number, positive, text, type Json } from './hf-fields.ts';

type Traits = Pick<Architecture, 'tiedHead' | 'gated' | 'norm' | 'normsPerLayer' | 'qkvBias' | 'outBias' | 'mlpBias' | 'qkNorm' | 'positions'>;

/** Model types whose class ties the head unless config.json says otherwise (the keyword is left out when it is the default). */
const TIED = /^(gpt2|opt|bloom|mpt|falcon|refinedweb|gemma|cohere|starcoder2|gpt_bigcode)/i;
const TWO_MATRICES = /^(gpt2|opt|bloom|mpt|falcon|refinedweb|phi$|gpt_neox|starcoder2|gpt_bigcode|gptj)/i;
const LAYER_NORM = /^(gpt2|opt|bloom|falcon|refinedweb|phi$|phimoe|gpt_neox|starcoder2|gpt_bigcode|gptj)/i;
const ALL_BIASES = /^(gpt2|opt|bloom|phi$|gpt_neox|starcoder2|gpt_bigcode)/i;
const QK_NORM = /^(qwen3|gemma3)/i;

/** What the model type implies, with the config's own word first. */
export function traitsOf(type: string, config: Json): Traits {
  const biased = ALL_BIASES.test(type);
  const attentionBias = flag(config, 'attention_bias') ?? biased;
  return {
    tiedHead: flag(config, 'tie_word_embeddings') ?? TIED.test(type),
    gated: !TWO_MATRICES.test(type),
    norm: LAYER_NORM.test(type) ? 'layer' : 'rms',
    normsPerLayer: normsPerLayer(type, config),
    qkvBias: /^qwen2/i.test(type) || (flag(config, 'bias') ?? attentionBias),
    outBias: flag(config, 'bias') ?? attentionBias,
    mlpBias: flag(config, 'mlp_bias') ?? flag(config, 'bias') ?? (biased || /^gpt_oss/i.test(type)),
    qkNorm: QK_NORM.test(type),
    positions: positionsOf(type, config),
  };
}

function normsPerLayer(type: string, config: Json): number {
  if (/^gemma[23]/i.test(type)) return 4;
  if (/^(phi$|cohere)/i.test(type)) return 1;
  const oldFalcon = /^(falcon|refinedweb)/i.test(type) && flag(config, 'new_decoder_architecture') !== true;
  return oldFalcon && flag(config, 'parallel_attn') !== false ? 1 : 2;
}

function positionsOf(type: string, config: Json): number {
  const rows = positive(config, 'n_positions', 'max_position_embeddings') ?? 0;
  if (/^opt/i.test(type)) return rows + 2;
  return /^(gpt2|gpt_bigcode)/i.test(type) ? rows : 0;
}

/** Routed experts, under any of the names that configs use; null for a dense model. */
export function moeOf(config: Json): Moe | null {
  const experts = positive(config, 'num_local_experts', 'n_routed_experts', 'num_experts', 'moe_num_experts');
  const activeExperts = positive(config, 'num_experts_per_tok', 'experts_per_token', 'moe_topk', 'moe_top_k');
  const width = positive(config, 'moe_intermediate_size', 'intermediate_size');
  if (experts === undefined || activeExperts === undefined || width === undefined) return null;
  const shared = positive(config, 'n_shared_experts');
  return {
    experts,
    activeExperts,
    expertIntermediate: width,
    sharedIntermediate: positive(config, 'shared_expert_intermediate_size') ?? (shared === undefined ? 0 : shared * width),
    denseLayers: number(config, 'first_k_dense_replace') ?? list(config, 'mlp_only_layers').length,
  };
}

/** Latent attention's sizes, null for ordinary attention. */
export function mlaOf(config: Json): Mla | null {
  const kvRank = positive(config, 'kv_lora_rank');
  const ropeSize = positive(config, 'qk_rope_head_dim');
  const nopeSize = positive(config, 'qk_nope_head_dim');
  const valueSize = positive(config, 'v_head_dim');
  if (kvRank === undefined || ropeSize === undefined || nopeSize === undefined || valueSize === undefined) return null;
  return { queryRank: positive(config, 'q_lora_rank') ?? null, kvRank, ropeSize, nopeSize, valueSize };
}

/** Layers with a sliding window: listed one by one, by a pattern (every n-th is global), or all. */
export function slidingOf(type: string, config: Json, layers: number): Sliding | null {
  const window = positive(config, 'sliding_window');
  if (window === undefined || flag(config, 'use_sliding_window') === false) return null;
  const kinds = list(config, 'layer_types');
  if (kinds.length > 0) return some(window, kinds.filter((kind) => kind === 'sliding_attention').length);
  const pattern = positive(config, 'sliding_window_pattern', '_sliding_window_pattern') ?? own(PATTERN, text(config, 'model_type') ?? type);
  if (pattern !== undefined) return some(window, layers - Math.floor(layers / pattern));
  return some(window, layers);
}

/** Every n-th layer is global where the class fixes it and the file may leave it out. */
const PATTERN: Readonly<Record<string, number | undefined>> = { gemma2: 2, gemma3: 6, gemma3_text: 6, gpt_oss: 2 };

function some(window: number, layers: number): Sliding | null {
  return layers > 0 ? { window, layers } : null;
}
