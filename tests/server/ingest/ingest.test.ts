import { describe, expect, it } from 'vitest';
import type { IngestBatch } from '../../../core/contract/ingest.ts';
import { ingestInto, type Origin } from '../../../server/ingest/ingest.ts';

const NOW = 1_740_139_200;
const DAY = 86_400;

/** What a batch with one reading at each time leaves in the store, and what is said of the rest. */
async function taken(kind: Origin['kind'], t: readonly number[]) {
  const stored: IngestBatch[] = [];
  const ingest = ingestInto({
    series: {
      append: (batch) => {
        stored.push(batch);
        return Promise.resolve({ durable: batch.blocks.reduce((sum, block) => sum + block.t.length, 0), duplicate: false });
      },
    },
    rawDays: 30,
    now: () => NOW,
    prepare: (batch) => Promise.resolve(batch),
    stored: () => undefined,
  });
  const blocks = [{ entity: { kind: 'gpu', id: 'GPU-1', node: 'n1' }, t, columns: { 'gpu.util': t.map(() => 0.5) } }];
  const { durable, rejected } = await ingest({ source: 's', seq: 0, blocks }, { kind, name: 'test' });
  return { durable, kept: stored.flatMap((batch) => batch.blocks.flatMap((block) => block.t)), reasons: rejected.map(({ reason }) => reason) };
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
