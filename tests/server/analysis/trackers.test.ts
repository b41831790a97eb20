// Past the door of server/analysis: trackers in their thread, without a service.
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openTracker } from '../../../core/analyse/index.ts';
import { type Table, tableOf } from '../../../core/readings/index.ts';
import { openTrackers } from '../../../server/analysis/trackers.ts';

const failures: string[] = [];
const trackers = openTrackers((text) => failures.push(text));
afterAll(() => trackers.close());

const START = 1_700_000_000;
/** A minute of a card that does nothing, from a row on. */
function idle(from: number, id = 'GPU-1'): Table {
  const rows = Array.from({ length: 12 }, (_, index) => ({
    entity: { kind: 'gpu' as const, id },
    at: START + 5 * (from + index),
    values: { 'gpu.util': 0, 'gpu.power': 55 },
  }));
  return tableOf({ kind: 'gpu', id, node: 'n1' }, rows);
}

describe('a tracker in its thread', () => {
  it('says what one in this thread says, whatever was pushed before it was asked', async () => {
    const [there, here] = [trackers.open({}), openTracker({})];
    for (const from of [0, 12, 24]) {
      there.push([idle(from)], []);
      here.push([idle(from)]);
    }
    here.push([idle(36)]);
    const judged = await there.judge(START + 300, [idle(36)], []);
    expect(judged?.analysis).toEqual(JSON.parse(JSON.stringify(here.analysis(START + 300))));
    expect(judged?.analysis.verdict.bottleneck).toBe('idle');
    expect(judged?.late).toBe(0);
  });

  it('takes views on a large array, and columns that are not made yet, as what they show', async () => {
    const tracker = trackers.open({});
    const all = Float64Array.from({ length: 100_000 }, (_, index) => START + index);
    const table = { ...idle(0), t: all.subarray(10, 40), columns: new Map([['gpu.util' as const, new Float64Array(90_000).subarray(0, 30)]]) };
    const judged = await tracker.judge(START + 60, [table], []);
    expect([judged?.analysis.from, judged?.analysis.to]).toEqual([START + 10, START + 39]);
  });

  it('counts rows that come too late', async () => {
    const tracker = trackers.open({});
    await tracker.judge(START + 600, [idle(0), idle(12), idle(24), idle(36), idle(48)], []);
    expect((await tracker.judge(START + 600, [idle(0)], []))?.late).toBeGreaterThan(0);
  });

  it('that cannot take its readings fails alone', async () => {
    const [bad, good] = [trackers.open({}), trackers.open({})];
    await expect(bad.judge(START, [{ ...idle(0), entity: null } as never], [])).rejects.toThrow();
    expect((await good.judge(START + 60, [idle(0)], []))?.analysis.verdict.bottleneck).toBe('idle');
  });

  it('is known to be gone when its thread was ended for taking too long; one that is opened then is in another thread', async () => {
    const hasty = openTrackers((text) => failures.push(text), 400);
    await hasty.open({}).judge(START, [], []); // the thread has started
    const large = Array.from({ length: 200 }, (_, card) => {
      const t = Float64Array.from({ length: 4_000 }, (_value, index) => START + index);
      return {
        ...idle(0, `GPU-${card}`),
        t,
        columns: new Map([
          ['gpu.util' as const, t.map((at) => Math.abs(Math.sin(at)))],
          ['gpu.power' as const, t.map((at) => 200 + (at % 90))],
        ]),
      };
    });
    expect(await hasty.open({}).judge(START + 4_000, large, [])).toBeNull();
    await vi.waitUntil(async () => (await hasty.open({}).judge(START + 60, [idle(0)], []))?.analysis.verdict.bottleneck === 'idle', { timeout: 60_000 });
    await hasty.close();
  });

  it('is known to be gone once it was dropped, as when its thread has died', async () => {
    const tracker = trackers.open({});
    tracker.drop();
    expect(await tracker.judge(START, [], [])).toBeNull();
    expect(failures).toEqual([]);
  });
});
