import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const json = (text: string) => JSON.parse(text) as { error: string; where: string; remedy: string };

describe('the printed address', () => {
  it('becomes a cookie once, leaves the address bar, and is refused to the next browser', async () => {
    const first = await ask(service.running.url, '');
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    const cookie = first.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).toMatch(/Path=\//);

    const second = await ask(service.running.url, '');
    expect(second.status).toBe(401);
    expect(second.text).toContain('headroom token page');
    expect(second.headers['set-cookie']).toBeUndefined();

    const session = cookie.split(';')[0] ?? '';
    expect((await ask(service.address, '/api/overview', { headers: { cookie: session } })).status).toBe(200);
    // The same browser that opens the printed address again is still signed in.
    expect((await ask(service.running.url, '', { headers: { cookie: session } })).status).toBe(303);
  });

  it('never leads to another site', async () => {
    const url = await pageUrl();
    const { hostname, port } = url;
    const location = await new Promise<string | undefined>((resolve, reject) => {
      request({ hostname, port, path: `/.//evil.example.com/${url.search}` }, (reply) => resolve(reply.resume().headers.location))
        .on('error', reject)
        .end();
    });
    expect(location).toBe('/evil.example.com/');
  });

  it('does not count as a token of the API, nor does a token of the API as an address', async () => {
    const url = await pageUrl();
    expect((await ask(service.address, `/api/overview${url.search}`)).status).toBe(401);
    expect((await ask(service.address, '/api/overview', { headers: { authorization: `Bearer ${url.searchParams.get('token')}` } })).status).toBe(401);
    expect((await ask(service.address, `/?token=${service.token}`)).status).toBe(401);
  });

  const pageUrl = async () => {
    const token = await service.running.service.store.tokens.issue({ kind: 'system' }, { scope: 'page', name: 'page', expires: null });
    return new URL(`${service.address}/?token=${token}`);
  };
});

describe('reading', () => {
  it('needs a session or a token, and says how to get one', async () => {
    const reply = await ask(service.address, '/api/jobs');
    expect(reply.status).toBe(401);
    expect(json(reply.text)).toMatchObject({ where: 'header authorization' });
    expect(json(reply.text).remedy).toContain('headroom token issue');
    expect((await ask(service.address, '/api/jobs', { headers: { authorization: `Bearer ${service.token}` } })).status).toBe(200);
    expect((await ask(service.address, '/api/jobs', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
  });

  it('of health is open to a container’s health check', async () => {
    const reply = await ask(service.address, '/api/health', { headers: { host: 'container-name:8080' } });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ status: 'ok', trouble: null, demo: false });
  });

  it('of an address that is not there is a 404 in JSON below /api', async () => {
    const reply = await ask(service.address, '/api/nothing', { headers: { authorization: `Bearer ${service.token}` } });
    expect(reply.status).toBe(404);
    expect(json(reply.text).error).toBe('there is nothing at GET /api/nothing');
  });
});

describe('a foreign name that points here', () => {
  it('is refused to browsers, since it may be DNS rebinding', async () => {
    const cookie = await session();
    const reply = await ask(service.address, '/api/overview', { headers: { cookie, host: 'evil.example.com' } });
    expect(reply.status).toBe(421);
    expect(json(reply.text).remedy).toContain('HEADROOM_HOSTS');
    expect((await ask(service.address, '/', { headers: { host: 'evil.example.com' } })).status).toBe(421);
  });

  it('does not matter to a program with a token of its own', async () => {
    const reply = await ask(service.address, '/api/overview', { headers: { authorization: `Bearer ${service.token}`, host: 'headroom.cluster' } });
    expect(reply.status).toBe(200);
  });
});

describe('writing', () => {
  const batch = () => JSON.stringify({ source: 'browser', seq: Math.floor(Math.random() * 1e9), blocks: [] });
  const post = (headers: Record<string, string>) =>
    ask(service.address, '/api/ingest', { method: 'POST', body: batch(), headers: { 'content-type': 'application/json', ...headers } });

  it('with a cookie is for pages of this service only', async () => {
    const cookie = await session();
    const host = new URL(service.address).host;
    expect((await post({ cookie, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    const crossSite = await post({ cookie, origin: 'http://evil.example.com', 'sec-fetch-site': 'cross-site' });
    expect(crossSite.status).toBe(403);
    expect(json(crossSite.text).error).toContain('another site');
    expect((await post({ cookie, origin: 'http://evil.example.com' })).status).toBe(403);
    expect((await post({ cookie, origin: `http://${host.replace(/\d+$/, '1')}`, 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });

  it('without either is refused', async () => {
    expect((await post({})).status).toBe(401);
    expect((await ask(service.address, '/api/ingest/raw?node=n1', { method: 'PUT', body: 'x' })).status).toBe(401);
    expect((await ask(service.address, '/api/jobs/c/1', { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(401);
  });
});

describe('tokens', () => {
  const manage = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    ask(service.address, path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('are issued to a signed-in person, work, and end when they are revoked', async () => {
    const cookie = await session();
    const issued = await manage('POST', '/api/tokens', { cookie }, { name: 'node agents' });
    expect(issued.status).toBe(201);
    const { token } = JSON.parse(issued.text) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect((await ask(service.address, '/api/session', { headers })).text).toContain('node agents');
    expect((await manage('DELETE', '/api/tokens/node%20agents', { cookie })).text).toBe('{"revoked":1}');
    expect((await ask(service.address, '/api/session', { headers })).status).toBe(401);
    expect((await manage('DELETE', '/api/tokens/node%20agents', { cookie })).status).toBe(404);
  });

  it('cannot be issued with a token', async () => {
    expect((await manage('POST', '/api/tokens', { authorization: `Bearer ${service.token}` }, { name: 'more' })).status).toBe(403);
  });
});

async function session(): Promise<string> {
  const { store, now } = service.running.service;
  const token = await store.tokens.issue({ kind: 'system' }, { scope: 'session', name: 'browser', expires: now() + 100 });
  return `headroom-0=${token}`;
}
