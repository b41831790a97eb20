/** The GPUs that Headroom knows; adding one is a row in the tables beside this file and a pattern in detect.ts. */
export const GPU_IDS = [
  'A100-40',
  'A100-80',
  'A100-PCIE-40',
  'A100-PCIE-80',
  'A40',
  'V100-16',
  'V100-32',
  'V100-PCIE-16',
  'V100-PCIE-32',
  'T4',
  'H100-64',
  'H100-80',
  'H200',
] as const;
export type GpuId = (typeof GPU_IDS)[number];

/** Whether text is exactly one of our ids. */
export function isGpuId(text: string): text is GpuId {
  return GPU_IDS.some((id) => id === text);
}
