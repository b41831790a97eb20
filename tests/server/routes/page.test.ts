// Past the door of server/routes: the page’s addresses are tried against a folder made for it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../../server/main/app.ts';
import type { App } from '../../../server/http/index.ts';
import { dataFolder, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
let app: App;
let bare: App;
const over = (web: string) =>
  buildApp({ service: service.running.service, web, cookie: 'headroom-0', isOwner: () => false, address: () => 'http://127.0.0.1' });
beforeAll(async () => {
  service = await startService();
  const web = dataFolder();
  mkdirSync(join(web, 'assets'));
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Headroom</title>');
  writeFileSync(join(web, 'assets', 'main-1a2b.js'), 'export {};');
  app = await over(web);
  bare = await over(dataFolder());
});
afterAll(async () => {
  await app.close();
  await bare.close();
  await service.stop();
  removeFolders();
});

const get = (url: string, from = app) => from.inject({ method: 'GET', url, headers: { host: 'localhost' } });

describe('the page', () => {
  it.each(['/', '/jobs', '/jobs/alvis/123_4.batch', '/diagnose?x=1', '/nodes/alvis1.c3se.example'])(
    'is index.html at %s, asked for again each time',
    async (url) => {
      const reply = await get(url);
      expect(reply.statusCode).toBe(200);
      expect(reply.body).toContain('<title>Headroom</title>');
      expect(reply.headers['cache-control']).toBe('no-cache');
    },
  );

  it('has files named after their content, kept for a year', async () => {
    const reply = await get('/assets/main-1a2b.js');
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(reply.headers['content-type']).toContain('javascript');
  });

  it('may run nothing but its own scripts, and stands in no frame', async () => {
    const policy = String((await get('/')).headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
    expect((await get('/')).headers['x-content-type-options']).toBe('nosniff');
  });

  it.each(['/assets/gone.js', '/favicon.ico', '/../package.json', '/assets/..%2f..%2fpackage.json', '/.env.json'])('is not index.html at %s', async (url) => {
    const reply = await get(url);
    expect(reply.statusCode).toBeGreaterThanOrEqual(400);
    expect(reply.body).not.toContain('typescript');
  });

  it('says what to do where it was not built', async () => {
    const reply = await get('/jobs', bare);
    expect(reply.statusCode).toBe(503);
    expect(reply.body).toContain('npm run build');
  });
});

describe('every reply', () => {
  it('has an id that the log has too', async () => {
    const [one, two] = [await get('/'), await get('/api/health')];
    expect(one.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(two.headers['x-request-id']).not.toBe(one.headers['x-request-id']);
  });
});
