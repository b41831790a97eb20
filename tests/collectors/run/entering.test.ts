// Past the door of collectors/run: a source is read with a collector that keeps nothing back.
import { describe, expect, it } from 'vitest';
import type { Collector } from '../../../collectors/collector/index.ts';
import { openSource } from '../../../collectors/run/source.ts';
import type { Batch, EntityRef, Reading } from '../../../core/readings/index.ts';

const GPU: EntityRef = { kind: 'gpu', id: 'GPU-1', node: 'n1' };
const EMPTY: Batch = { clock: 'utc', zoneless: false, readings: [], facts: [], events: [], rejected: [] };
const TURNED = 'model\u202egpj.\u2066x';

/** What a diagnosis takes of a batch, from whichever collector it comes. */
function taken(batch: Partial<Batch>, file = 'a.log') {
  const careless: Collector = {
    id: 'careless',
    title: 'A collector that checks nothing',
    entities: ['gpu'],
    sniff: () => 1,
    open: () => ({ feed: () => EMPTY, end: () => ({ ...EMPTY, ...batch }) }),
  };
  const source = openSource({ file, context: {}, recognise: () => [careless] });
  source.feed('text\n');
  const [data] = source.end();
  if (data === undefined) throw new Error('a source has its data');
  return data;
}
const reading = (at: number, values: Reading['values'], entity = GPU): Reading => ({ entity, at, values });

describe('what enters a diagnosis', () => {
  it('has no value that cannot be, whichever collector forgot to look: it is absent, counted and told', () => {
    const { tables, notes, readings } = taken({
      readings: [reading(1, { 'gpu.power': 300, 'gpu.temp': 40 }), reading(2, { 'gpu.power': 1e9, 'gpu.temp': 41 }), reading(3, { 'gpu.power': -1 })],
    });
    expect(readings).toBe(3);
    const [table] = tables;
    expect([...(table?.t ?? [])]).toEqual([1, 2]);
    expect([...(table?.columns.get('gpu.power') ?? [])]).toEqual([300, Number.NaN]);
    expect([...(table?.columns.get('gpu.temp') ?? [])]).toEqual([40, 41]);
    expect(notes).toEqual(['a.log: 2 values that cannot be were taken as absent, the first gpu.power: 1000000000 watts is out of range, expected 0 to 5000 W']);
  });

  it('has no name that turns the sentence around it, or that no address could hold: it is left out and told', () => {
    const bad = [
      { ...GPU, id: `GPU-${TURNED}` },
      { ...GPU, id: 'GPU-2', node: '..' },
    ] as const;
    const { tables, notes, events } = taken({
      readings: [reading(1, { 'gpu.power': 300 }), ...bad.map((entity) => reading(1, { 'gpu.power': 1 }, entity))],
      events: bad.slice(0, 1).map((entity) => ({ at: 1, entity, kind: 'xid', text: 'Xid 79' })),
    });
    expect(tables.map(({ entity }) => entity)).toEqual([GPU]);
    expect(events).toEqual([]);
    expect(notes).toEqual([
      'a.log: 3 lines about things whose names cannot be kept were left out: a name has no direction marks (they turn the text around them)',
    ]);
  });

  it('has marks made visible in whatever else is told: facts, events, refused lines, results, the name of the file', () => {
    const data = taken(
      {
        readings: [reading(1, { 'gpu.power': 300 })],
        facts: [{ entity: GPU, name: 'name', value: TURNED }],
        events: [{ at: 1, entity: GPU, kind: 'oom', text: TURNED }],
        rejected: [{ line: 1, reason: `no ${TURNED}`, text: TURNED }],
        statements: [{ tool: TURNED, says: [TURNED], figures: [], instead: TURNED }],
      },
      TURNED,
    );
    const told = JSON.stringify({ ...data, tables: data.tables.map(({ facts }) => [...facts.values()]) });
    expect(told).not.toMatch(/[\u202e\u2066]/);
    expect(told.match(/model\ufffdgpj\.\ufffdx/g)).toHaveLength(8);
  });
});
