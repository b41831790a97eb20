import { type Architecture, describe, detectQuantization, type ModelSpec, type QuantizationId, type WeightType } from './spec/index.ts';
import { flag, isJson, list, positive, text, type Json } from './hf-fields.ts';
import { mlaOf, moeOf, slidingOf, traitsOf } from './hf-traits.ts';

type HfConfigResult =
  { readonly ok: true; readonly model: ModelSpec; readonly quantization: QuantizationId | null } | { readonly ok: false; readonly error: string };

/**
 * A model from a parsed Hugging Face config.json: parameters counted by arithmetic. `name` is used where the file names
 * none. Fails with the missing key, or with why the architecture is not a decoder that this arithmetic covers.
 */
export function modelFromHfConfig(json: unknown, name = 'config.json'): HfConfigResult {
  if (!isJson(json)) return fail('expected a JSON object, as in a Hugging Face config.json');
  const config = isJson(json.text_config) ? { ...json, ...json.text_config } : json;
  const type = text(config, 'model_type') ?? '';
  const refused = refusal(type, config);
  if (refused !== null) return fail(refused);
  const sizes = sizesOf(type, config);
  if (typeof sizes === 'string') return fail(sizes);
  const architecture: Architecture = {
    ...sizes,
    ...traitsOf(type, config),
    embeddingSize: positive(config, 'word_embed_proj_dim') ?? sizes.hidden,
    moe: moeOf(config),
    mla: mlaOf(config),
    sliding: slidingOf(type, config, sizes.layers),
  };
  const quantization = quantizationOf(json);
  return {
    ok: true,
    quantization,
    model: describe(architecture, {
      id: text(json, '_name_or_path') || name,
      family: type === '' ? 'unknown' : type,
      nativeType: weightType(text(config, 'torch_dtype') ?? text(config, 'dtype') ?? text(json, 'torch_dtype') ?? text(json, 'dtype')),
      nativeQuantization: quantization,
      maxContext: positive(config, 'max_position_embeddings', 'n_positions', 'max_seq_len', 'seq_length') ?? null,
      notes: KNOWN.test(type) ? [] : [`Model type "${type}" is not in our list: counted as a Llama-like decoder.`],
      source: 'config.json, parameters by arithmetic',
    }),
  };
}

const KNOWN =
  /^(llama|mistral|mixtral|qwen[23]|gemma|phi|deepseek|gpt_oss|gpt2|opt|bloom|mpt|falcon|refinedweb|starcoder2|cohere|olmo|granite|smollm3|stablelm|gpt_neox)/i;
const NOT_A_DECODER = /^(bert|roberta|t5|mt5|bart|whisper|clip|vit|wav2vec|deberta|electra|mpnet|siglip)/i;
const NOT_ATTENTION = /mamba|rwkv|jamba|bamba|zamba|recurrent|xlstm|qwen3_next|falcon_h1|minimax/i;

function refusal(type: string, config: Json): string | null {
  if (flag(config, 'is_encoder_decoder') === true || NOT_A_DECODER.test(type)) return `"${type}" is not a decoder-only language model`;
  if (NOT_ATTENTION.test(type) || list(config, 'layer_types').some((kind) => kind === 'linear_attention' || kind === 'mamba')) {
    return `"${type}" has layers that are not attention; their cache and size are not covered`;
  }
  return null;
}

type Sizes = Pick<Architecture, 'layers' | 'hidden' | 'heads' | 'kvHeads' | 'headSize' | 'intermediate' | 'vocab'>;

function sizesOf(type: string, config: Json): Sizes | string {
  const layers = positive(config, 'num_hidden_layers', 'n_layer', 'n_layers', 'num_layers');
  const hidden = positive(config, 'hidden_size', 'n_embd', 'd_model', 'n_embed');
  const heads = positive(config, 'num_attention_heads', 'n_head', 'n_heads');
  const vocab = positive(config, 'vocab_size');
  if (layers === undefined) return missing('num_hidden_layers');
  if (hidden === undefined) return missing('hidden_size');
  if (heads === undefined) return missing('num_attention_heads');
  if (vocab === undefined) return missing('vocab_size');
  const ratio = positive(config, 'expansion_ratio') ?? 4;
  const plain = /^(gpt2|opt|bloom|mpt|falcon|refinedweb|phi$|gpt_neox|gpt_bigcode)/i.test(type);
  const intermediate = positive(config, 'intermediate_size', 'ffn_dim', 'n_inner', 'ffn_hidden_size') ?? (plain ? ratio * hidden : undefined);
  if (intermediate === undefined) return missing('intermediate_size');
  return {
    layers,
    hidden,
    heads,
    intermediate,
    vocab,
    kvHeads: kvHeadsOf(type, config) ?? heads,
    headSize: positive(config, 'head_dim', 'v_head_dim') ?? hidden / heads,
  };
}

function kvHeadsOf(type: string, config: Json): number | undefined {
  const oldFalcon = /^(falcon|refinedweb)/i.test(type) && flag(config, 'new_decoder_architecture') !== true;
  if (oldFalcon || /^gpt_bigcode/i.test(type)) return flag(config, 'multi_query') === false ? undefined : 1;
  return positive(config, 'num_key_value_heads', 'num_kv_heads', 'n_head_kv');
}

function weightType(name: string | undefined): WeightType {
  if (name === undefined) return 'bf16';
  if (/bfloat16|bf16/i.test(name)) return 'bf16';
  return /float32|fp32/i.test(name) ? 'fp32' : 'fp16';
}

function quantizationOf(json: Json): QuantizationId | null {
  const quantization = json.quantization_config;
  if (!isJson(quantization)) return null;
  const method = text(quantization, 'quant_method') ?? '';
  const bits = positive(quantization, 'bits');
  if (method === 'bitsandbytes') return flag(quantization, 'load_in_4bit') === true ? 'nf4' : 'bnb-int8';
  if (method === 'compressed-tensors') return compressed(quantization);
  return detectQuantization(`${method} ${bits === undefined ? '' : `int${bits}`}`);
}

/** compressed-tensors names its format; `config_groups` say the bits. */
function compressed(quantization: Json): QuantizationId | null {
  const format = text(quantization, 'format') ?? '';
  if (/float/i.test(format)) return 'fp8';
  if (/^int-quantized/i.test(format)) return 'w8a8';
  const groups = isJson(quantization.config_groups) ? Object.values(quantization.config_groups) : [];
  const weights = groups
    .filter(isJson)
    .map((group) => group.weights)
    .find(isJson);
  return weights !== undefined && positive(weights, 'num_bits') === 8 ? 'int8' : 'int4';
}

function missing(key: string): string {
  return `config.json has no usable "${key}"`;
}

function fail(error: string): HfConfigResult {
  return { ok: false, error };
}
