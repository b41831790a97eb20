/**
 * A way of multiplying that a GPU has a peak rate for. It is not the type that weights are stored in: int4 weights
 * are usually multiplied as fp16. `fp64` and `fp16_vector` are the CUDA cores' rates; `fp64_tensor`, `tf32`, `fp16`,
 * `bf16`, `fp8`, `int8`, `int4` are tensor-core rates where the GPU has them (see `GpuSpec.vectorTypes`).
 */
export const MATH_TYPES = ['fp64', 'fp64_tensor', 'fp32', 'tf32', 'fp16', 'fp16_vector', 'bf16', 'fp8', 'int8', 'int4'] as const;
export type MathType = (typeof MATH_TYPES)[number];

/** Peak operations per second by type, dense (no 2:4 sparsity); null is "not available on this GPU", never zero. Every GPU has FP32. */
export type Peaks = Readonly<Record<MathType, number | null>> & { readonly fp32: number };
