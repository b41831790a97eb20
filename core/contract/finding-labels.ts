// In a file of its own: the page takes it, and would take all schemas and what builds them with it from where they stand.
/** Every kind of finding, and what it is called where there is no room for its text. */
export const FINDING_LABELS = {
  'gpu-error': 'GPU error',
  'sources-disagree': 'Sources disagree',
  idle: 'Idle',
  'held-idle': 'Held idle',
  'no-process': 'No process',
  'unused-gpus': 'Unused GPUs',
  imbalance: 'Imbalance',
  straggler: 'Straggler',
  'take-turns': 'GPUs take turns',
  hung: 'Hung',
  'one-rank-working': 'One rank works',
  'kv-capacity': 'KV cache full',
  oom: 'Out of memory',
  thermal: 'Thermal slowdown',
  'power-brake': 'Power brake',
  ecc: 'Memory errors',
  'link-degraded': 'Slow link',
  'no-tensor-cores': 'No tensor cores used',
  'unsupported-dtype': 'Data type not native',
  'layers-on-cpu': 'Layers on the CPU',
  'over-sharded': 'Over-sharded',
  'loading-slow': 'Slow loading',
  'mig-hidden': 'MIG hides counters',
} as const;

export type FindingId = keyof typeof FINDING_LABELS;
