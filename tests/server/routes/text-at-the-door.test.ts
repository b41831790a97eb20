// Past the door of core/knowledge: the schema of a site file is walked, too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchFromIntake, outgoingIntake } from '../../../core/readings/index.ts';
import { SiteFileSchema } from '../../../core/knowledge/site/schema.ts';
import type { IngestReply } from '../../../core/contract/index.ts';
import { batchOf } from '../../support/batches.ts';
import { gpuBatch, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const BAD = ['\0', '\ud800', '\ud801', 'x\udfff', '\u001b[2J', '\u0090', 'x\u202egpj', '\u2067y', '\u200f', '\ufeffz'];
const began = Math.floor(Date.now() / 1000) - 1000;

/** Places of strings in a schema that would let one of the bad ones in, by path. */
function openStrings(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Record<string, unknown>; // a JSON schema
  const { type, pattern, enum: words, const: word } = node;
  const open =
    type === 'string' && words === undefined && word === undefined && BAD.some((bad) => typeof pattern !== 'string' || new RegExp(pattern).test(`a${bad}`));
  return [...(open ? [path] : []), ...Object.entries(node).flatMap(([key, value]) => openStrings(value, `${path}/${key}`))];
}

describe('text at the door', () => {
  it('is looked at in every address, question and body that the service describes, those of later routes too', async () => {
    const { paths } = await service.get<{ paths: Record<string, Record<string, { parameters?: unknown; requestBody?: unknown }>> }>('/api/openapi.json');
    const open = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { parameters, requestBody }]) => openStrings({ parameters, requestBody }, `${method} ${path}`)),
    );
    expect(Object.keys(paths).length).toBeGreaterThan(10);
    expect(open).toEqual([]);
  });

  it('is looked at in a site file', () => {
    expect(openStrings(SiteFileSchema)).toEqual([]);
  });

  it.each(BAD)('%j as a name costs its own row, and the rest of the batch is kept', async (bad) => {
    const good = gpuBatch('good', began, 'GPU-good', [began], { 'gpu.power': [1] });
    const [block] = good.blocks;
    if (block === undefined) throw new Error('a batch has a block');
    const named = (id: string, node = 'n1') => ({ ...block, entity: { kind: 'gpu', id, node } });
    const fact = (value: string, id = 'GPU-good') => ({ entity: { kind: 'gpu', id }, name: 'name', value });
    const batch = {
      ...good,
      source: `of ${BAD.indexOf(bad)}`,
      blocks: [named(bad), named('GPU-good', bad), block],
      facts: [fact('A100'), fact(bad), fact('A100', bad)],
      events: [{ at: null, entity: null, kind: 'xid', text: bad }],
    };
    const reply = await service.ingest(batch);
    expect(reply.status).toBe(200);
    const { durable, rejected } = (await reply.json()) as IngestReply;
    expect(durable).toBe(1);
    expect(rejected.map(({ at }) => at)).toEqual(['blocks/0/entity/id', 'blocks/1/entity/node', 'facts/1/value', 'facts/2/entity/id', 'events/0/text']);
    expect(rejected.map(({ reason }) => reason).filter((reason) => !/^(an id|a name|text) has no (control|direction)/.test(reason))).toEqual([]);
  });

  it.each(BAD)('%j as source, node or job refuses the batch', async (bad) => {
    for (const head of [{ source: bad }, { node: bad }, { job: bad }]) {
      const reply = await service.ingest({ ...gpuBatch('s', 1, 'GPU-1', [began], { 'gpu.power': [1] }), ...head });
      expect([reply.status, ((await reply.json()) as { error: string }).error]).toEqual([
        400,
        expect.stringMatching(/: an? (id|name) has no control characters/),
      ]);
    }
  });

  it.each(['.', '..'])('%j is no node, no thing and no job: an address cannot hold it', async (dots) => {
    const good = gpuBatch(`dots ${dots}`, 1, 'GPU-good', [began], { 'gpu.power': [1] });
    const block = (entity: object) => ({ ...good.blocks[0], entity: { kind: 'gpu', ...entity } });
    const reply = await service.ingest({ ...good, blocks: [block({ id: dots }), block({ id: 'GPU-good', node: dots }), ...good.blocks] });
    const { rejected } = (await reply.json()) as IngestReply;
    expect(rejected.map(({ at, reason }) => [at, reason.includes('no address can hold')])).toEqual([
      ['blocks/0/entity/id', true],
      ['blocks/1/entity/node', true],
    ]);
    for (const head of [{ node: dots }, { job: dots }, { job: `c/${dots}` }]) expect((await service.ingest({ ...good, seq: 2, ...head })).status).toBe(400);
    const body = { nodes: [dots] };
    const headers = { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' };
    const declared = await fetch(`${service.address}/api/jobs/c/dots`, { method: 'PUT', body: JSON.stringify(body), headers });
    expect(declared.status).toBe(400);
  });

  it('of a sender in this process is looked at, too: a stream’s text names its entities itself', async () => {
    const { rejected, durable } = await service.running.service.ingest.intake(
      batchOf({ kind: 'engine', id: 'vllm@\0', node: 'n1' }, [began], { 'engine.running': [1] }, { source: 'stream', seq: 1 }),
      { kind: 'raw', sender: { kind: 'system' }, mark: '' },
    );
    expect([durable, rejected.map(({ at }) => at)]).toEqual([0, ['blocks/0/entity/id']]);
  });

  it('is made well-formed by our own senders: a log’s colours and a long name’s last character cost nothing', () => {
    const intake = outgoingIntake({
      ...batchOf({ kind: 'host', id: `${'n'.repeat(199)}🚀` }, [began], { 'host.cpu': [0.5] }),
      facts: [{ entity: { kind: 'host', id: 'n1' }, name: 'command', value: '\u001b[31mred' }],
      events: [{ at: null, entity: null, kind: 'oom', text: `${'x'.repeat(999)}🚀` }],
    });
    const { blocks, facts, events } = batchFromIntake(intake);
    expect(blocks[0]?.entity.id).toBe('n'.repeat(199));
    expect(facts[0]?.value).toBe('\ufffd[31mred');
    expect(events[0]?.text).toBe('x'.repeat(999));
  });
});
