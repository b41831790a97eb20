import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngestReply, SeriesReply } from '../../../core/contract/index.ts';
import { ask, gpuBatch, removeFolders, startService, type Exchange, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const now = Math.floor(Date.now() / 1000) - 100;
const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Exchange> =>
  ask(service.address, '/api/ingest', {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json', ...headers },
  });
const replyOf = (exchange: Exchange) => JSON.parse(exchange.text) as IngestReply;
const power = async (node: string) => {
  const { series } = await service.get<SeriesReply>(`/api/nodes/${node}/series?metrics=gpu.power&from=${now - 50}&to=${now + 100}`);
  return series.map((one) => ({ id: one.entity.id, mean: one.mean.filter((value) => value !== null) }));
};

describe('a batch', () => {
  it('is on disk when the reply comes, and is read back by node', async () => {
    const reply = await post(JSON.stringify(gpuBatch('a', 0, 'GPU-1', [now, now + 10], { 'gpu.power': [300, 310] }, 'plain')));
    expect(reply.status).toBe(200);
    expect(replyOf(reply)).toEqual({ durable: 2, duplicate: false, rejected: [] });
    expect(await power('plain')).toEqual([{ id: 'GPU-1', mean: [300, 310] }]);
  });

  it('sent twice is stored once', async () => {
    const body = JSON.stringify(gpuBatch('b', 7, 'GPU-2', [now], { 'gpu.power': [200] }, 'twice'));
    expect(replyOf(await post(body)).duplicate).toBe(false);
    expect(replyOf(await post(body)).duplicate).toBe(true);
    expect(await power('twice')).toEqual([{ id: 'GPU-2', mean: [200] }]);
  });

  it('keeps what is good where a value is not', async () => {
    const reply = await post(JSON.stringify(gpuBatch('c', 0, 'GPU-3', [now, now + 5, now + 1e6], { 'gpu.power': [-4, 250, 260] }, 'partly')));
    expect(reply.status).toBe(200);
    expect(replyOf(reply).rejected.map((one) => one.at)).toEqual(['blocks/0/t/2', 'blocks/0/columns/gpu.power/0']);
    expect(await power('partly')).toEqual([{ id: 'GPU-3', mean: [250] }]);
  });

  it.each([
    ['{"source":"s"', "Body is not valid JSON but content-type is set to 'application/json'"],
    ['', "Body cannot be empty when content-type is set to 'application/json'"],
  ])('that is no JSON (%s) is refused with its place and what to do', async (body, error) => {
    const reply = await post(body);
    expect([reply.status, JSON.parse(reply.text)]).toEqual([400, { error, where: '/api/ingest', remedy: 'the body must be one JSON value' }]);
  });

  it('that is not UTF-8 is refused whole: two names of other bytes would become one', async () => {
    for (const place of ['source', 'entity'] as const) {
      const text = JSON.stringify(
        gpuBatch(place === 'source' ? 'xy' : 'bytes', 0, place === 'source' ? 'GPU-b' : 'GPU-xy', [now], { 'gpu.power': [1] }, 'bytes'),
      );
      const reply = await post(
        Buffer.concat([Buffer.from(text.slice(0, text.indexOf('xy'))), Buffer.from([0xff]), Buffer.from(text.slice(text.indexOf('xy') + 2))]),
      );
      expect([reply.status, JSON.parse(reply.text)]).toMatchObject([400, { error: 'the body is not in UTF-8: nothing of it was taken' }]);
    }
    const declared = await ask(service.address, '/api/jobs/local%2F5', {
      method: 'PUT',
      body: Buffer.from([0x7b, 0x22, 0x6e, 0x61, 0x6d, 0x65, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
      headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
    });
    expect([declared.status, JSON.parse(declared.text)]).toMatchObject([400, { where: 'body' }]);
  });

  it('may begin with a byte order mark', async () => {
    const reply = await post(`\uFEFF${JSON.stringify(gpuBatch('marked', 0, 'GPU-m', [now], { 'gpu.power': [123] }, 'marked'))}`);
    expect(replyOf(reply)).toEqual({ durable: 1, duplicate: false, rejected: [] });
  });

  it('from long ago is refused with the setting that decides', async () => {
    const reply = replyOf(await post(JSON.stringify(gpuBatch('old', 0, 'GPU-3', [now - 31 * 86_400], { 'gpu.power': [250] }))));
    expect(reply.durable).toBe(0);
    expect(reply.rejected[0]?.reason).toContain('HEADROOM_RAW_DAYS');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const)('may be compressed with %s', async (encoding, compress) => {
    const reply = await post(compress(JSON.stringify(gpuBatch(encoding, 0, `GPU-${encoding}`, [now], { 'gpu.power': [123] }, encoding))), {
      'content-encoding': encoding,
    });
    expect(reply.status).toBe(200);
    expect(await power(encoding)).toEqual([{ id: `GPU-${encoding}`, mean: [123] }]);
  });
});

describe('what is no batch', () => {
  it('is refused in words, with its place', async () => {
    const reply = await post('{"source":"x","seq":"one","blocks":[]}');
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text)).toMatchObject({ where: 'body/seq', remedy: expect.stringContaining('/api/docs') as string });
    expect((await post('{"source":')).status).toBe(400);
    expect((await post('x', { 'content-type': 'application/xml' })).status).toBe(415);
    expect((await post('x', { 'content-encoding': 'br' })).status).toBe(415);
    expect((await post('not gzip at all', { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  it('that would inflate without end is cut off, and the service goes on', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20));
    expect(bomb.length).toBeLessThan(300_000);
    const before = process.memoryUsage().rss;
    const reply = await post(bomb, { 'content-encoding': 'gzip' });
    expect(reply.status).toBe(413);
    expect(JSON.parse(reply.text)).toMatchObject({ error: 'Request body is too large', remedy: expect.stringContaining('32 MiB') as string });
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024);
    expect((await ask(service.address, '/api/health')).status).toBe(200);
  });

  it('that is too long on the wire is refused', async () => {
    expect((await post(Buffer.alloc(33 * 1024 * 1024, 0x20))).status).toBe(413);
  });
});
