import type { Labels } from './names/index.ts';

/** Labels besides `instance` that tell engines of one address apart: ranks, replicas, models, containers. */
const APART = ['pod', 'container', 'port', 'replica', 'ReplicaId', 'engine', 'engine_id', 'dp_rank', 'model_name'] as const;
/** Labels whose first value is remembered. */
const MOST = 10_000;

/** Names the engines of one text: identity before arithmetic (§7.8.1), or two batches would be one with its weights counted once. */
export interface EngineNames {
  /** `base` for the first engine that is seen under it, `base/engine=1` for another. A label that a series lacks says nothing. */
  idOf(base: string, labels: Labels): string;
}

/** No engine seen yet. */
export function engineNames(): EngineNames {
  const first = new Map<string, string>();
  return {
    idOf(base, labels) {
      const parts = APART.flatMap((label) => {
        const value = labels.get(label);
        if (value === undefined || value === '') return [];
        const key = `${base} ${label}`;
        const known = first.get(key);
        if (known === undefined && first.size < MOST) first.set(key, value);
        return known === undefined || known === value ? [] : [`${label}=${value}`];
      });
      return parts.length === 0 ? base : `${base};${parts.join(',')}`;
    },
  };
}
