// Past the door of collectors/agent: its batches are looked at before anything sends them.
import { describe, expect, it } from 'vitest';
import { outbox } from '../../../collectors/agent/outbox.ts';
import { batchFromIntake, type Block, blockFromTable, type Intake, type Reading, type Table, tableFromBlock, tableOf } from '../../../core/readings/index.ts';
import { startDemo } from '../../../server/demo/index.ts';
import { rawReader, scopeOf } from '../../../server/ingest/index.ts';
import { batchesOf } from '../../../web/lib/diagnose/store.ts';

const AT = [1_700_000_000.12346, 1_700_000_010.98765] as const;
const id = `GPU-${'0123456789'.repeat(30)}`;
const entity = { kind: 'gpu', id, node: 'n1' } as const;
const readings: Reading[] = [
  { entity, at: AT[0], values: { 'gpu.smActive': 0.86432160804, 'gpu.power': 301.5678 } },
  { entity, at: AT[1], values: { 'gpu.smActive': 1 / 3, 'gpu.energy': 12_345_678.9876 } },
];
const table = tableOf(entity, readings);
const wanted: Block = {
  entity: { kind: 'gpu', id: id.slice(0, 200), node: 'n1' },
  t: [1_700_000_000.123, 1_700_000_010.988],
  columns: { 'gpu.smActive': [0.8643, 0.3333], 'gpu.power': [301.57, null], 'gpu.energy': [null, 12_345_678.988] },
};

describe('the same readings are the same block, whoever sends them', () => {
  it('as the builder makes it: names cut at 200, times in milliseconds, the decimals of the metric’s row, null where absent', () => {
    expect(blockFromTable(table)).toEqual(wanted);
  });

  it('a part of a table is a block of its own', () => {
    expect(blockFromTable(table, { from: 1, to: 2 })).toEqual({
      ...wanted,
      t: [1_700_000_010.988],
      columns: { 'gpu.smActive': [0.3333], 'gpu.power': [null], 'gpu.energy': [12_345_678.988] },
    });
  });

  it('and comes back as the table that it was, to those digits; made a block again it stays', () => {
    const back = tableFromBlock(blockFromTable(table));
    expect([...(back.columns.get('gpu.power') ?? [])]).toEqual([301.57, Number.NaN]);
    expect(blockFromTable(back)).toEqual(wanted);
  });

  it('from the agent', () => {
    const box = outbox({ source: 's', node: 'n1', job: null, added: () => undefined });
    box.readings(readings);
    const intake = box.take(AT[1]);
    expect(intake === null ? [] : batchFromIntake(intake).blocks).toEqual([wanted]);
    // What goes to a server in this process needs no block to be the same.
    expect(intake?.tables).toEqual([tableFromBlock(wanted)]);
  });

  it('from a tool’s output that is streamed', () => {
    const page = (at: number, values: Record<string, number>): string =>
      Object.entries(values)
        .map(([name, value]) => `# TYPE ${name} gauge\n${name}{gpu="0",UUID="${id}"} ${value} ${Math.round(at * 1000)}\n`)
        .join('');
    const raw = rawReader(scopeOf({ sender: 'x', node: 'n1', key: null, job: null }), { node: 'n1' }, 'prometheus');
    const pieces = [
      raw.feed(page(AT[0], { DCGM_FI_PROF_SM_ACTIVE: 0.86432160804, DCGM_FI_DEV_POWER_USAGE: 301.5678 }), AT[0]),
      raw.feed(page(AT[1], { DCGM_FI_PROF_SM_ACTIVE: 1 / 3, DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION: 12_345_678_987.6 }), AT[1]),
      raw.end(AT[1]),
    ];
    expect(pieces.flatMap((piece) => piece.tables.map(rowsOfTable)).flat()).toEqual(rowsOfTable(tableFromBlock(wanted)));
  });

  it('from the page that stores a diagnosis', () => {
    const run = { clock: 'relative' as const, tables: [{ ...table, t: table.t.map((at) => at - 1_700_000_000) }], events: [] };
    const ask = { cluster: 'c', id: '1', name: 'x', node: 'n1', start: 1_700_000_000, source: 'page' };
    expect([...batchesOf(run, ask)].flatMap((batch) => batch.blocks)).toEqual([wanted]);
  });

  it('and the demo’s are what the builder would make of them', async () => {
    const intakes: Intake[] = [];
    const demo = await startDemo({
      seed: 1,
      now: () => 1_740_139_200,
      ingest: (intake) => Promise.resolve(void intakes.push(intake)),
      declare: () => Promise.resolve(),
      log: { info: () => undefined, error: () => undefined },
    });
    await demo.stop();
    const tables = intakes.flatMap((intake) => intake.tables);
    expect(tables.length).toBeGreaterThan(500);
    for (const sent of tables) expect(tableFromBlock(blockFromTable(sent))).toEqual(sent);
  });
});

/** A table row by row: a stream gives a row as soon as it has it. */
function rowsOfTable({ entity: of, t, columns }: Table): unknown[] {
  return Array.from(t, (at, row) => [
    of,
    at,
    Object.fromEntries([...columns].flatMap(([name, column]) => (Number.isNaN(column[row]) ? [] : [[name, column[row]]]))),
  ]);
}
