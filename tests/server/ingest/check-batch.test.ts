// Past the door of server/ingest: refusals are tried piece by piece, without a store behind them.
import { describe, expect, it } from 'vitest';
import { checkBatch, checkIntake } from '../../../server/ingest/check-batch.ts';
import { batchFromIntake } from '../../../core/readings/index.ts';
import { Problem } from '../../../server/http/index.ts';
import { ANYBODY } from '../../support/senders.ts';

const window = { oldest: 1000, newest: 2000, why: { old: 'too old', future: 'in the future' } };
const gpu = { kind: 'gpu', id: 'GPU-1', node: 'n1' };
/** What is kept of a body, as the wire would have it. */
const check = (body: unknown) => {
  const { intake, rejected } = checkBatch(body, window, ANYBODY);
  return { batch: batchFromIntake(intake), rejected };
};
const batch = (block: object) => ({ source: 's', seq: 0, blocks: [block] });

describe('a batch', () => {
  it('that is good comes back as it is', () => {
    const block = { entity: gpu, t: [1000, 1001.5, 2000], columns: { 'gpu.util': [0, 1, null], 'gpu.power': [50, 400, 300] } };
    const { batch: kept, rejected } = check(batch(block));
    expect(rejected).toEqual([]);
    expect(kept.blocks).toEqual([block]);
  });

  it('keeps the rest where one value is out of range or no number, and says which', () => {
    const { batch: kept, rejected } = check(batch({ entity: gpu, t: [1000, 1001, 1002], columns: { 'gpu.util': [0.5, 55, 'x'], 'gpu.temp': [40, 41, 42] } }));
    expect(kept.blocks[0]?.columns).toEqual({ 'gpu.util': [0.5, null, null], 'gpu.temp': [40, 41, 42] });
    expect(rejected).toEqual([
      { at: 'blocks/0/columns/gpu.util/1', reason: '55 ratio is out of range, expected 0 to 105 %: taken as absent' },
      { at: 'blocks/0/columns/gpu.util/2', reason: '"x" is out of range, expected 0 to 105 %: taken as absent' },
    ]);
  });

  it('keeps the rest of a block, however deep what stands where a number belongs is nested', () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`);
    const { batch: kept, rejected } = check(batch({ entity: gpu, t: [1000, 1001, 1002, 1003], columns: { 'gpu.util': [0.5, deep, [deep], true] } }));
    expect(kept.blocks[0]?.columns).toEqual({ 'gpu.util': [0.5, null, null, null] });
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'an object is out of range, expected 0 to 105 %: taken as absent',
      'a list is out of range, expected 0 to 105 %: taken as absent',
      'true is out of range, expected 0 to 105 %: taken as absent',
    ]);
  });

  it.each([
    [1.05, 1.05],
    [1.0500001, null],
    [0, 0],
    [-0.0001, null],
  ])('takes a ratio of %s as %s', (value, kept) => {
    expect(check(batch({ entity: gpu, t: [1000], columns: { 'gpu.util': [value] } })).batch.blocks[0]?.columns['gpu.util']).toEqual([kept]);
  });

  it('drops rows with a stamp that cannot be, both ends of the window included', () => {
    const { batch: kept, rejected } = check(batch({ entity: gpu, t: [999.9, 1000, 2000, 2000.1, null], columns: { 'gpu.util': [0.1, 0.2, 0.3, 0.4, 0.5] } }));
    expect(kept.blocks[0]).toEqual({ entity: gpu, t: [1000, 2000], columns: { 'gpu.util': [0.2, 0.3] } });
    expect(rejected.map((one) => `${one.at}: ${one.reason}`)).toEqual([
      'blocks/0/t/0: too old',
      'blocks/0/t/3: in the future',
      'blocks/0/t/4: expected a number: seconds since 1970-01-01 UTC',
    ]);
  });

  it('puts rows of a clock that went back in order; of two rows for one instant the later one stays', () => {
    const { batch: kept, rejected } = check(batch({ entity: gpu, t: [1005, 1001, 1005], columns: { 'gpu.util': [0.1, 0.2, 0.3] } }));
    expect(kept.blocks[0]).toEqual({ entity: gpu, t: [1001, 1005], columns: { 'gpu.util': [0.2, 0.3] } });
    expect(rejected).toEqual([]);
  });

  it('of two neighbouring rows for one instant keeps the later, too: the store must not hold two values for one time', () => {
    const { batch: kept } = check(batch({ entity: gpu, t: [1001, 1005, 1005], columns: { 'gpu.util': [0.1, 0.2, 0.3] } }));
    expect(kept.blocks[0]).toEqual({ entity: gpu, t: [1001, 1005], columns: { 'gpu.util': [0.1, 0.3] } });
  });

  it('leaves out columns that are unknown, of another kind of entity, or of another length', () => {
    const { batch: kept, rejected } = check(
      batch({ entity: gpu, t: [1000], columns: { 'gpu.util': [0.5], 'gpu.colour': [1], 'host.cpu': [0.5], 'gpu.power': [1, 2], 'gpu.temp': 40 } }),
    );
    expect(kept.blocks[0]?.columns).toEqual({ 'gpu.util': [0.5] });
    expect(rejected.map((one) => one.at)).toEqual([
      'blocks/0/columns/gpu.colour',
      'blocks/0/columns/host.cpu',
      'blocks/0/columns/gpu.power',
      'blocks/0/columns/gpu.temp',
    ]);
  });

  it('loses a malformed block, fact or event alone', () => {
    const { batch: kept, rejected } = check({
      source: 's',
      seq: 0,
      blocks: [{ entity: { kind: 'tpu', id: 'x' }, t: [1000], columns: {} }, 7, { entity: gpu, t: [1000], columns: { 'gpu.util': [0.5] } }],
      facts: [
        { entity: gpu, name: 'name', value: 'A100' },
        { entity: gpu, name: 'mood', value: 'good' },
      ],
      events: [{ at: 1500, entity: null, kind: 'oom', text: 'x' }, { at: 5000, entity: null, kind: 'oom', text: 'x' }, 'no'],
    });
    expect(kept.blocks).toHaveLength(1);
    expect(kept.facts).toHaveLength(1);
    expect(kept.events).toHaveLength(1);
    expect(rejected.map((one) => one.at)).toEqual(['blocks/0/entity/kind', 'blocks/1', 'facts/1/name', 'events/1/at', 'events/2']);
  });

  it('names places in what was sent: what was refused before is counted', () => {
    const late = { at: 5000, entity: null, kind: 'oom', text: 'x' };
    const { rejected } = check({
      source: 's',
      seq: 0,
      blocks: [7, { entity: gpu, t: [1, 1000, 1001], columns: { 'gpu.util': [0.5, 0.5, 7] } }],
      facts: ['no', { entity: gpu, name: 'mood', value: 'good' }],
      events: ['no', late, { ...late, at: 1500 }, { ...late, at: 1 }],
    });
    expect(rejected.map((one) => `${one.at}: ${one.reason}`.replace(/: (must|7 ratio).*/, ''))).toEqual([
      'blocks/0',
      'blocks/1/t/0: too old',
      'blocks/1/columns/gpu.util/2',
      'facts/0',
      'facts/1/name',
      'events/0',
      'events/1/at: in the future',
      'events/3/at: too old',
    ]);
  });

  it('tells the first hundred faults and counts the others', () => {
    const column = Array.from({ length: 250 }, () => -1);
    const { rejected } = check(batch({ entity: gpu, t: column.map((_, index) => 1000 + index), columns: { 'gpu.util': column } }));
    expect(rejected).toHaveLength(101);
    expect(rejected.at(-1)).toEqual({ at: 'body', reason: 'and 150 more' });
  });

  it('leaves what a sender in this process handed over as it is: a stream hands it over again while the store is busy, and is told again what was refused', () => {
    const power = Float64Array.from([300, -1, 310]);
    const table = {
      entity: { kind: 'gpu', id: 'GPU-1' } as const,
      t: Float64Array.from([1000, 1001, 1002]),
      columns: new Map([['gpu.power' as const, power]]),
      facts: new Map(),
    };
    const look = () => checkIntake({ source: 's', seq: 0, tables: [table], facts: [], events: [] }, window, ANYBODY);
    const first = look();
    expect([...(first.intake.tables[0]?.columns.get('gpu.power') ?? [])]).toEqual([300, Number.NaN, 310]);
    expect([...power]).toEqual([300, -1, 310]);
    expect(look().rejected).toEqual(first.rejected);
    expect(first.rejected).toHaveLength(1);
  });

  it.each([
    null,
    7,
    [],
    {},
    { source: 's', seq: -1, blocks: [] },
    { source: '', seq: 0, blocks: [] },
    { source: 's', seq: 0.5, blocks: [] },
    { source: 's', seq: 0, blocks: [], extra: 1 },
  ])('that is none is refused: %o', (input) => {
    expect(() => check(input)).toThrow(Problem);
  });
});
