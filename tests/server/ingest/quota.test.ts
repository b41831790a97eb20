// Past the door of server/ingest: limits are met with a handful of entities, and a minute passes at once.
import { describe, expect, it } from 'vitest';
import { openQuota } from '../../../server/ingest/quota.ts';
import { INTAKE_BOUNDS, type IntakeBounds } from '../../../server/settings/index.ts';
import type { Intake } from '../../../core/readings/index.ts';
import { batchOf, gpu } from '../../support/batches.ts';

function quota(bounds: Partial<IntakeBounds>) {
  const clock = { now: 1000 };
  const warned: string[] = [];
  const log = { warn: (_: object, text: string) => void warned.push(text) };
  const all = { entities: 1e6, entitiesPerToken: 1e6, values: 1e9, valuesPerToken: 1e9, megabytes: 1e6, megabytesPerToken: 1e6, ...bounds };
  const opened = openQuota({ bounds: all, now: () => clock.now, log });
  const rejected: string[] = [];
  const admit = (intake: Intake, sender = 'a') =>
    opened.admit(intake, sender, (at, reason) => void rejected.push(`${at}: ${reason}`)).tables.map(({ entity }) => entity.id);
  return { clock, admit, rejected, warned, restore: opened.restore, receive: opened.receive };
}

const of = (...names: string[]): Intake => {
  const [first, ...others] = names.map((name) => batchOf(gpu(name), [1], { 'gpu.power': [1] }));
  if (first === undefined) throw new Error('a batch has a block');
  return { ...first, tables: [...first.tables, ...others.flatMap(({ tables }) => tables)] };
};

describe('a limit on entities', () => {
  it('keeps the readings of those that are known and refuses the new ones, by the limit’s name', () => {
    const { admit, rejected, warned } = quota({ entities: 2 });
    expect(admit(of('1', '2'))).toEqual(['GPU-1', 'GPU-2']);
    expect(admit(of('3', '1'))).toEqual(['GPU-1']);
    expect(rejected).toEqual(['blocks/0/entity: the limit “entities” (2) is reached: nothing new is taken in']);
    expect(warned).toHaveLength(1);
  });

  it('answers 429 with a time where all of a batch is new', () => {
    const { admit } = quota({ entities: 1 });
    admit(of('1'));
    expect(() => admit(of('2'))).toThrow(expect.objectContaining({ status: 429, retryAfter: 600 }) as Error);
  });

  it('per token holds up that token alone', () => {
    const { admit } = quota({ entitiesPerToken: 1 });
    admit(of('1'), 'a');
    expect(() => admit(of('2'), 'a')).toThrow(/entities per token/);
    expect(admit(of('2'), 'b')).toEqual(['GPU-2']);
    expect(admit(of('2'), 'a')).toEqual(['GPU-2']);
  });

  it('per token is for as long as its things are known: no hour gives it anew', () => {
    const { admit, restore } = quota({ entitiesPerToken: 2 });
    restore({ gpu: ['GPU-0'], host: [], engine: [], process: [] });
    admit(of('1', '2'), 'a');
    restore({ gpu: ['GPU-0', 'GPU-1', 'GPU-2'], host: [], engine: [], process: [] });
    expect(() => admit(of('3'), 'a')).toThrow(/entities per token/);
    restore({ gpu: ['GPU-0', 'GPU-2'], host: [], engine: [], process: [] });
    expect(admit(of('3', '4'), 'a')).toEqual(['GPU-3']);
  });

  it('counts what the store knows at a start, and gives back the room of what it has forgotten', () => {
    const { admit, restore } = quota({ entities: 2 });
    restore({ gpu: ['GPU-1', 'GPU-2'], host: [], engine: [], process: [] });
    expect(() => admit(of('3'))).toThrow(/“entities” \(2\)/);
    restore({ gpu: ['GPU-2'], host: [], engine: [], process: [] });
    expect(admit(of('3'))).toEqual(['GPU-3']);
  });
});

describe('what is only spoken of', () => {
  const said = (...names: string[]): Intake => ({
    source: 's',
    seq: 1,
    tables: [],
    facts: names.map((name) => ({ entity: { kind: 'engine', id: name, node: 'n1' }, name: 'model', value: 'x' })),
    events: [],
  });
  const happened = (name: string): Intake => ({
    ...said(),
    events: [
      { at: 1, kind: 'xid', text: 'x', entity: gpu(name) },
      { at: 1, kind: 'xid', text: 'x', entity: null },
    ],
  });

  it('counts as a thing, in facts and in events, and is refused by its place where there is no room', () => {
    const { admit, rejected } = quota({ entities: 2 });
    admit(said('a', 'b'));
    admit(said('a'));
    expect(() => admit(said('c'))).toThrow(expect.objectContaining({ status: 429 }) as Error);
    admit(said('b', 'd'));
    admit(happened('1'));
    expect(rejected.map((one) => one.split(':')[0])).toEqual(['facts/0/entity', 'facts/1/entity', 'events/0/entity']);
  });

  it('counts at a start, as what has readings does', () => {
    const { admit, restore } = quota({ entities: 2 });
    restore({ gpu: ['GPU-1'], host: [], engine: [], process: [] }, { gpu: ['GPU-1'], host: [], engine: ['a'], process: [] });
    admit(said('a'));
    expect(() => admit(said('b'))).toThrow(/“entities” \(2\)/);
  });

  it('is so much of the minute as there are facts and events', () => {
    const { admit } = quota({ valuesPerToken: 3 });
    admit(said('a', 'b'));
    expect(() => admit(said('a', 'b'))).toThrow(/values a minute per token/);
  });
});

describe('a limit on values', () => {
  it('refuses the batch beyond it until the minute is over, and says for how long', () => {
    const { admit, clock } = quota({ values: 3 });
    admit(of('1', '2'));
    clock.now += 20;
    expect(() => admit(of('1', '2'), 'b')).toThrow(expect.objectContaining({ status: 429, retryAfter: 40 }) as Error);
    clock.now += 40;
    expect(admit(of('1', '2'))).toHaveLength(2);
  });

  it('per token leaves the others theirs, and lets one batch in, however large', () => {
    const { admit } = quota({ valuesPerToken: 1 });
    expect(admit(of('1', '2'))).toHaveLength(2);
    expect(() => admit(of('1'))).toThrow(/values a minute per token/);
    expect(admit(of('1'), 'b')).toHaveLength(1);
  });
});

describe('a limit on bytes', () => {
  const MIB = 2 ** 20;

  it('refuses what is beyond it before it is read, until the minute is over', () => {
    const { receive, clock, warned } = quota({ megabytes: 2 });
    receive(MIB, 'a');
    receive(MIB, 'b');
    clock.now += 45;
    expect(() => receive(1, 'c')).toThrow(
      expect.objectContaining({ status: 429, retryAfter: 15, error: 'the limit “bytes a minute” (2) is reached' }) as Error,
    );
    expect(warned).toHaveLength(1);
    clock.now += 15;
    receive(1, 'c');
  });

  it('per token leaves the others theirs', () => {
    const { receive } = quota({ megabytesPerToken: 1 });
    receive(MIB, 'a');
    expect(() => receive(1, 'a')).toThrow(/bytes a minute per token/);
    receive(MIB, 'b');
  });
});

describe('the defaults', () => {
  it('hold a cluster of 2,000 GPUs and 500 nodes with twenty processes each at a reading a second, several times', () => {
    const things = 2_000 + 500 + 500 * 20 + 500;
    expect(INTAKE_BOUNDS.entities.value).toBeGreaterThan(5 * things);
    expect(INTAKE_BOUNDS.values.value).toBeGreaterThan(4 * 60 * things * 15);
  });
});
