import { describe, expect, it } from 'vitest';
import { modelFromHfConfig, type ModelSpec } from '../../../../core/knowledge/index.ts';

function model(config: unknown): ModelSpec {
  const result = modelFromHfConfig(config);
  if (!result.ok) throw new Error(result.error);
  return result.model;
}

describe('a Hugging Face config.json', () => {
  const sized: readonly [string, unknown, number, number][] = [
    ['Llama 3.1 8B', { model_type: 'llama', hidden_size: 4096, intermediate_size: 14336, num_attention_heads: 32, num_hidden_layers: 32, num_key_value_heads: 8, vocab_size: 128256, tie_word_embeddings: false, torch_dtype: 'bfloat16', attention_bias: false, mlp_bias: false }, 8_030_261_248, 8_030_261_248],
    ['Qwen2.5 0.5B', { model_type: 'qwen2', hidden_size: 896, intermediate_size: 4864, num_attention_heads: 14, num_hidden_layers: 24, num_key_value_heads: 2, vocab_size: 151936, tie_word_embeddings: true, use_sliding_window: false, sliding_window: 32768 }, 494_032_768, 494_032_768],
    ['Qwen3 8B', { model_type: 'qwen3', head_dim: 128, hidden_size: 4096, intermediate_size: 12288, num_attention_heads: 32, num_hidden_layers: 36, num_key_value_heads: 8, vocab_size: 151936, tie_word_embeddings: false, attention_bias: false }, 8_190_735_360, 8_190_735_360],
    ['OPT 1.3b', { model_type: 'opt', hidden_size: 2048, ffn_dim: 8192, num_attention_heads: 32, num_hidden_layers: 24, max_position_embeddings: 2048, vocab_size: 50272, word_embed_proj_dim: 2048 }, 1_315_758_080, 1_315_758_080],
    ['GPT-2', { model_type: 'gpt2', n_embd: 768, n_head: 12, n_layer: 12, n_positions: 1024, n_ctx: 1024, vocab_size: 50257, n_inner: null }, 124_439_808, 124_439_808],
    ['Falcon 7B', { model_type: 'falcon', hidden_size: 4544, num_attention_heads: 71, num_hidden_layers: 32, vocab_size: 65024, multi_query: true, parallel_attn: true, new_decoder_architecture: false, bias: false, alibi: false }, 6_921_720_704, 6_921_720_704],
    ['Falcon 40B', { model_type: 'falcon', hidden_size: 8192, num_attention_heads: 128, num_hidden_layers: 60, num_kv_heads: 8, vocab_size: 65024, parallel_attn: true, new_decoder_architecture: true, bias: false }, 41_303_293_952, 41_303_293_952],
    ['Gemma 2 9B', { model_type: 'gemma2', head_dim: 256, hidden_size: 3584, intermediate_size: 14336, num_attention_heads: 16, num_hidden_layers: 42, num_key_value_heads: 8, vocab_size: 256000, sliding_window: 4096 }, 9_241_705_984, 9_241_705_984],
    ['Mixtral 8x7B', { model_type: 'mixtral', hidden_size: 4096, intermediate_size: 14336, num_attention_heads: 32, num_experts_per_tok: 2, num_hidden_layers: 32, num_key_value_heads: 8, num_local_experts: 8, vocab_size: 32000, sliding_window: null }, 46_702_792_704, 12_879_925_248],
    ['Qwen3 30B-A3B', { model_type: 'qwen3_moe', head_dim: 128, hidden_size: 2048, intermediate_size: 6144, moe_intermediate_size: 768, num_attention_heads: 32, num_experts: 128, num_experts_per_tok: 8, num_hidden_layers: 48, num_key_value_heads: 4, vocab_size: 151936, tie_word_embeddings: false, mlp_only_layers: [] }, 30_532_122_624, 3_353_032_704],
    ['DeepSeek V2 Lite', { model_type: 'deepseek_v2', hidden_size: 2048, intermediate_size: 10944, moe_intermediate_size: 1408, n_routed_experts: 64, n_shared_experts: 2, num_experts_per_tok: 6, first_k_dense_replace: 1, num_attention_heads: 16, num_key_value_heads: 16, num_hidden_layers: 27, q_lora_rank: null, kv_lora_rank: 512, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128, vocab_size: 102400 }, 15_706_484_224, 2_661_150_208],
    ['gpt-oss 20b', { model_type: 'gpt_oss', attention_bias: true, head_dim: 64, hidden_size: 2880, intermediate_size: 2880, num_attention_heads: 64, num_experts_per_tok: 4, num_hidden_layers: 24, num_key_value_heads: 8, num_local_experts: 32, vocab_size: 201088, tie_word_embeddings: false, sliding_window: 128 }, 20_914_755_648, 4_187_439_168],
  ];
  it.each(sized)('%s: parameters are counted by arithmetic', (_, config, total, active) => {
    const spec = model(config);
    expect([spec.parameters, spec.activeParameters]).toEqual([total, active]);
  });

  it('of a vision model gives its text part', () => {
    const spec = model({ model_type: 'gemma3', text_config: { model_type: 'gemma3_text', head_dim: 256, hidden_size: 2560, intermediate_size: 10240, num_attention_heads: 8, num_hidden_layers: 34, num_key_value_heads: 4, sliding_window: 1024, vocab_size: 262208 }, vision_config: {} });
    expect(spec.parameters).toBe(3_880_263_168);
    expect(spec.sliding).toEqual({ window: 1024, layers: 29 });
  });

  it('says which layers slide: as listed, by pattern, all, or none', () => {
    const base = { model_type: 'llama', hidden_size: 64, intermediate_size: 128, num_attention_heads: 4, num_hidden_layers: 4, vocab_size: 100 };
    expect(model({ ...base, sliding_window: 8, layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'sliding_attention'] }).sliding).toEqual({ window: 8, layers: 3 });
    expect(model({ ...base, sliding_window: 8, sliding_window_pattern: 2 }).sliding).toEqual({ window: 8, layers: 2 });
    expect(model({ ...base, sliding_window: 8 }).sliding).toEqual({ window: 8, layers: 4 });
    expect(model({ ...base, sliding_window: 8, use_sliding_window: false }).sliding).toBeNull();
    expect(model(base).sliding).toBeNull();
  });

  it('says its data type and quantisation', () => {
    const base = { model_type: 'llama', hidden_size: 64, intermediate_size: 128, num_attention_heads: 4, num_hidden_layers: 4, vocab_size: 100 };
    const quantization = (config: unknown) => {
      const result = modelFromHfConfig(config);
      return result.ok ? result.quantization : result.error;
    };
    expect(model({ ...base, torch_dtype: 'float16' }).nativeType).toBe('fp16');
    expect(model({ ...base, dtype: 'bfloat16' }).nativeType).toBe('bf16');
    expect(quantization({ ...base, quantization_config: { quant_method: 'awq', bits: 4 } })).toBe('awq');
    expect(quantization({ ...base, quantization_config: { quant_method: 'gptq', bits: 8 } })).toBe('gptq-int8');
    expect(quantization({ ...base, quantization_config: { quant_method: 'fp8' } })).toBe('fp8');
    expect(quantization({ ...base, quantization_config: { quant_method: 'bitsandbytes', load_in_4bit: true } })).toBe('nf4');
    expect(quantization({ ...base, quantization_config: { quant_method: 'mxfp4' } })).toBe('mxfp4');
    expect(quantization({ ...base, quantization_config: { quant_method: 'compressed-tensors', format: 'float-quantized' } })).toBe('fp8');
    expect(quantization({ ...base, quantization_config: { quant_method: 'compressed-tensors', format: 'pack-quantized', config_groups: { group_0: { weights: { num_bits: 4 } } } } })).toBe('int4');
    expect(quantization(base)).toBeNull();
  });

  it('of an unknown decoder is counted as Llama-like, and says so', () => {
    const spec = model({ model_type: 'newmodel', hidden_size: 64, intermediate_size: 128, num_attention_heads: 4, num_hidden_layers: 4, vocab_size: 100 });
    expect(spec.notes[0]).toBe('Model type "newmodel" is not in our list: counted as a Llama-like decoder.');
  });

  const refused: readonly [string, unknown, RegExp][] = [
    ['no object', [1, 2], /expected a JSON object/],
    ['null', null, /expected a JSON object/],
    ['an empty object', {}, /num_hidden_layers/],
    ['a config without heads', { num_hidden_layers: 2, hidden_size: 64 }, /num_attention_heads/],
    ['text where a number should be', { num_hidden_layers: '2', hidden_size: 64 }, /num_hidden_layers/],
    ['an encoder', { model_type: 'bert', hidden_size: 768 }, /not a decoder-only/],
    ['an encoder-decoder', { model_type: 'x', is_encoder_decoder: true }, /not a decoder-only/],
    ['a state-space model', { model_type: 'mamba2', hidden_size: 768 }, /not attention/],
    ['a hybrid', { model_type: 'x', layer_types: ['linear_attention'] }, /not attention/],
  ];
  it.each(refused)('%s is refused with the reason', (_, config, reason) => {
    const result = modelFromHfConfig(config);
    expect(result.ok ? '' : result.error).toMatch(reason);
  });
});
