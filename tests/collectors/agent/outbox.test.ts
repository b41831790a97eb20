// Past the door of collectors/agent: the batches are looked at before anything sends them.
import { describe, expect, it } from 'vitest';
import { outbox } from '../../../collectors/agent/outbox.ts';
import { parcelFrom, parcelOf } from '../../../collectors/agent/parcel.ts';
import { batchFromIntake, type Fact, type Reading } from '../../../core/readings/index.ts';

const gpu = { kind: 'gpu', id: 'GPU-1', node: 'n1' } as const;
const reading = (at: number, values: Reading['values']): Reading => ({ entity: gpu, at, values });
const name = (value: string): Fact => ({ entity: gpu, name: 'name', value });
const batchOf = (intake: ReturnType<ReturnType<typeof outbox>['take']>) => (intake === null ? null : batchFromIntake(intake));

function box() {
  let added = 0;
  const own = outbox({ source: 's', node: 'n1', job: 'alvis/7', added: () => (added += 1) });
  return { ...own, added: () => added };
}

describe('the outbox', () => {
  it('gathers readings into one block per entity, absent values as null, ratios to four places', () => {
    const own = box();
    own.readings([reading(100.0004, { 'gpu.util': 0.86432160804, 'gpu.power': 301.57 })]);
    own.readings([reading(110, { 'gpu.power': 300 })]);
    expect(batchOf(own.take(110))).toEqual({
      source: 's',
      seq: 1,
      node: 'n1',
      job: 'alvis/7',
      facts: [],
      events: [],
      blocks: [{ entity: gpu, t: [100, 110], columns: { 'gpu.util': [0.8643, null], 'gpu.power': [301.57, 300] } }],
    });
    expect(own.added()).toBe(2);
  });

  it('has nothing to send twice, and numbers what it sends', () => {
    const own = box();
    expect(own.take(1)).toBeNull();
    own.readings([reading(1, { 'gpu.util': 1 })]);
    expect(own.take(1)?.seq).toBe(1);
    expect(own.take(2)).toBeNull();
    own.event({ at: 3, entity: null, kind: 'collector', text: 'x'.repeat(5000) });
    const batch = own.take(3);
    expect([batch?.seq, batch?.events?.[0]?.text.length]).toEqual([2, 1000]);
  });

  it('tells a fact once, again when it changes, and all of them after an hour', () => {
    const own = box();
    own.facts([name('A100')]);
    expect(own.take(0)?.facts?.map((fact) => fact.value)).toEqual(['A100']);
    own.facts([name('A100')]);
    expect(own.take(10)).toBeNull();
    own.facts([name('H100')]);
    expect(own.take(20)?.facts?.map((fact) => fact.value)).toEqual(['H100']);
    own.readings([reading(3599, { 'gpu.util': 1 })]);
    expect(own.take(3599)?.facts).toEqual([]);
    own.readings([reading(3600, { 'gpu.util': 1 })]);
    expect(own.take(3600)?.facts?.map((fact) => fact.value)).toEqual(['H100']);
  });

  it('is bounded: what is too much is counted and told', () => {
    const own = box();
    own.readings(Array.from({ length: 25_000 }, (_, index) => reading(index, { 'gpu.util': 1 })));
    const batch = own.take(1);
    expect(batch?.tables[0]?.t).toHaveLength(20_000);
    expect(batch?.events?.[0]?.text).toBe('5000 readings were too many for one batch and were dropped');
  });

  it('a batch is the same after compression', () => {
    const own = box();
    own.readings([reading(1, { 'gpu.util': 1 })]);
    const batch = own.take(1);
    if (batch === null) throw new Error('no batch');
    expect(parcelFrom(parcelOf(batch).bytes()).intake()).toEqual(batch);
  });
});
