// Past the door of server/ingest: the quick reader of batches is compared with the slow one.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { IngestBatch } from '../../core/contract/index.ts';
import { type EntityKind, FACT_NAMES, type Intake, limitsOf, METRIC_IDS, METRICS, type Table } from '../../core/readings/index.ts';
import { type Checked, checkBatch, checkRead } from '../../server/ingest/check-batch.ts';
import { tooDeep } from '../../server/http/index.ts';
import { ingestInto } from '../../server/ingest/index.ts';
import { readBatch } from '../../server/ingest/read-batch.ts';
import { ANYBODY, someSenders } from '../../tests/support/senders.ts';
import { type Target, target, timed } from './fuzz.ts';
import { change, changed, damage, damagedBytes } from './json.ts';

const KINDS = ['gpu', 'host', 'engine', 'process'] as const satisfies readonly EntityKind[];
/** Some metrics of each kind: all of them would say no more. */
const SOME = KINDS.map((kind) => METRIC_IDS.filter((id) => METRICS[id].entity === kind).slice(0, 8));

/** Values of a metric: written as tools print them, at both ends, absent. */
const valueOf = (id: (typeof METRIC_IDS)[number]): fc.Arbitrary<number | null> => {
  const { least, most } = limitsOf(id);
  const span = Math.min(most, 1e6);
  return fc.oneof(
    fc.integer({ min: 0, max: 1_000_000 }).map((part) => Math.min(most, Math.max(least, Math.round((part / 1e6) * span * 1000) / 1000))),
    fc.constantFrom(null, least, most, ...(least <= 0 ? [0] : [])),
  );
};

type Block = IngestBatch['blocks'][number];

/** A good block; `t` from `first` on, in order. */
const block = (first: number): fc.Arbitrary<Block> =>
  fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 5 }), fc.nat({ max: 6 })).chain(([kind, rows, gap]) => {
    const ids = fc.subarray(SOME[kind] ?? [], { minLength: 1, maxLength: 3 });
    return ids.chain((metrics) =>
      fc.tuple(...metrics.map((id) => fc.array(valueOf(id), { minLength: rows, maxLength: rows }))).map((values) => ({
        entity: { kind: KINDS[kind] ?? 'gpu', id: 'x', node: 'n1' },
        t: Array.from({ length: rows }, (_, row) => first + row * (1 + gap / 4)),
        columns: Object.fromEntries(metrics.map((id, index) => [id, values[index] ?? []])),
      })),
    );
  });

/** A good batch; each block is about an entity of its own. */
export const goodBatch = (first: number): fc.Arbitrary<IngestBatch> =>
  fc.record(
    {
      source: fc.constantFrom('agent', 's', 'x'.repeat(200)),
      seq: fc.oneof(fc.nat(), fc.maxSafeNat()),
      node: fc.constantFrom('n1', ''),
      blocks: fc
        .array(block(first), { maxLength: 4 })
        .map((blocks) =>
          blocks.map((one, index) => ({ ...one, entity: { ...one.entity, id: `e${index}`, ...(one.entity.kind === 'host' ? { node: `e${index}` } : {}) } })),
        ),
      facts: fc.array(
        fc.record({
          entity: fc.constant({ kind: 'gpu' as const, id: 'e0' }),
          name: fc.constantFrom(...FACT_NAMES),
          value: fc.constantFrom('A100', 'ü “x” ]}', ''),
        }),
        {
          maxLength: 2,
        },
      ),
      events: fc.array(
        fc.record({ at: fc.constantFrom(null, first), entity: fc.constant(null), kind: fc.constant('xid' as const), text: fc.constantFrom('Xid 79', '\\ "') }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: ['source', 'seq', 'blocks'], noNullPrototype: true },
  );

const window = { oldest: 1_000, newest: 2_000, why: { old: 'too old', future: 'in the future' } };
const bodies = fc.tuple(goodBatch(1_000), fc.option(change), damage).map(([batch, one, all]) =>
  // A character for each byte: a report of it can be read.
  damagedBytes(one === null ? JSON.stringify(batch) : changed(batch, one), all).toString('latin1'),
);

/** What counts of a batch, whichever way it was read. */
function told({ intake, rejected }: Checked): unknown {
  const { tables, ...rest } = intake;
  return { ...rest, rejected, blocks: tables.map(blockOf) };
}

/** A table as a block would say it, to the last digit. */
function blockOf({ entity, t, columns }: Table): Block {
  return {
    entity,
    t: [...t],
    columns: Object.fromEntries([...columns].map(([id, values]) => [id, Array.from(values, (value) => (Number.isNaN(value) ? null : value))])),
  };
}

/** The byte reader makes of a body what JSON.parse and the checks do, or leaves it to them. */
function agree(bytes: Buffer): void {
  const read = timed('reading bytes', () => readBatch(bytes, window));
  if (read === null) return;
  const fast = told(checkRead(read, window, ANYBODY));
  const slow = told(checkBatch(JSON.parse(bytes.toString()), window, ANYBODY));
  if (!isDeepStrictEqual(fast, slow)) throw new Error(`${JSON.stringify(fast)} is not ${JSON.stringify(slow)}`);
}

/** What ingest stores of a body; null where it refuses it, as it may: 4xx with a reason. */
async function stored(bytes: Buffer, now: number): Promise<Intake | null> {
  let kept: Intake | null = null;
  const ingest = ingestInto({
    series: {
      append: async (intake) => {
        kept = intake;
        return { durable: 1, duplicate: false };
      },
    },
    rawDays: 30,
    now: () => now,
    quota: { admit: (intake) => intake, receive: () => undefined },
    senders: someSenders,
    prepare: async (intake) => intake,
    stored: () => undefined,
  });
  try {
    await ingest.batch(bytes, { kind: 'agent', sender: { kind: 'system' }, mark: 'm' });
  } catch (error) {
    const status = error instanceof Error && 'status' in error ? error.status : error instanceof Error && 'statusCode' in error ? error.statusCode : null;
    if (typeof status !== 'number' || status < 400 || status > 499) throw error;
    return null;
  }
  return kept;
}

/** Bodies of `POST /api/ingest`. */
export const batchTargets: readonly Target[] = [
  target('ingest JSON, two ways to read it', bodies, (text) => agree(Buffer.from(text, 'latin1')), 4),
  target('ingest JSON, refused with 4xx or stored', bodies, async (text) => void (await stored(Buffer.from(text, 'latin1'), 1_900)), 2),
  target(
    'ingest JSON, one bad block beside good ones',
    fc.tuple(
      goodBatch(1_000).filter(({ blocks }) => blocks.length > 1),
      fc.nat(),
      change,
    ),
    async ([batch, which, one]) => {
      const at = which % batch.blocks.length;
      const parts = batch.blocks.map((block, index) => (index === at ? changed(block, one) : JSON.stringify(block)));
      const { blocks, ...head } = batch;
      const text = JSON.stringify({ ...head, blocks: ['@@'] }).replace('"@@"', () => parts.join(','));
      // Whoever nests like that sends no batch: its body is not looked into at all.
      if (tooDeep(text) !== null) return;
      const kept = await stored(Buffer.from(text), 1_900);
      if (kept === null) throw new Error('all of it was refused');
      const found = kept.tables.map(blockOf);
      for (const [index, good] of blocks.entries()) {
        if (index === at) continue;
        if (!found.some((block) => isDeepStrictEqual(block, good))) throw new Error(`block ${index} was lost: ${JSON.stringify(found)}`);
      }
    },
    2,
  ),
];
