// Past the door of server/main: the application is built with a page’s folder made for it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../../server/main/app.ts';
import type { App } from '../../../server/http/index.ts';
import { dataFolder, openStream, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
let app: App;
beforeAll(async () => {
  service = await startService();
  const web = dataFolder();
  mkdirSync(join(web, 'assets'));
  const write = (name: string, text: string) => writeFileSync(join(web, name), text);
  write('index.html', '<!doctype html><title>Headroom</title>');
  write('index.html.br', 'the page, brotli');
  write('assets/both.js', 'plain');
  write('assets/both.js.br', 'brotli');
  write('assets/both.js.gz', 'gzip');
  write('assets/plain.js', `export const text = '${'x'.repeat(5_000)}';`);
  app = await buildApp({ service: service.running.service, web, cookie: 'headroom-0', isOwner: () => false, address: () => 'http://127.0.0.1' });
});
afterAll(async () => {
  await app.close();
  await service.stop();
  removeFolders();
});

const get = (url: string, encoding?: string) =>
  app.inject({
    method: 'GET',
    url,
    headers: { host: 'localhost', authorization: `Bearer ${service.token}`, ...(encoding === undefined ? {} : { 'accept-encoding': encoding }) },
  });

describe('an answer', () => {
  // The first is compressed where it stands, the second on a thread of its own.
  it.each(['/api/site', '/api/openapi.json'])('is a fraction of its size for those who take brotli or gzip, and the same: %s', async (url) => {
    const plain = await get(url);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.rawPayload.length).toBeGreaterThan(2_000);
    const [brotli, gzip] = [await get(url, 'gzip, deflate, br'), await get(url, 'gzip, deflate')];
    expect([brotli.headers['content-encoding'], gzip.headers['content-encoding']]).toEqual(['br', 'gzip']);
    expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(plain.body);
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(plain.body);
    expect(brotli.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3);
    expect(gzip.headers['vary']).toContain('accept-encoding');
  });

  it('that is short anyway stays as it is', async () => {
    const reply = await get('/api/session', 'br, gzip');
    expect(reply.headers['content-encoding']).toBeUndefined();
    expect(reply.json()).toMatchObject({ kind: 'token' });
  });

  it('to a stream stays lines that are read as they come', async () => {
    const open = openStream(service.address, 'node=squeezed', service.token, { 'accept-encoding': 'br, gzip' });
    open.request.write('timestamp, uuid, power.draw [W]\n');
    for (let index = 0; index < 200; index += 1) {
      open.request.write(`${new Date().toISOString().replaceAll('-', '/').replace('T', ' ').replace('Z', '')}, GPU-1234-${index}, 100.00 W\n`);
    }
    await open.until((line) => Number(line['durable']) > 0);
    open.request.end();
    await open.ended;
    expect(open.status()).toBe(200);
  });
});

describe('a file of the page', () => {
  it('is sent as the build compressed it, under its own type', async () => {
    const [brotli, gzip, plain] = [await get('/assets/both.js', 'gzip, deflate, br'), await get('/assets/both.js', 'gzip'), await get('/assets/both.js')];
    expect([brotli.body, gzip.body, plain.body]).toEqual(['brotli', 'gzip', 'plain']);
    expect([brotli.headers['content-encoding'], gzip.headers['content-encoding'], plain.headers['content-encoding']]).toEqual(['br', 'gzip', undefined]);
    for (const reply of [brotli, gzip, plain]) {
      expect(reply.headers['content-type']).toContain('javascript');
      expect(reply.headers['vary']).toContain('accept-encoding');
      expect(reply.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  });

  it('is so at every address of the page', async () => {
    const reply = await get('/jobs/c/1', 'br');
    expect([reply.statusCode, reply.body, reply.headers['content-encoding']]).toEqual([200, 'the page, brotli', 'br']);
    expect(reply.headers['content-type']).toContain('text/html');
  });

  it('that the build has not compressed is compressed on its way', async () => {
    const reply = await get('/assets/plain.js', 'br');
    expect(reply.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(reply.rawPayload).toString()).toContain('xxxxx');
  });
});
