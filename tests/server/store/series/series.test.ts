import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriesJson } from '../../../../core/contract/index.ts';
import { batchOf, gpu, steps } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { openSeriesForTest, seriesForTest } from '../../../support/store.ts';

const DAY = 86_400;
const HOUR = 3600;
/** A day's start. */
const day0 = 19_000 * DAY;

/** A range as JSON has it. */
const range = async (series: Awaited<ReturnType<typeof openSeriesForTest>>['series'], query: Parameters<typeof series.range>[0]) =>
  seriesJson({ from: query.from, to: query.to, absent: [], series: await series.range(query) }).series;

/** One store for the tests that need none of their own: each has entities of its own in it. */
let shared: Awaited<ReturnType<typeof openSeriesForTest>>;
const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'));
beforeAll(async () => {
  shared = await openSeriesForTest({ file: join(folder, 'series.db'), rawDays: 40_000 });
});
afterAll(async () => {
  await shared.series.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('appending', () => {
  it('answers with the values that are on disk, absent ones not counted', async () => {
    const { series } = shared;
    expect(await series.append(batchOf(gpu('a1'), [1, 2], { 'gpu.power': [100, null], 'gpu.util': [0, 0.5] }))).toEqual({ durable: 3, duplicate: false });
    expect((await series.tables({ entities: [gpu('a1')], from: 0, to: 10 }))[0]?.columns.get('gpu.util')).toEqual(Float64Array.of(0, 0.5));
  });

  it('writes with full synchronisation, also after transactions', async () => {
    const { series, clock } = await seriesForTest();
    await series.append(batchOf(gpu('a'), [clock.now], { 'gpu.power': [1] }));
    await series.maintain(clock.now + 2 * HOUR);
    await series.append(batchOf(gpu('a'), [clock.now + 1], { 'gpu.power': [1] }));
    expect(await series.durability()).toEqual({ synchronous: 2, journal: 'wal' });
  });

  it('stores a repeated batch once, before and after a restart, in one commit or in two', async () => {
    const batch = batchOf(gpu('a'), [1, 2], { 'gpu.power': [100, 101] });
    const { series, clock, file } = await seriesForTest();
    const answers = await Promise.all([series.append(batch), series.append(batch), series.append({ ...batch, source: 'other' })]);
    expect(answers).toEqual([
      { durable: 2, duplicate: false },
      { durable: 0, duplicate: true },
      { durable: 2, duplicate: false },
    ]);
    expect(await series.append(batch)).toEqual({ durable: 0, duplicate: true });
    // What waits while the first is written is one commit.
    const [first, twice] = [batchOf(gpu('a'), [3], { 'gpu.power': [1] }), batchOf(gpu('a'), [4], { 'gpu.power': [1] })];
    expect((await Promise.all([series.append(first), series.append(twice), series.append(twice)])).map(({ durable }) => durable)).toEqual([1, 1, 0]);
    await series.close();
    const second = await seriesForTest({ file });
    expect(await second.series.append(batch)).toEqual({ durable: 0, duplicate: true });
    await second.series.maintain(clock.now + 2 * HOUR);
    await second.series.close();
    const third = await seriesForTest({ file });
    expect(await third.series.append(batch)).toEqual({ durable: 0, duplicate: true });
  });

  it('refuses a ragged block and keeps nothing of it', async () => {
    const { series } = shared;
    await expect(series.append(batchOf(gpu('a2'), [1, 2], { 'gpu.power': [100] }))).rejects.toThrow('gpu GPU-a2: gpu.power has 1 values for 2 times');
    expect(await series.entities({ ids: ['GPU-a2'], from: 0, to: 10 })).toEqual([]);
  });

  it('of two values for one instant keeps the later written, in memory and in chunks', async () => {
    const { series, clock } = shared;
    await series.append(batchOf(gpu('a3'), [1, 2], { 'gpu.power': [100, 200], 'gpu.util': [0.1, 0.2] }));
    await series.append(batchOf(gpu('a3'), [2], { 'gpu.power': [222] }));
    const read = async () =>
      (await series.tables({ entities: [gpu('a3')], from: 0, to: 10 })).map(({ t, columns }) => [
        [...t],
        [...(columns.get('gpu.power') ?? [])],
        [...(columns.get('gpu.util') ?? [])],
      ]);
    const wanted = [
      [
        [1, 2],
        [100, 222],
        [0.1, 0.2],
      ],
    ];
    expect(await read()).toEqual(wanted);
    await series.maintain(clock.now + 2 * HOUR);
    expect((await series.stats()).walRows).toBe(0);
    expect(await read()).toEqual(wanted);
  });

  it('keeps late and out-of-order samples, in their place', async () => {
    const { series, clock } = shared;
    await series.append(batchOf(gpu('a4'), [30, 10, 20], { 'gpu.power': [3, 1, 2] }));
    await series.maintain(clock.now + 2 * HOUR);
    await series.append(batchOf(gpu('a4'), [15, 5], { 'gpu.power': [1.5, 0.5] }));
    const [table] = await series.tables({ entities: [gpu('a4')], from: 0, to: 100 });
    expect([...(table?.t ?? [])]).toEqual([5, 10, 15, 20, 30]);
    expect([...(table?.columns.get('gpu.power') ?? [])]).toEqual([0.5, 1, 1.5, 2, 3]);
  });
});

describe('a range', () => {
  it('has least, mean and greatest per bucket, and leaves out what is absent', async () => {
    const { series } = shared;
    await series.append(batchOf(gpu('a5'), steps(0, 10, 6), { 'gpu.power': [1, 2, 3, null, 5, 6] }));
    const answer = await range(series, { entities: [gpu('a5'), gpu('unknown5')], metrics: ['gpu.power', 'gpu.util'], from: 0, to: 60, points: 3 });
    expect(answer).toEqual([
      {
        entity: { kind: 'gpu', id: 'GPU-a5', node: 'alvis1-01' },
        metric: 'gpu.power',
        unit: 'watts',
        t: [0, 20, 40],
        min: [1, 3, 5],
        mean: [1.5, 3, 5.5],
        max: [2, 3, 6],
      },
    ]);
  });

  it('shows a counter as its rate, under its own name and under its gauge, from the first bucket on', async () => {
    const { series } = shared;
    const host = { kind: 'host', id: 'alvis1-09', node: 'alvis1-09' } as const;
    // A restart at 40: that one interval is absent.
    await series.append(batchOf(host, steps(0, 10, 6), { 'host.netRx': [0, 1000, 3000, 4000, 500, 1500] }));
    const answer = await range(series, { entities: [host], metrics: ['host.netRxRate', 'host.netRx'], from: 10, to: 60, points: 5 });
    expect(answer.map(({ metric, unit, t, mean }) => ({ metric, unit, t, mean }))).toEqual([
      { metric: 'host.netRxRate', unit: 'bytes/s', t: [10, 20, 30, 50], mean: [100, 200, 100, 100] },
      { metric: 'host.netRx', unit: 'bytes/s', t: [10, 20, 30, 50], mean: [100, 200, 100, 100] },
    ]);
  });

  it('draws a long silence as one gap', async () => {
    const { series } = shared;
    await series.append(batchOf(gpu('a7'), [0, 10, 20, 80, 90], { 'gpu.power': [1, 1, 1, 2, 2] }));
    const [answer] = await range(series, { entities: [gpu('a7')], metrics: ['gpu.power'], from: 0, to: 100, points: 10 });
    expect([answer?.t, answer?.mean]).toEqual([
      [0, 10, 20, 30, 80, 90],
      [1, 1, 1, null, 2, 2],
    ]);
  });

  it('is the same from memory, from chunks, and over the edge between them', async () => {
    const { series, clock } = shared;
    const t = steps(day0, 10, 3000);
    const power = t.map((at) => 100 + (at % 70) / 10);
    const cut = { first: t.slice(0, 1700), second: t.slice(1700) };
    await series.append(batchOf(gpu('a8'), cut.first, { 'gpu.power': power.slice(0, 1700) }));
    await series.append(batchOf(gpu('b8'), t, { 'gpu.power': power }));
    await series.maintain(clock.now + 2 * HOUR);
    await series.append(batchOf(gpu('a8'), cut.second, { 'gpu.power': power.slice(1700) }));
    await series.append(batchOf(gpu('c8'), t, { 'gpu.power': power }));
    const answers = await range(series, {
      entities: [gpu('a8'), gpu('b8'), gpu('c8')],
      metrics: ['gpu.power'],
      from: day0 + 5000,
      to: day0 + 25_000,
      points: 200,
    });
    const [a, b, c] = answers.map(({ t: times, min, mean, max }) => ({ times, min, mean, max }));
    expect(a?.times).toHaveLength(200);
    expect(a).toEqual(b);
    expect(b).toEqual(c);
  });
});

describe('what is there', () => {
  it('is told per entity, by node and by name, in a time', async () => {
    const { series, clock } = shared;
    await series.append(batchOf(gpu('a9', 'n1.9'), [10, 20], { 'gpu.power': [1, 2], 'gpu.energy': [5, 6] }));
    await series.append(batchOf(gpu('b9', 'n2.9'), [30], { 'gpu.util': [0.5] }));
    await series.maintain(clock.now + 2 * HOUR);
    await series.append(batchOf(gpu('c9', 'n1.9'), [100], { 'gpu.util': [0.5] }));
    const names = async (query: Parameters<typeof series.entities>[0]) =>
      (await series.entities(query)).map(({ entity, first, last }) => [entity.id, entity.node, first, last]);
    expect(await names({ nodes: ['n1.9'], from: 0, to: 1000 })).toEqual([
      ['GPU-a9', 'n1.9', 10, 20],
      ['GPU-c9', 'n1.9', 100, 100],
    ]);
    expect(await names({ ids: ['GPU-b9'], from: 0, to: 1000 })).toEqual([['GPU-b9', 'n2.9', 30, 30]]);
    expect(await names({ nodes: ['n1.9'], ids: ['GPU-b9'], from: 15, to: 25 })).toEqual([['GPU-a9', 'n1.9', 20, 20]]);
    expect(await names({ nodes: ['n1.9'], from: 12, to: 18 })).toEqual([]);
    const [a] = await series.entities({ ids: ['GPU-a9'], from: 0, to: 1000 });
    expect(a?.metrics).toEqual(expect.arrayContaining(['gpu.power', 'gpu.energy']));
  });

  it('a table of too many rows is halved: gauges as means, counters as they were last', async () => {
    const { series } = shared;
    await series.append(batchOf(gpu('a10'), [1, 2, 3, 4, 5], { 'gpu.power': [1, 3, null, 8, 9], 'gpu.energy': [1, 2, 3, 4, 5] }));
    const [table] = await series.tables({ entities: [gpu('a10')], from: 0, to: 10, maxRows: 3 });
    expect([[...(table?.t ?? [])], [...(table?.columns.get('gpu.power') ?? [])], [...(table?.columns.get('gpu.energy') ?? [])]]).toEqual([
      [2, 4, 5],
      [2, 8, 9],
      [2, 4, 5],
    ]);
  });
});

describe('upkeep', () => {
  it('seals what is an hour old, and merges small chunks into whole ones', async () => {
    const { series, clock } = await seriesForTest();
    const start = clock.now;
    for (let part = 0; part < 5; part += 1) {
      await series.append(batchOf(gpu('a'), steps(start + part * 1000, 1, 1000), { 'gpu.power': steps(part, 1, 1000) }));
      await series.maintain(clock.now + HOUR - 1);
      expect((await series.stats()).walRows).toBe(1);
      await series.maintain(clock.now + HOUR);
      expect(await series.stats()).toMatchObject({ walRows: 0, values: 1000 * (part + 1) });
    }
    const [table] = await series.tables({ entities: [gpu('a')], from: start, to: start + DAY });
    expect([table?.t.length, table?.columns.get('gpu.power')?.[4999]]).toEqual([5000, 1003]);
    // 5,000 rows: one whole chunk of 4,096 and the rest.
    expect((await series.stats()).chunks).toBe(2);
  });

  it('seals at once what is 1,024 rows long', async () => {
    const { series, clock } = await seriesForTest();
    await series.append(batchOf(gpu('a'), steps(clock.now, 1, 1024), { 'gpu.power': steps(0, 1, 1024) }));
    await series.append(batchOf(gpu('b'), steps(clock.now, 1, 1023), { 'gpu.power': steps(0, 1, 1023) }));
    expect(await series.maintain(clock.now)).toEqual({ sealed: 1, expired: 0 });
  });

  it('keeps raw readings for their days, and roll-ups with exact extremes and means for longer', async () => {
    const { series, clock } = await seriesForTest({ rawDays: 2, rollupDays: 100 });
    clock.now = day0;
    const t = steps(day0, 10, 8640);
    await series.append(batchOf(gpu('a'), t, { 'gpu.power': t.map((_, index) => index % 6), 'gpu.pcieReplay': t.map((_, index) => index * 50) }));
    await series.maintain(day0 + DAY + HOUR - 1);
    expect((await series.stats()).chunks).toBe(3);
    await series.maintain(day0 + DAY + HOUR);
    expect((await series.stats()).chunks).toBe(5);
    await series.maintain(day0 + 3 * DAY - 1);
    expect((await series.tables({ entities: [gpu('a')], from: day0, to: day0 + DAY }))[0]?.t.length).toBe(8640);
    await series.maintain(day0 + 3 * DAY);
    expect((await series.stats()).chunks).toBe(2);
    const [table] = await series.tables({ entities: [gpu('a')], from: day0, to: day0 + DAY });
    expect([table?.t.length, table?.columns.get('gpu.power')?.[7]]).toEqual([1440, 2.5]);

    const ask = (points: number) => range(series, { entities: [gpu('a')], metrics: ['gpu.power', 'gpu.pcieReplay'], from: day0, to: day0 + HOUR, points });
    const [power, replay] = await ask(60);
    expect([power?.t.length, power?.min[0], power?.mean[0], power?.max[0]]).toEqual([60, 0, 2.5, 5]);
    expect([replay?.unit, replay?.mean[0], replay?.mean[1]]).toEqual(['1/s', 5, 5]);
    const [coarse] = await range(series, { entities: [gpu('a')], metrics: ['gpu.power'], from: day0, to: day0 + DAY, points: 24 });
    expect([coarse?.t.length, coarse?.t[1], coarse?.min[3], coarse?.mean[3], coarse?.max[3]]).toEqual([24, day0 + HOUR, 0, 2.5, 5]);

    await series.maintain(day0 + 102 * DAY);
    expect(await ask(60)).toEqual([]);
    expect((await series.stats()).chunks).toBe(0);
  });

  it('answers a coarse range over rolled-up and raw days alike', async () => {
    const { series, clock } = await seriesForTest();
    clock.now = day0 + DAY;
    const t = steps(day0, 60, 2880);
    await series.append(batchOf(gpu('a'), t, { 'gpu.power': t.map((_, index) => index) }));
    const ask = () => range(series, { entities: [gpu('a')], metrics: ['gpu.power'], from: day0, to: day0 + 2 * DAY, points: 8 });
    const before = await ask();
    await series.maintain(day0 + DAY + 2 * HOUR);
    expect((await series.stats()).chunks).toBe(3);
    expect(await ask()).toEqual(before);
    expect(before[0]?.mean).toEqual([179.5, 539.5, 899.5, 1259.5, 1619.5, 1979.5, 2339.5, 2699.5]);
  });

  it('rolls a day up again when late readings come for it', async () => {
    const { series, clock } = await seriesForTest();
    clock.now = day0 + DAY;
    await series.append(batchOf(gpu('a'), steps(day0, 60, 2880), { 'gpu.power': steps(0, 0, 2880) }));
    await series.maintain(day0 + 2.5 * DAY);
    const most = async () =>
      (await range(series, { entities: [gpu('a')], metrics: ['gpu.power'], from: day0, to: day0 + 2 * DAY, points: 48 }))[0]?.max.slice(0, 3);
    expect(await most()).toEqual([0, 0, 0]);
    clock.now = day0 + 2.5 * DAY;
    await series.append(batchOf(gpu('a'), [day0 + HOUR + 30], { 'gpu.power': [100] }));
    await series.maintain(clock.now + HOUR);
    expect(await most()).toEqual([0, 100, 0]);
  });

  it('drops entities of which nothing is left, and knows them again', async () => {
    const { series, clock } = await seriesForTest({ rawDays: 1, rollupDays: 2 });
    clock.now = day0;
    await series.append(batchOf(gpu('a'), steps(day0, 10, 1024), { 'gpu.power': steps(0, 1, 1024) }));
    await series.maintain(day0 + DAY / 2);
    expect(await series.entities({ from: 0, to: 1e12 })).toHaveLength(1);
    await series.maintain(day0 + 20 * DAY);
    expect(await series.entities({ from: 0, to: 1e12 })).toEqual([]);
    await series.append(batchOf(gpu('a'), [day0 + 20 * DAY], { 'gpu.power': [1] }));
    expect(await series.entities({ from: 0, to: 1e12 })).toHaveLength(1);
  });
});

describe('a restart', () => {
  it('loses nothing of readings, open or sealed, and goes on', async () => {
    const file = `${temporaryFolder()}/series.db`;
    const expected: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const { series, clock } = await seriesForTest({ file });
      const [before] = await series.tables({ entities: [gpu('a')], from: 0, to: 1e12 });
      expect([...(before?.t ?? [])].length).toBe(expected.length);
      expect([...(before?.t ?? [])]).toEqual(expected);
      const t = steps(clock.now + round * 1000, 1, 600);
      await series.append(batchOf(gpu('a'), t, { 'gpu.power': t }));
      expected.push(...t);
      if (round % 2 === 1) await series.maintain(clock.now + 2 * HOUR);
      await series.close();
    }
    expect(expected).toHaveLength(2400);
  });
});
