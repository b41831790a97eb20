import { openStore } from '../../server/store/index.ts';

/** A reading that was acknowledged. */
export interface Told {
  readonly node: string;
  readonly id: string;
  /** Seconds UTC. */
  readonly t: number;
  readonly power: number;
}

/** Compares readings of one metric, acknowledged one by one, with the store of a folder whose server is gone, which holds these GPUs and no others. */
export async function compareReadings(
  folder: string,
  all: readonly Pick<Told, 'node' | 'id'>[],
  told: readonly Told[],
): Promise<{ acknowledged: number; lost: number; doubled: number; wrong: number }> {
  const store = await openStore({ folder, rawDays: 30, rollupDays: 400, log: { info: () => undefined, warn: () => undefined, error: () => undefined } });
  const sum = { acknowledged: 0, lost: 0, doubled: 0, wrong: 0 };
  let distinct = 0;
  try {
    const byEntity = new Map<string, Told[]>(all.map(({ id }) => [id, []]));
    for (const one of told) byEntity.get(one.id)?.push(one);
    for (const { id, node } of all) {
      const [table] = await store.series.tables({ entities: [{ kind: 'gpu', id, node }], from: 0, to: 1e12 });
      const powers = table?.columns.get('gpu.power');
      const there = new Map(Array.from(table?.t ?? [], (t, row) => [t, powers?.[row]]));
      distinct += there.size;
      for (const { t, power } of byEntity.get(id) ?? []) {
        sum.acknowledged += 1;
        if (!there.has(t)) sum.lost += 1;
        else if (there.get(t) !== power) sum.wrong += 1;
      }
    }
    // The store counts a reading that it holds twice as two.
    sum.doubled = (await store.series.stats()).values - distinct;
  } finally {
    await store.close();
  }
  return sum;
}
