// Past the door of server/store/series: an entity is made unsealable in the file itself.
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { append as appendAll } from '../../../../server/store/series/append.ts';
import { packIntake } from '../../../../server/store/series/pack-intake.ts';
import { sealDue } from '../../../../server/store/series/seal.ts';
import { openState, type SeriesState } from '../../../../server/store/series/state.ts';
import { tables } from '../../../../server/store/series/tables.ts';
import { upkeepStep } from '../../../../server/store/series/upkeep.ts';
import type { Intake } from '../../../../core/readings/index.ts';
import { batchOf, gpu } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const day0 = 19_000 * 86_400;
const names = ['a', 'b', 'c', 'd', 'e'];

async function opened(file = join(temporaryFolder(), 'series.db')) {
  const state = await openState(file, { rawDays: 30, rollupDays: 400 });
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await state.file.close();
    closed = true;
  };
  onTestFinished(close);
  return { state, file, close };
}

const append = (state: SeriesState, ...intakes: Intake[]) => appendAll(state, { batches: intakes.map(packIntake), at: day0 });
const powers = (state: SeriesState, name: string) =>
  tables(state, { entities: [gpu(name)], from: 0, to: 1e12 }).flatMap(({ columns }) => [...(columns.get('gpu.power') ?? [])]);
const open = (state: SeriesState) => [...state.heads.keys()].map((no) => state.catalog.entities.get(no)?.id);

/** One reading of each; c's chunks are refused by the file. */
async function withOneUnsealable() {
  const one = await opened();
  await append(one.state, ...names.map((name) => batchOf(gpu(name), [day0], { 'gpu.power': [7] })));
  const no = one.state.catalog.find(gpu('c'))?.no;
  await one.state.file.db.$executeRawUnsafe(
    `CREATE TRIGGER refuse BEFORE INSERT ON "Chunk" WHEN NEW.entity = ${no} BEGIN SELECT RAISE(ABORT, 'not this one'); END`,
  );
  return one;
}

describe('an entity that cannot be sealed', () => {
  it('delays itself alone, and is told with the reason', async () => {
    const { state } = await withOneUnsealable();
    expect((await sealDue(state, { now: day0, pressed: true })).sealed).toBe(4);
    expect(open(state)).toEqual(['GPU-c']);
    expect([...state.heldBack.values()].map(({ name, reason }) => `${name}: ${reason}`).join()).toMatch(/^gpu:GPU-c: [^]*not this one/);
    expect([...state.notes].join()).toMatch(/^the readings of gpu:GPU-c cannot be sealed /);
    for (const name of names) expect([name, powers(state, name)]).toEqual([name, [7]]);
  });

  it('is not tried at every step, but again after a while, and is sealed when it can be', async () => {
    const { state } = await withOneUnsealable();
    await sealDue(state, { now: day0, pressed: true });
    expect(await upkeepStep(state, day0 + 1)).toMatchObject({ sealed: 0, more: false });
    expect(await sealDue(state, { now: day0 + 599, pressed: true })).toEqual({ sealed: 0, more: false });
    await state.file.db.$executeRawUnsafe('DROP TRIGGER refuse');
    expect((await sealDue(state, { now: day0 + 600, pressed: true })).sealed).toBe(1);
    expect([open(state), state.heldBack.size, state.wal.length]).toEqual([[], 0, 0]);
  });

  it('does not keep everybody’s write-ahead rows: its own are written once more, and read at the next start', async () => {
    const { state, file, close } = await withOneUnsealable();
    for (let more = 1; more < 20; more += 1) await append(state, ...names.map((name) => batchOf(gpu(name), [day0 + more], { 'gpu.power': [7] })));
    await sealDue(state, { now: day0, pressed: true });
    state.walBytes = 2 ** 40;
    await sealDue(state, { now: day0, pressed: true });
    expect([open(state), state.wal.length]).toEqual([['GPU-c'], 1]);
    await append(state, batchOf(gpu('c'), [day0 + 20], { 'gpu.power': [8] }));
    await close();
    const again = await opened(file);
    expect(powers(again.state, 'c')).toEqual([...Array.from({ length: 20 }, () => 7), 8]);
    for (const name of ['a', 'b', 'd', 'e']) expect([name, powers(again.state, name)]).toEqual([name, Array.from({ length: 20 }, () => 7)]);
  });

  it('knows its batches after that: repeated ones are not stored again', async () => {
    const { state, file, close } = await withOneUnsealable();
    const batch = batchOf(gpu('c'), [day0 + 1], { 'gpu.power': [9] }, { source: 'repeats', seq: 5 });
    await append(state, batch);
    await sealDue(state, { now: day0, pressed: true });
    state.walBytes = 2 ** 40;
    await sealDue(state, { now: day0, pressed: true });
    await close();
    const again = await opened(file);
    expect((await append(again.state, batch)).results).toEqual([{ durable: 0, duplicate: true }]);
  });
});
