// Past the door of server/store: pages of closed databases are overwritten, and the series opened by themselves.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkStore, isWhole, openStore, repairStore } from '../../../server/store/index.ts';
import { append } from '../../../server/store/series/append.ts';
import { packIntake } from '../../../server/store/series/pack-intake.ts';
import { sealDue } from '../../../server/store/series/seal.ts';
import { openState, type SeriesState } from '../../../server/store/series/state.ts';
import { tables } from '../../../server/store/series/tables.ts';
import { batchOf, gpu, steps } from '../../support/batches.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { listening, storeForTest } from '../../support/store.ts';

const day0 = 19_000 * 86_400;
const PAGE = 4096;
const ENTITIES = 60;
const ROWS = 400;
const RETENTION = { rawDays: 36_500, rollupDays: 36_500 };

let whole = '';
beforeAll(async () => {
  whole = mkdtempSync(join(tmpdir(), 'headroom-test-'));
  const state = await openState(join(whole, 'series.db'), RETENTION);
  const noise = (row: number, entity: number) => Math.round(Math.abs(Math.sin(row * 12.9898 + entity * 78.233)) * 1e6) / 1e3;
  const batches = Array.from({ length: ENTITIES }, (_, entity) =>
    batchOf(gpu(`${entity}`), steps(day0, 1, ROWS), { 'gpu.power': steps(0, 1, ROWS).map((row) => noise(row, entity)) }),
  );
  await append(state, { batches: batches.map(packIntake), at: day0 });
  await sealDue(state, { now: day0, pressed: true });
  await append(state, { batches: [packIntake(batchOf(gpu('open'), [day0], { 'gpu.power': [5] }))], at: day0 });
  await state.file.db.$queryRawUnsafe('PRAGMA wal_checkpoint(TRUNCATE)');
  await state.file.close();
});

afterAll(() => rmSync(whole, { recursive: true, force: true }));

/** A copy whose page (from 0) is overwritten. */
function damaged(page: number): string {
  const folder = temporaryFolder();
  cpSync(whole, folder, { recursive: true });
  const file = join(folder, 'series.db');
  const bytes = readFileSync(file);
  bytes.fill(0xa7, page * PAGE, (page + 1) * PAGE);
  writeFileSync(file, bytes);
  return folder;
}

const readable = (state: SeriesState) =>
  Array.from({ length: ENTITIES }, (_, entity) => tables(state, { entities: [gpu(`${entity}`)], from: 0, to: 1e12 })[0]?.t.length ?? 0).filter(
    (rows) => rows === ROWS,
  ).length;

describe('a damaged page of the series', () => {
  it('costs what stands on it: the others’ readings are read, and every sender’s are taken in, or the start says what to do', async () => {
    const pages = statSync(join(whole, 'series.db')).size / PAGE;
    const outcomes: string[] = [];
    for (let page = 1; page < pages; page += Math.ceil(pages / 24)) {
      const folder = damaged(page);
      let state: SeriesState;
      try {
        state = await openState(join(folder, 'series.db'), RETENTION);
      } catch {
        const { log } = listening();
        await expect(openStore({ folder, ...RETENTION, log })).rejects.toThrow(
          /series\.db is damaged \([^\n(]*\)\. .*all readings.*store check.*store repair.*backup/,
        );
        outcomes.push('refused');
        continue;
      }
      for (const one of [gpu('0'), gpu('open'), gpu('new')]) {
        const { results } = await append(state, { batches: [packIntake(batchOf(one, [day0 + 5000], { 'gpu.power': [1] }))], at: day0 + 5000 });
        expect([page, one.id, results]).toEqual([page, one.id, [{ durable: 1, duplicate: false }]]);
      }
      await sealDue(state, { now: day0 + 5000, pressed: true });
      outcomes.push(`${readable(state) >= ENTITIES / 2 ? 'most' : 'few'} read`);
      await state.file.close();
    }
    const counted = (what: string) => outcomes.filter((one) => one === what).length;
    expect(outcomes.length).toBeGreaterThan(15);
    expect(counted('most read')).toBeGreaterThan(outcomes.length / 2);
    expect(counted('few read')).toBe(0);
  });

  it('is found by check, which changes nothing, and mended by repair, which keeps the rest and the original', async () => {
    const pages = statSync(join(whole, 'series.db')).size / PAGE;
    for (let page = 1; page < pages; page += Math.ceil(pages / 8)) {
      const folder = damaged(page);
      const before = readFileSync(join(folder, 'series.db'));
      const [found] = await checkStore(folder);
      expect(readFileSync(join(folder, 'series.db')).equals(before)).toBe(true);
      if (found === undefined || isWhole(found)) continue; // a page that holds nothing
      const [mended] = await repairStore(folder, 'then');
      expect(readFileSync(`${join(folder, 'series.db')}.damaged-then`).equals(before)).toBe(true);
      expect(mended?.original).toMatch(/series\.db\.damaged-then$/);
      expect(readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)])).toEqual(
        readdirSync(folder).map((name) => [name, '600']),
      );
      expect((await checkStore(folder)).every(isWhole)).toBe(true);
      const state = await openState(join(folder, 'series.db'), RETENTION);
      const chunks = found.tables.find(({ table }) => table === 'Chunk')?.whole ?? 0;
      expect([page, readable(state)]).toEqual([page, chunks]);
      await state.file.close();
    }
  });

  it('of a chunk’s bytes alone is found by decoding it: SQLite knows nothing of that', async () => {
    const folder = temporaryFolder();
    cpSync(whole, folder, { recursive: true });
    const state = await openState(join(folder, 'series.db'), RETENTION);
    await state.file.db.$executeRawUnsafe(`UPDATE "Chunk" SET bytes = x'0102' WHERE id = 3`);
    await state.file.close();
    const [found] = await checkStore(folder);
    expect(found?.faults).toEqual([]);
    expect([...(found?.tables.find(({ table }) => table === 'Chunk')?.lost.values() ?? [])]).toEqual([1]);
    await repairStore(folder, 'then');
    const again = await openState(join(folder, 'series.db'), RETENTION);
    expect(readable(again)).toBe(ENTITIES - 1);
    await again.file.close();
  });
});

describe('a whole store', () => {
  it('is left as it is by repair', async () => {
    const folder = temporaryFolder();
    const store = await storeForTest({ folder, ...RETENTION });
    await store.series.append(batchOf(gpu('a'), [day0], { 'gpu.power': [1] }));
    await store.close();
    const before = readdirSync(folder).sort();
    const found = await repairStore(folder, 'then');
    expect(found.map(({ original }) => original)).toEqual([null, null]);
    expect(readdirSync(folder).filter((name) => name.includes('damaged') || name.includes('repairing'))).toEqual([]);
    expect(before).toContain('series.db');
  });

  it('that a service uses is not looked at: two programs on one file damage it', async () => {
    const folder = temporaryFolder();
    await storeForTest({ folder, ...RETENTION });
    await expect(checkStore(folder)).rejects.toMatchObject({ code: 'locked' });
  });
});
