// Past the door of server/analysis: how much of a job's past is read is counted without a store.
import { describe, expect, it } from 'vitest';
import type { EntityKind } from '../../../core/readings/index.ts';
import { mostRows } from '../../../server/analysis/past.ts';
import { ANALYSIS_BOUNDS } from '../../../server/settings/index.ts';

const things = (counts: Partial<Record<EntityKind, number>>) =>
  Object.entries(counts).flatMap(([kind, count]) => Array.from({ length: count }, () => ({ kind: kind as EntityKind })));
const VALUES = ANALYSIS_BOUNDS.values.value;

describe('the rows that are read of each of a job’s things', () => {
  it('are all, of two days at 5 s, where a job has a node with four GPUs and its engine', () => {
    expect(mostRows(things({ gpu: 4, host: 1, engine: 1 }), VALUES)).toBeGreaterThanOrEqual((2 * 86_400) / 5);
  });

  it('are fewer the more there are: all together stay what three threads can hold', () => {
    for (const counts of [{ gpu: 512, host: 128 }, { gpu: 10_000, host: 2_500 }, { engine: 10_000 }, { process: 100_000 }]) {
      const all = things(counts);
      expect(mostRows(all, VALUES) * all.length).toBeLessThanOrEqual(VALUES / 8);
      expect(mostRows(all, VALUES)).toBeGreaterThanOrEqual(1);
    }
    expect(mostRows([], VALUES)).toBe(ANALYSIS_BOUNDS.rows.value);
  });
});
