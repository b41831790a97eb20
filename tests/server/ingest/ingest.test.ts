// Past the door of server/ingest: the one way in is asked without a store behind it.
import { describe, expect, it } from 'vitest';
import type { Intake } from '../../../core/readings/index.ts';
import { ingestInto } from '../../../server/ingest/index.ts';
import { type Origin } from '../../../server/ingest/ingest.ts';
import { someSenders } from '../../support/senders.ts';

const NOW = 1_740_139_200;
const DAY = 86_400;
const AGENT: Origin = { kind: 'agent', sender: { kind: 'system' }, mark: '' };
const unasked = (): never => {
  throw new Error('ingest reads nothing');
};
const NO_SERIES = { range: unasked, tables: unasked, entities: unasked, maintain: unasked, stats: unasked };

const gpu = { kind: 'gpu', id: 'GPU-1', node: 'n1' } as const;

/** An ingest into a list, which answers that it has had the batch before where `duplicate`. */
function into(duplicate = false) {
  const appended: Intake[] = [];
  const told: Intake[] = [];
  const ingest = ingestInto({
    quota: { admit: (intake) => intake, receive: () => undefined },
    series: {
      ...NO_SERIES,
      append: (intake) => {
        appended.push(intake);
        return Promise.resolve({ durable: intake.tables.reduce((sum, { t }) => sum + t.length, 0), duplicate });
      },
    },
    rawDays: 30,
    senders: someSenders,
    now: () => NOW,
    prepare: (intake) => Promise.resolve(intake),
    stored: (intake) => told.push(intake),
  });
  return { ingest, appended, told };
}

/** What a batch with one reading at each time leaves in the store, and what is said of the rest. */
async function taken(kind: Origin['kind'], t: readonly number[]) {
  const { ingest, appended } = into();
  const blocks = [{ entity: gpu, t, columns: { 'gpu.util': t.map(() => 0.5) } }];
  const { durable, rejected } = await ingest.batch({ source: 's', seq: 0, blocks }, { kind, sender: { kind: 'system' }, mark: '' });
  return { durable, kept: appended.flatMap(({ tables }) => tables.flatMap(({ t }) => [...t])), reasons: rejected.map(({ reason }) => reason) };
}

describe('a reading’s time', () => {
  it('may be five minutes ahead, no more: one wrong clock must not draw every chart of the job into the future', async () => {
    expect(await taken('agent', [NOW, NOW + 300, NOW + 301])).toEqual({
      durable: 2,
      kept: [NOW, NOW + 300],
      reasons: ["more than 5 minutes ahead of this server's clock: set the sender's clock (NTP)"],
    });
    expect((await taken('page', [NOW + 301])).durable).toBe(0);
  });

  it('measured now is no older than raw readings are kept: it would be expired before it was read', async () => {
    expect(await taken('raw', [NOW - 30 * DAY - 1, NOW - 30 * DAY])).toEqual({
      durable: 1,
      kept: [NOW - 30 * DAY],
      reasons: ['older than the 30 days that raw readings are kept (HEADROOM_RAW_DAYS)'],
    });
  });

  it('of a recording may be of any year since 2000: a file of last year is what people bring', async () => {
    expect(await taken('page', [946_684_799, 946_684_800, NOW - 365 * DAY])).toEqual({
      durable: 2,
      kept: [946_684_800, NOW - 365 * DAY],
      reasons: ['before the year 2000'],
    });
    expect((await taken('demo', [NOW - 365 * DAY])).durable).toBe(1);
  });

  it('that nothing is left of is answered without a word to the store', async () => {
    expect(await taken('agent', [NOW + 4000])).toMatchObject({ durable: 0, kept: [] });
  });
});

describe('a batch', () => {
  const one = { entity: { kind: 'gpu', id: 'GPU-1' }, t: [NOW], columns: { 'gpu.util': [0.5] } };
  it('that was there before is acknowledged, and told to nobody: its readings would be judged twice', async () => {
    const { ingest, appended, told } = into(true);
    expect(await ingest.batch({ source: 's', seq: 0, blocks: [one] }, AGENT)).toMatchObject({ duplicate: true });
    expect([appended.length, told.length]).toEqual([1, 0]);
    const fresh = into();
    await fresh.ingest.batch({ source: 's', seq: 0, blocks: [one] }, AGENT);
    expect(fresh.told).toEqual(fresh.appended);
  });

  it('names the node of all that it is about, where they name none: nobody would find them on it otherwise', async () => {
    const { ingest, appended } = into();
    const facts = [{ entity: { kind: 'gpu', id: 'GPU-1' }, name: 'name', value: 'A100' }];
    const events = [{ at: NOW, entity: { kind: 'gpu', id: 'GPU-1' }, kind: 'oom', text: 'out of memory' }];
    const host = { entity: { kind: 'host', id: 'n2' }, t: [NOW], columns: { 'host.cpu': [0.5] } };
    const other = { ...one, entity: { kind: 'gpu', id: 'GPU-9', node: 'n9' } };
    await ingest.batch({ source: 's', seq: 0, node: 'n1', blocks: [one, host, other], facts, events }, AGENT);
    expect(appended[0]?.tables.map(({ entity }) => entity)).toEqual([
      { kind: 'gpu', id: 'GPU-1', node: 'n1' },
      { kind: 'host', id: 'n2', node: 'n2' },
      { kind: 'gpu', id: 'GPU-9', node: 'n9' },
    ]);
    expect(appended[0]?.facts[0]?.entity.node).toBe('n1');
    expect(appended[0]?.events[0]?.entity?.node).toBe('n1');
  });

  it('of facts alone, or of an event alone, is taken: what a GPU is called comes without a reading', async () => {
    const { ingest, told } = into();
    await ingest.batch({ source: 's', seq: 0, blocks: [], facts: [{ entity: gpu, name: 'name', value: 'A100' }] }, AGENT);
    await ingest.batch({ source: 's', seq: 1, blocks: [], events: [{ at: null, entity: null, kind: 'oom', text: 'out of memory' }] }, AGENT);
    expect(told.map(({ facts, events }) => [facts.length, events.length])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});
