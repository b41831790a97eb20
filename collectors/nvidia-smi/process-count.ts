import type { EntityRef } from '../../core/readings/index.ts';
import type { Output } from '../text/index.ts';

/** Counts the processes per GPU of one sweep and states `gpu.processes` when the next one begins. */
export interface ProcessCounter {
  /** One process on this GPU in the sweep at `at`. */
  add(at: number, gpu: EntityRef): void;
  /** This GPU was listed in the sweep; it may have no process. */
  seen(at: number, gpu: EntityRef): void;
  end(): void;
}

/** Times are those of the readings, seconds or sweeps; a count goes to `out` when a sweep at another time begins, the last one at `end`. */
export function processCounter(out: Output): ProcessCounter {
  const counts = new Map<EntityRef, number>();
  let sweep = Number.NaN;
  const flush = (): void => {
    for (const [entity, count] of counts) out.reading({ entity, at: sweep, values: { 'gpu.processes': count } });
    counts.clear();
  };
  const seen = (at: number, gpu: EntityRef): void => {
    if (at !== sweep) flush();
    sweep = at;
    if (!counts.has(gpu)) counts.set(gpu, 0);
  };
  return {
    seen,
    add(at, gpu) {
      seen(at, gpu);
      const before = counts.get(gpu);
      if (before !== undefined) counts.set(gpu, before + 1);
    },
    end: flush,
  };
}
