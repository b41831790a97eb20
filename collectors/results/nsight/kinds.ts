/** Kinds of kernels, as a reader of a profile groups them. */
export const KERNEL_KINDS = ['collective', 'gemm', 'attention', 'elementwise', 'copy', 'other'] as const;
export type KernelKind = (typeof KERNEL_KINDS)[number];

/** What a page calls each kind. */
export const KIND_LABELS: Readonly<Record<KernelKind, string>> = {
  collective: 'collective communication (NCCL)',
  gemm: 'GEMM',
  attention: 'attention',
  elementwise: 'elementwise, norms and reductions',
  copy: 'copies and casts',
  other: 'other kernels',
};

/**
 * What names of kernels tell, first match wins: NCCL's and the engines' own all-reduces; attention before GEMM, since flash attention is built
 * of cutlass's GEMMs; copies before elementwise, since PyTorch copies by an elementwise kernel.
 */
const PATTERNS: readonly (readonly [KernelKind, RegExp])[] = [
  ['collective', /nccl|rccl|nvshmem|all_?reduce|all_?gather|reduce_?scatter|all_?to_?all|cross_device_reduce|one_?shot_reduce|two_?shot_reduce/i],
  ['attention', /fmha|flash|attention|attn|paged_kv|mla_|single_prefill|batch_prefill|batch_decode|merge_state|ragged_prefill/i],
  [
    'gemm',
    /gemm|gemv|cublas|xmma|wgmma|nvjet|matmul|mat_?mul|mul_mat|cutlass|splitk|marlin|dot_kernel|conv(?:olve|2d|_fprop|_dgrad|_wgrad)|implicit_convolve|winograd|fused_moe|grouped_mm|s\d{3,6}fprop|tensorop/i,
  ],
  [
    'copy',
    /memcpy|memset|copy_kernel|direct_copy|catarray|copy_device_to_device|reshape_and_cache|transpose|permute|convert|cast_kernel|cpy_|gather|scatter|index_select|indexselect/i,
  ],
  [
    'elementwise',
    /elementwise|norm|softmax|reduce|silu|gelu|relu|act_and_mul|activation|rotary|rope|dropout|vectorized|foreach|multi_?tensor|adam|argmax|topk|top_k|sampl|sort|scan|cumsum|fill|index|where|triton_|add|mul|div|embedding|quantize|pointwise/i,
  ],
];

/** Characters of a name that are looked at: what a kernel is stands at its start or in its first template arguments. */
const LOOKED_AT = 400;

/** The kind of a kernel by its (demangled, mangled or short) name. */
export function kernelKind(name: string): KernelKind {
  const start = name.slice(0, LOOKED_AT);
  return PATTERNS.find(([, pattern]) => pattern.test(start))?.[0] ?? 'other';
}

/** A kernel's name for people: without its return type and arguments, at most 90 characters. */
export function shortKernel(name: string): string {
  const bare = name
    .slice(0, 2_000)
    .replace(/^void /, '')
    .replaceAll('(anonymous namespace)::', '')
    .replace(/\((?:int|bool|long|unsigned int|unsigned long|[\w:]{1,60})\)(?=[\d-])/g, ''); // template arguments are printed with their casts
  const open = bare.indexOf('(');
  const text = open > 0 ? bare.slice(0, open) : bare;
  return text.length <= 90 ? text : `${text.slice(0, 89)}…`;
}
