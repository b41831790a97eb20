// Past the door of server/ingest: what a batch would be taken for is known before it is sent.
import fc from 'fast-check';
import type { IngestBatch, IngestReply } from '../../core/contract/index.ts';
import type { Table } from '../../core/readings/index.ts';
import { checkBatch } from '../../server/ingest/check-batch.ts';
import { ANYBODY } from '../../tests/support/senders.ts';
import { goodBatch } from './batches.ts';
import type { Target } from './fuzz.ts';
import { change, changed, damage, damagedBytes } from './json.ts';
import { fault } from './routes.ts';
import { asking, servedTarget } from './served.ts';
import { CALLERS, type Served } from './service.ts';
import { cutAt, damaged, fixturesOf, textOrNoise } from './texts.ts';

/** Inputs between two looks at the others. */
const BURST = 20;

/** The batch as the input number `number` sends it: of things and times of its own, so that no other input says something else of them. */
function ownBatch(batch: IngestBatch, number: number): IngestBatch {
  const at = Math.floor(Date.now() / 1000) - 86_400;
  return {
    ...batch,
    source: `fuzz-${number}`,
    blocks: batch.blocks.map(({ entity, t, columns }) => {
      const id = `${entity.id}-${number % 200}`;
      return {
        entity: { ...entity, id, ...(entity.kind === 'host' ? { node: id } : {}) },
        t: t.map((one) => at + Math.floor(number / 200) * 20 + one),
        columns,
      };
    }),
  };
}

/** What has to be there of a body that was acknowledged; null where the two sides do not agree on how much that is. */
function kept(text: string, { durable, duplicate }: IngestReply): readonly Table[] | null {
  const now = Date.now() / 1000;
  const allowed = { oldest: now - 30 * 86_400, newest: now + 300, why: { old: '', future: '' } };
  const { tables } = checkBatch(JSON.parse(text), allowed, ANYBODY).intake;
  const values = tables.flatMap(({ columns }) => [...columns.values()]).reduce((sum, column) => sum + column.filter((value) => !Number.isNaN(value)).length, 0);
  return duplicate || durable !== values ? null : tables;
}

const oneBatch = fc.tuple(goodBatch(0), fc.option(change), damage);
const queries = fc.constantFrom(
  '',
  '?node=n1',
  '?node=n3&tz=Europe/Berlin',
  '?node=n1&job=own',
  '?node=n1&start=2026-11-26T14:00:00Z&period=1',
  '?collector=nvidia-smi-query&node=n1',
  '?collector=prometheus',
  '?uuids=GPU-a,GPU-b&node=n1',
  '?fields=index,%20power.draw',
);

/** Where a text is cut, as bytes: inside a character, too. */
function pieces(text: string, cuts: readonly number[]): Buffer[] {
  return cutAt(Buffer.from(text), cuts, (whole, from, to) => whole.subarray(from, to)).filter((part) => part.length > 0);
}

async function streamed(
  service: Served,
  { text, cuts, query, caller }: { text: string; cuts: readonly number[]; query: string; caller: (typeof CALLERS)[number] },
): Promise<void> {
  const question = { method: 'PUT', path: `/api/ingest/raw${query}`, caller, body: pieces(text, cuts) };
  const reply = await service.ask(question);
  const found = fault(question, reply) ?? (reply.status < 400 && ['none', 'wrong', 'read'].includes(caller) ? `${caller} may not write` : null);
  if (found !== null) throw new Error(`${found}: ${reply.status} ${reply.text.slice(0, 300)}`);
  if (reply.status === 200) for (const line of reply.text.split('\n')) if (line !== '') JSON.parse(line);
}

/** What senders bring to the running service. */
export const sentTargets: readonly Target[] = [
  servedTarget('batches to the running service', { share: 6, burst: BURST }, (service) => {
    let number = 0;
    return asking(oneBatch, async ([batch, one, all]) => {
      const own = ownBatch(batch, (number += 1));
      const body = damagedBytes(one === null ? JSON.stringify(own) : changed(own, one), all);
      const question = { method: 'POST', path: '/api/ingest', caller: 'admin' as const, headers: { 'content-type': 'application/json' }, body: [body] };
      const reply = await service.ask(question);
      const found = fault(question, reply);
      if (found !== null) throw new Error(`${found}: ${reply.status} ${reply.text.slice(0, 300)}`);
      const tables = reply.status === 200 ? kept(body.toString().replace(/^\uFEFF/, ''), JSON.parse(reply.text) as IngestReply) : null; // the contract's reply
      if (tables !== null) service.acknowledged(tables);
    });
  }),
  servedTarget('raw streams to the running service', { share: 6, burst: BURST }, (service) =>
    asking(
      fc.record({
        text: fc.oneof({ weight: 3, arbitrary: damaged(fixturesOf()) }, { weight: 1, arbitrary: textOrNoise }),
        cuts: fc.array(fc.nat({ max: 20_000 }), { maxLength: 5 }),
        query: queries,
        caller: fc.constantFrom(...CALLERS, 'admin' as const, 'admin' as const, 'admin' as const),
      }),
      (stream) => streamed(service, stream),
    ),
  ),
];
