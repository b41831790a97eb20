import { describe, expect, it } from 'vitest';
import { batchOf, compare, emptyLedger, type Lane, note } from '../../scripts/torture/ledger.ts';
import { compareReadings } from '../../scripts/torture/readings.ts';
import { isGood, table } from '../../scripts/torture/table.ts';
import { intakeFromBatch } from '../../core/readings/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { storeForTest } from '../support/store.ts';

const lane: Lane = { name: 'a', entities: 2, start: Math.floor(Date.now() / 1000) - 3600, step: 0.25, flat: false };

/** A store with batches 0 to 5 of the lane, after which something else may have been done to it. */
async function stored(more: (append: (seq: number, source?: string, by?: number) => Promise<unknown>) => Promise<unknown> = async () => null): Promise<string> {
  const folder = temporaryFolder();
  const store = await storeForTest({ folder, rawDays: 3_650, rollupDays: 36_500 });
  const append = (seq: number, source = 'torture/a', by = 0) => {
    const batch = batchOf(lane, seq);
    const blocks = batch.blocks.map((block) => ({
      ...block,
      columns: { ...block.columns, 'gpu.power': block.columns['gpu.power']?.map((power) => (power ?? 0) + by) },
    }));
    return store.series.append(intakeFromBatch({ ...batch, source, blocks }));
  };
  for (let seq = 0; seq < 6; seq += 1) await append(seq);
  // Sealed: within open readings the later of two at an instant takes the other's place.
  await store.series.maintain(Date.now() / 1000 + 7200);
  await more(append);
  await store.close();
  return folder;
}

function ledgerOf(seqs: readonly number[]) {
  const ledger = emptyLedger();
  for (const seq of seqs) note(ledger.acknowledged, lane, seq);
  return ledger;
}

describe('the ledger of the torture', () => {
  it('finds nothing where all is as it was acknowledged', async () => {
    expect(await compare(await stored(), ledgerOf([0, 1, 2, 3, 4, 5]))).toMatchObject({ acknowledged: 111, lost: 0, doubled: 0, wrong: 0, told: [] });
  });

  it('finds a batch that is not there', async () => {
    const { lost, doubled, wrong, told } = await compare(await stored(), ledgerOf([0, 1, 2, 3, 4, 5, 6]));
    expect([lost, doubled, wrong]).toEqual([19, 0, 0]);
    expect(told[0]).toMatch(/^GPU-a-0 has nothing at /);
  });

  it('finds a batch that is there twice under another number', async () => {
    const { lost, doubled, wrong } = await compare(await stored((append) => append(3, 'another')), ledgerOf([0, 1, 2, 3, 4, 5]));
    expect([lost, wrong]).toEqual([0, 0]);
    expect(doubled).toBeGreaterThan(0);
  });

  it('finds values that were changed, and readings that nobody sent', async () => {
    const changed = await compare(await stored((append) => append(2, 'another', 1)), ledgerOf([0, 1, 2, 3, 4, 5]));
    expect(changed.wrong).toBeGreaterThan(0);
    const invented = await compare(await stored((append) => append(9)), ledgerOf([0, 1, 2, 3, 4, 5]));
    expect([invented.lost, invented.wrong]).toEqual([0, 10]);
  });

  it('finds the same of readings that were acknowledged one by one', async () => {
    const folder = await stored();
    const both = [0, 1].map((no) => ({ node: 'torture', id: `GPU-a-${no}` }));
    const [block] = batchOf(lane, 0).blocks;
    const told = (block?.t ?? []).map((t, row) => ({ node: 'torture', id: 'GPU-a-0', t, power: block?.columns['gpu.power']?.[row] ?? Number.NaN }));
    const good = await compareReadings(folder, both, told);
    expect([good.acknowledged, good.lost, good.wrong]).toEqual([10, 0, 0]);
    const bad = await compareReadings(folder, both, [
      ...told.slice(1),
      { node: 'torture', id: 'GPU-a-0', t: 5, power: 1 },
      { ...(told[0] ?? { node: '', id: '', t: 0 }), power: -1 },
    ]);
    expect([bad.lost, bad.wrong]).toEqual([1, 1]);
  });
});

describe('the table of the torture', () => {
  const good = {
    kills: 2,
    acknowledged: 1234,
    lost: 0,
    doubled: 0,
    wrong: 0,
    restart: 1.25,
    health: 0.0421,
    memory: 400 * 1024 * 1024,
    faults: [],
    notes: ['a note'],
  };

  it('shows the figures of each scene, and says what was skipped', () => {
    expect(
      table([
        { name: 'kills', found: good },
        { name: 'disk', found: { skipped: 'no root' } },
      ]),
    ).toBe(
      [
        'scene  kills  acknowledged  lost  doubled  wrong  restart  health   memory',
        'kills      2         1,234     0        0      0    1.3 s   42 ms  400 MiB',
        'disk   skipped: no root',
        'kills: a note',
      ].join('\n'),
    );
  });

  it('is bad for anything lost, doubled, wrong or amiss, and for 600 MB', () => {
    expect([isGood(good), isGood({ skipped: 'no root' })]).toEqual([true, true]);
    for (const bad of [{ lost: 1 }, { doubled: 1 }, { wrong: 1 }, { faults: ['it fell'] }, { memory: 600 * 1024 * 1024 + 1 }])
      expect(isGood({ ...good, ...bad })).toBe(false);
  });
});
