/**
 * Kernels that one layer launches in a forward pass, and the time of one launch from Python without CUDA graphs. A step
 * is never faster than its launches. Source: Modal GPU glossary (10 µs); kernels per layer inferred.
 */
export const KERNELS_PER_LAYER = 10;
export const LAUNCH_SECONDS = 10e-6;
