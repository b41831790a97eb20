import type { JobKey } from '../store/index.ts';

/** The key of a job in maps, rooms and facts: `cluster/id`. */
export function jobName(key: JobKey): string {
  return `${key.cluster}/${key.id}`;
}
