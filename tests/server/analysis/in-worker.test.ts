// Past the door of server/analysis: a worker that fails or hangs is met without a whole service.
import { afterAll, describe, expect, it } from 'vitest';
import { analyse } from '../../../core/analyse/index.ts';
import { tableOf, type Run } from '../../../core/readings/index.ts';
import { analysisWorker } from '../../../server/analysis/in-worker.ts';

const worker = analysisWorker();
afterAll(() => worker.close());

const idle: Run = {
  clock: 'utc',
  events: [],
  tables: [
    tableOf(
      { kind: 'gpu', id: 'GPU-1', node: 'n1' },
      Array.from({ length: 60 }, (_, index) => ({
        entity: { kind: 'gpu' as const, id: 'GPU-1' },
        at: 1_700_000_000 + 5 * index,
        values: { 'gpu.util': 0, 'gpu.power': 55 },
      })),
    ),
  ],
};

describe('the analysis worker', () => {
  it('says what the same function says on the main thread', async () => {
    const apart = await worker.analyse(idle, {});
    expect(apart).toEqual(JSON.parse(JSON.stringify(analyse(idle, {}))));
    expect(apart.verdict.bottleneck).toBe('idle');
  });

  it('goes on after a run that it cannot take', async () => {
    await expect(worker.analyse({ clock: 'utc', tables: [7], events: [] } as never, {})).rejects.toThrow();
    expect((await worker.analyse(idle, {})).verdict.bottleneck).toBe('idle');
  });
});
