import type { Activity, Bottleneck, ShareKey } from './verdict.ts';

/** How bottlenecks are called, everywhere: page, terminal, mail. */
export const BOTTLENECK_LABELS = {
  compute: 'compute',
  memory: 'memory bandwidth',
  network: 'network',
  storage: 'storage',
  host: 'host',
  transfer: 'transfer (PCIe)',
  overhead: 'overhead',
  capacity: 'capacity (memory full)',
  idle: 'idle',
  balanced: 'balanced',
  unknown: 'cannot tell',
} as const satisfies Record<Bottleneck, string>;

export const ACTIVITY_LABELS = {
  prefill: 'prefill',
  decode: 'decode',
  serving: 'serving (prefill and decode)',
  training: 'training',
  'fine-tuning': 'fine-tuning',
  loading: 'loading',
  checkpointing: 'checkpointing',
  idle: 'idle',
  unknown: 'activity not known',
} as const satisfies Record<Activity, string>;

/** The shares in the order in which pages and terminal show them. */
export const SHARE_LABELS = {
  memory: 'Memory bandwidth',
  compute: 'Compute',
  nvlink: 'NVLink',
  host: 'Host',
  transfer: 'PCIe',
  network: 'Network',
  storage: 'Storage',
  busy: 'GPU busy',
  empty: 'GPU empty',
  tensor: 'Tensor cores',
  fp32: 'FP32 pipe',
  fp64: 'FP64 pipe',
} as const satisfies Record<ShareKey, string>;
