import type { WeightType } from './spec/index.ts';

const NAMES: Readonly<Record<string, WeightType>> = {
  bf16: 'bf16',
  bfloat16: 'bf16',
  fp16: 'fp16',
  f16: 'fp16',
  float16: 'fp16',
  half: 'fp16',
  fp32: 'fp32',
  f32: 'fp32',
  float32: 'fp32',
  float: 'fp32',
  tf32: 'fp32',
};

/** The weight type that people, engines and config files write (`half`, `torch.bfloat16`, `tf32` as FP32); null when it is none. */
export function parseWeightType(text: string): WeightType | null {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^torch\./, '');
  return Object.hasOwn(NAMES, name) ? (NAMES[name] ?? null) : null;
}
