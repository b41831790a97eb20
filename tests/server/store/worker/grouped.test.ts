// Past the door of server/store/worker: groups of writes are formed without a thread.
import { describe, expect, it } from 'vitest';
import { grouped } from '../../../../server/store/worker/grouped.ts';

/** A turn that comes when the test says so. */
function turns(): { run: (take: () => number[]) => Promise<number[]>; next: () => void; groups: number[][] } {
  const open: (() => void)[] = [];
  const groups: number[][] = [];
  return {
    groups,
    next: () => open.shift()?.(),
    run: async (take) => {
      await new Promise<void>((resolve) => open.push(resolve));
      const group = take();
      groups.push(group);
      return group.map((item) => item * 10);
    },
  };
}
const bounds = { size: (item: number) => item, mostWaiting: 100, mostTogether: 10 };
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('what waits for the same turn', () => {
  it('goes together, and each gets its own answer', async () => {
    const { run, next, groups } = turns();
    const put = grouped(run, bounds);
    const answers = Promise.all([put(1), put(2), put(3)]);
    await settled();
    next();
    expect(await answers).toEqual([10, 20, 30]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('goes with what arrives in the same turn of the event loop: one fsync for all requests that were read together', async () => {
    const { run, next, groups } = turns();
    const put = grouped(run, bounds);
    const first = put(1);
    await Promise.resolve();
    process.nextTick(() => void put(2));
    await settled();
    next();
    await first;
    expect(groups).toEqual([[1, 2]]);
  });

  it('goes in several groups beyond a group’s size, in order, and one larger than that goes alone', async () => {
    const { run, next, groups } = turns();
    const put = grouped(run, bounds);
    const answers = Promise.all([put(6), put(4), put(1), put(50), put(2)]);
    await settled();
    for (let turn = 0; turn < 4; turn += 1) {
      next();
      await settled();
    }
    expect(await answers).toEqual([60, 40, 10, 500, 20]);
    expect(groups).toEqual([[6, 4], [1], [50], [2]]);
  });

  it('is refused as busy beyond its bound, and taken again when there is room', async () => {
    const { run, next } = turns();
    const put = grouped(run, bounds);
    const first = put(100);
    await expect(put(1)).rejects.toMatchObject({ name: 'StoreBusy', code: 'busy' });
    await settled();
    next();
    expect(await first).toBe(1000);
    const second = put(1);
    await settled();
    next();
    expect(await second).toBe(10);
  });

  it('fails together, and only what was in the group', async () => {
    let fail = true;
    const put = grouped<number, number>(async (take) => {
      await settled();
      const group = take();
      if (fail) throw new Error('the disk is gone');
      return group;
    }, bounds);
    const [a, b] = await Promise.allSettled([put(1), put(2)]);
    expect([a, b].map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    expect(await put(3)).toBe(3);
  });

  it('is refused with its turn, when that is refused', async () => {
    const put = grouped<number, number>(() => Promise.reject(new Error('too many wait')), bounds);
    await expect(put(1)).rejects.toThrow('too many wait');
    await expect(put(2)).rejects.toThrow('too many wait');
  });
});
