// Past the door of server/store/series: what is open, sealed and numbered does not show in its answers.
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Intake, MetricId } from '../../../../core/readings/index.ts';
import { append as appendAll } from '../../../../server/store/series/append.ts';
import { keeper } from '../../../../server/store/series/chunks.ts';
import type { Columns } from '../../../../server/store/series/columns.ts';
import { entitiesIn } from '../../../../server/store/series/entities.ts';
import { packIntake } from '../../../../server/store/series/pack-intake.ts';
import { range } from '../../../../server/store/series/range.ts';
import { sealDue } from '../../../../server/store/series/seal.ts';
import { seriesOf } from '../../../../server/store/series/store.ts';
import { openState, type SeriesState } from '../../../../server/store/series/state.ts';
import { tables } from '../../../../server/store/series/tables.ts';
import { upkeepStep } from '../../../../server/store/series/upkeep.ts';
import { batchOf, gpu, steps } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const DAY = 86_400;
const HOUR = 3600;
const MINUTE = 60;
/** A day's start. */
const day0 = 19_000 * DAY;
const [A, B] = [gpu('a'), gpu('b')];

async function opened(file = join(temporaryFolder(), 'series.db'), retention = { rawDays: 30, rollupDays: 400 }) {
  const state = await openState(file, retention);
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await state.file.db.$disconnect();
    closed = true;
  };
  onTestFinished(close);
  return { state, file, close };
}

const append = (state: SeriesState, intake: Intake, at = day0): Promise<unknown> => appendAll(state, { batches: [packIntake(intake)], at });

/** All that is due at a time, but no more steps than `most`: how much was expired, and in how many steps. */
async function upkeepSteps(state: SeriesState, now: number, most = Number.POSITIVE_INFINITY): Promise<{ expired: number; taken: number }> {
  let expired = 0;
  let taken = 0;
  for (let more = true; more && taken < most; taken += 1) {
    const step = await upkeepStep(state, now);
    expired += step.expired;
    more = step.more;
  }
  return { expired, taken };
}
const upkeep = async (state: SeriesState, now: number): Promise<number> => (await upkeepSteps(state, now)).expired;

async function powers(state: SeriesState, entity = A): Promise<[number, number | undefined][]> {
  const [table] = tables(state, { entities: [entity], from: 0, to: 1e12 });
  return [...(table?.t ?? [])].map((at, row) => [at, table?.columns.get('gpu.power')?.[row]]);
}
const open = (state: SeriesState): string[] => [...state.heads.keys()].map((no) => state.catalog.entities.get(no)?.id ?? '?').sort();
const chunks = async (state: SeriesState): Promise<number> => (await state.file.summary(2048)).reduce((sum, row) => sum + row.chunks, 0);

describe('sealing one entity while another is open', () => {
  /** B's one reading is in the first write-ahead row, A's in the two after it; A alone is full. */
  async function halfSealed() {
    const one = await opened();
    await append(one.state, batchOf(B, [day0], { 'gpu.power': [7] }));
    await append(one.state, batchOf(A, steps(day0, 1, 1000), { 'gpu.power': steps(0, 1, 1000) }));
    await append(one.state, batchOf(A, steps(day0 + 1000, 1, 100), { 'gpu.power': steps(1000, 1, 100) }));
    await sealDue(one.state, { now: day0, pressed: false });
    return one;
  }

  it('loses nothing of the open one at a restart', async () => {
    const { state, file, close } = await halfSealed();
    expect(open(state)).toEqual(['GPU-b']);
    await close();
    const again = await opened(file);
    expect(await powers(again.state, B)).toEqual([[day0, 7]]);
    expect(await powers(again.state, A)).toHaveLength(1100);
  });

  it('does not take up again what is sealed: memory would fill with it at every restart', async () => {
    const { file, close } = await halfSealed();
    await close();
    expect(open((await opened(file)).state)).toEqual(['GPU-b']);
  });

  it('gives its memory and its write-ahead rows back: the store would believe itself full for ever', async () => {
    const { state } = await halfSealed();
    const before = state.headBytes;
    await sealDue(state, { now: day0, pressed: true });
    expect([before > 0, state.headBytes, state.wal.length, state.walBytes]).toEqual([true, 0, 0, 0]);
  });
});

describe('charts of sealed readings', () => {
  const drawn = (state: SeriesState, metric: MetricId): number[] => {
    const { series, values } = range(state, { entities: [A], metrics: [metric], from: day0, to: day0 + 10, points: 10 });
    return series.flatMap(({ mean, rows }) => [...values.subarray(mean, mean + rows)]);
  };

  it('have what a second one asks for, too: columns that were kept are not all that a chunk has', async () => {
    const { state } = await opened();
    await append(state, batchOf(A, [day0, day0 + 1], { 'gpu.power': [300, 310], 'gpu.temp': [60, 61] }));
    await sealDue(state, { now: day0, pressed: true });
    expect(drawn(state, 'gpu.power')).toEqual([300, 310]);
    expect(drawn(state, 'gpu.temp')).toEqual([60, 61]);
    expect(drawn(state, 'gpu.power')).toEqual([300, 310]);
  });

  it('have a corrected value in the place of the old one, not beside it', async () => {
    const { state } = await opened();
    await append(state, batchOf(A, [day0, day0 + 1, day0 + 2], { 'gpu.power': [300, 310, 320] }));
    await sealDue(state, { now: day0, pressed: true });
    await append(state, batchOf(A, [day0 + 1], { 'gpu.power': [110] }));
    expect(drawn(state, 'gpu.power')).toEqual([300, 110, 320]);
  });
});

describe('upkeep', () => {
  it('takes no step per day since 1970 where a clock was there once', async () => {
    const { state } = await opened(undefined, { rawDays: 40_000, rollupDays: 40_000 });
    await append(state, batchOf(A, [10, ...steps(day0, 1, 1100)], { 'gpu.power': steps(1, 0, 1101) }));
    // One seals; three roll up the day in 1970, the empty one after it and that of the other readings; one finds nothing more.
    expect(await upkeepSteps(state, day0 + 2 * DAY, 100)).toEqual({ expired: 0, taken: 5 });
    expect(await chunks(state)).toBe(1 + 4);
  });
});

describe('decoded columns that are kept', () => {
  const table = (rows: number): Columns => ({ t: new Float64Array(rows), columns: new Map([[1, new Float64Array(rows)]]) });

  it('are those used last, in so many bytes: the server must not grow with each chart that anybody opens', () => {
    const kept = keeper(2 * 2 * 80);
    for (const id of [1, 2]) kept.put(id, table(10));
    kept.take(1);
    kept.put(3, table(10));
    expect([1, 2, 3].map((id) => kept.take(id) !== undefined)).toEqual([true, false, true]);
  });

  it('count once when they are put again, with more columns: else no room would be left after a while', () => {
    const kept = keeper(2 * 2 * 80);
    for (let again = 0; again < 10; again += 1) kept.put(1, table(10));
    kept.put(2, table(10));
    expect([1, 2].map((id) => kept.take(id) !== undefined)).toEqual([true, true]);
  });
});

describe('a restart', () => {
  it('replays more commits than it reads at a time, each of them', async () => {
    const { state, file, close } = await opened();
    for (const at of steps(day0, 1, 140)) await append(state, batchOf(A, [at], { 'gpu.power': [at - day0] }));
    await close();
    expect(await powers((await opened(file)).state)).toEqual(steps(0, 1, 140).map((n) => [day0 + n, n]));
  });

  it('goes on counting after the last sealed row: new readings must not count as sealed', async () => {
    const { state, file, close } = await opened();
    await append(state, batchOf(A, [day0], { 'gpu.power': [1] }));
    await append(state, batchOf(A, [day0 + 1], { 'gpu.power': [2] }));
    await sealDue(state, { now: day0, pressed: true });
    await close();
    const second = await opened(file);
    await append(second.state, batchOf(A, [day0 + 2], { 'gpu.power': [3] }));
    await second.close();
    expect(await powers((await opened(file)).state)).toEqual([
      [day0, 1],
      [day0 + 1, 2],
      [day0 + 2, 3],
    ]);
  });
});

describe('a value that is corrected', () => {
  it('stays corrected when both are in chunks of their own', async () => {
    const { state } = await opened();
    for (const watts of [100, 200]) {
      await append(state, batchOf(A, [day0], { 'gpu.power': [watts] }));
      await sealDue(state, { now: day0, pressed: true });
    }
    expect(await powers(state)).toEqual([[day0, 200]]);
  });

  it('stays corrected when the corrections are merged beside a whole chunk', async () => {
    const { state } = await opened();
    await append(state, batchOf(A, steps(day0, 1, 2048), { 'gpu.power': steps(100, 0, 2048) }));
    await sealDue(state, { now: day0, pressed: true });
    for (const at of steps(day0, 1, 24)) {
      await append(state, batchOf(A, [at], { 'gpu.power': [200] }));
      await sealDue(state, { now: day0, pressed: true });
    }
    await upkeep(state, day0);
    expect(await chunks(state)).toBe(2);
    expect((await powers(state)).filter(([, watts]) => watts === 200)).toHaveLength(24);
  });

  it('does not make two small chunks one: each upkeep would write them again', async () => {
    const { state } = await opened();
    for (const at of [day0, day0 + 1]) {
      await append(state, batchOf(A, [at], { 'gpu.power': [1] }));
      await sealDue(state, { now: day0, pressed: true });
    }
    await upkeep(state, day0);
    expect(await chunks(state)).toBe(2);
  });
});

describe('rolled-up days', () => {
  const ask = async (state: SeriesState, metric: 'gpu.power' | 'gpu.pcieReplay', from: number, to: number, points: number) => {
    const [series] = seriesOf(range(state, { entities: [A], metrics: [metric], from, to, points }));
    return { t: [...(series?.t ?? [])].map((at) => at - day0), mean: [...(series?.mean ?? [])], max: [...(series?.max ?? [])] };
  };

  it('have the rate over midnight: a counter does not stand still between two days', async () => {
    const { state } = await opened(undefined, { rawDays: 1, rollupDays: 400 });
    const t = steps(day0, 10, 2 * 8640);
    // 5 a second, but for the ten seconds that end at midnight's first reading.
    await append(state, batchOf(A, t, { 'gpu.pcieReplay': t.map((_, row) => row * 50 + (row >= 8640 ? 950 : 0)) }));
    await upkeep(state, day0 + 4 * DAY);
    const { max } = await ask(state, 'gpu.pcieReplay', day0 + DAY, day0 + DAY + 5 * MINUTE, 5);
    expect(max).toEqual([100, 5, 5, 5, 5]);
  });

  it('have no row for a minute without a reading, and no gap is drawn for one', async () => {
    const { state } = await opened(undefined, { rawDays: 1, rollupDays: 400 });
    const t = steps(day0, 10, 8640).filter((at) => at < day0 + 2 * MINUTE || at >= day0 + 3 * MINUTE);
    await append(state, batchOf(A, t, { 'gpu.power': t.map(() => 100) }));
    await upkeep(state, day0 + 3 * DAY);
    expect((await powers(state)).map(([at]) => at - day0).slice(0, 4)).toEqual([0, 60, 180, 240]);
    expect(await ask(state, 'gpu.power', day0, day0 + 5 * MINUTE, 5)).toMatchObject({ t: [0, 60, 180, 240], mean: [100, 100, 100, 100] });
  });

  it('are rolled up once, each of them: late readings take the place of the old roll-up', async () => {
    const { state } = await opened();
    await append(state, batchOf(A, steps(day0, 60, 3 * 1440), { 'gpu.power': steps(1, 0, 3 * 1440) }));
    await upkeep(state, day0 + 3 * DAY + HOUR);
    // Two whole chunks, and two roll-ups of each of three days.
    expect(await chunks(state)).toBe(2 + 6);
    await append(state, batchOf(A, [day0 + DAY + 30], { 'gpu.power': [100] }), day0 + 3 * DAY);
    await upkeep(state, day0 + 3 * DAY + 2 * HOUR);
    expect(await chunks(state)).toBe(3 + 6);
  });

  it('stay when a reading comes for a day of which the raw ones are gone', async () => {
    const { state } = await opened(undefined, { rawDays: 2, rollupDays: 400 });
    await append(state, batchOf(A, steps(day0, 60, 1440), { 'gpu.power': steps(100, 0, 1440) }));
    await upkeep(state, day0 + 4 * DAY);
    const before = await ask(state, 'gpu.power', day0, day0 + DAY, 24);
    expect(before.mean).toHaveLength(24);
    await append(state, batchOf(A, [day0 + HOUR], { 'gpu.power': [1] }), day0 + 4 * DAY);
    await upkeep(state, day0 + 4 * DAY + HOUR);
    expect(await ask(state, 'gpu.power', day0, day0 + DAY, 24)).toEqual(before);
  });
});

describe('expiry', () => {
  it('leaves no minute that counts twice: the one in which the raw readings begin is rolled up, too', async () => {
    const { state } = await opened(undefined, { rawDays: 1, rollupDays: 400 });
    const t = steps(day0 + DAY - 95, 1, 200);
    await append(state, batchOf(A, t, { 'gpu.power': t.map((at) => (at < day0 + DAY - 60 ? 0 : 100)) }));
    await upkeep(state, day0 + 2 * DAY + HOUR);
    const [series] = seriesOf(range(state, { entities: [A], metrics: ['gpu.power'], from: day0 + DAY - 120, to: day0 + DAY, points: 1 }));
    // 35 seconds of 0 and 60 of 100.
    expect(series?.mean[0]).toBeCloseTo(63.16, 2);
  });

  it('keeps a chunk that reaches over the edge: it holds readings of a day that is kept', async () => {
    const { state } = await opened(undefined, { rawDays: 1, rollupDays: 400 });
    await append(state, batchOf(A, steps(day0 + DAY - 100, 1, 200), { 'gpu.power': steps(1, 0, 200) }));
    await sealDue(state, { now: day0 + DAY, pressed: true });
    await upkeep(state, day0 + 2 * DAY + 10);
    expect((await powers(state)).filter(([at]) => at >= day0 + DAY)).toHaveLength(100);
  });

  it('goes on until all is gone that is old, however much', async () => {
    const { state } = await opened(undefined, { rawDays: 1, rollupDays: 1 });
    const many = Array.from({ length: 251 }, (_, index) => batchOf(gpu(`p${index}`), [day0], { 'gpu.power': [1] }));
    await appendAll(state, { batches: many.map(packIntake), at: day0 });
    await sealDue(state, { now: day0, pressed: true });
    expect(await upkeep(state, day0 + 10 * HOUR)).toBe(0);
    expect(await chunks(state)).toBe(251);
    // Each with its two roll-ups: 502, more than one step expires.
    expect(await upkeep(state, day0 + 4 * DAY)).toBe(753);
  });
});

describe('where an entity is', () => {
  it('is learned when a batch says it: a GPU that was first seen without its node is found on it', async () => {
    const { state } = await opened();
    await append(state, batchOf({ kind: 'gpu', id: 'GPU-x' }, [day0], { 'gpu.power': [1] }));
    await append(state, batchOf({ kind: 'gpu', id: 'GPU-x', node: 'n7' }, [day0 + 1], { 'gpu.power': [1] }));
    await append(state, batchOf({ kind: 'gpu', id: 'GPU-x' }, [day0 + 2], { 'gpu.power': [1] }));
    const found = entitiesIn(state, { nodes: ['n7'], from: 0, to: 1e12 });
    expect(found.map(({ entity }) => entity)).toEqual([{ kind: 'gpu', id: 'GPU-x', node: 'n7' }]);
  });

  it('of a host is the host itself', async () => {
    const { state } = await opened();
    await append(state, batchOf({ kind: 'host', id: 'n8' }, [day0], { 'host.cpu': [0.5] }));
    expect(entitiesIn(state, { nodes: ['n8'], from: 0, to: 1e12 })).toHaveLength(1);
  });
});
