/**
 * A way of multiplying that a GPU has a peak rate for. It is not the type that weights are stored in: int4 weights
 * are usually multiplied as fp16. `fp64` and `fp16_vector` are the CUDA cores' rates; `fp64_tensor`, `tf32`, `fp16`,
 * `bf16`, `fp8`, `int8`, `int4` are tensor-core rates where the GPU has them (see `GpuSpec.vectorTypes`).
 */
export const MATH_TYPES = ['fp64', 'fp64_tensor', 'fp32', 'tf32', 'fp16', 'fp16_vector', 'bf16', 'fp8', 'int8', 'int4'] as const;
export type MathType = (typeof MATH_TYPES)[number];

/** Peak operations per second by type, dense (no 2:4 sparsity); null is "not available on this GPU", never zero. Every GPU has FP32. */
export type Peaks = Readonly<Record<MathType, number | null>> & { readonly fp32: number };

/** Peaks at another SM clock than the one that they are printed for: both in Hz. */
export function atClock(printed: Peaks, printedClock: number, clock: number): Peaks {
  const scale = (rate: number | null): number | null => (rate === null ? null : (rate * clock) / printedClock);
  return {
    fp64: scale(printed.fp64),
    fp64_tensor: scale(printed.fp64_tensor),
    fp32: (printed.fp32 * clock) / printedClock,
    tf32: scale(printed.tf32),
    fp16: scale(printed.fp16),
    fp16_vector: scale(printed.fp16_vector),
    bf16: scale(printed.bf16),
    fp8: scale(printed.fp8),
    int8: scale(printed.int8),
    int4: scale(printed.int4),
  };
}
