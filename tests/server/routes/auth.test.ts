import { request } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientToServer, ServerToClient } from '../../../core/contract/index.ts';
import type { TokenScope } from '../../../server/store/index.ts';
import { ask, type Exchange, openStream, removeFolders, startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
  removeFolders();
});

const json = (text: string) => JSON.parse(text) as { error: string; where: string; remedy: string };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const store = () => service.running.service.store;
const issue = (scope: TokenScope, name = 'some', expires: number | null = null) => store().tokens.issue({ scope, name, expires });
const send = (method: string, path: string, headers: Record<string, string>, body?: object): Promise<Exchange> =>
  ask(service.address, path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** A signed-in browser: what it sends, and how its reply looked. */
async function signIn(name = 'page', headers: Record<string, string> = {}) {
  const reply = await send('POST', '/api/session', headers, { token: await issue({ kind: 'page' }, name) });
  const { secret } = JSON.parse(reply.text) as { secret: string };
  const cookie = reply.headers['set-cookie']?.[0] ?? '';
  return { reply, cookie, headers: { cookie: cookie.split(';')[0] ?? '', 'x-headroom-session': secret } };
}
const status = async (headers: Record<string, string>, path = '/api/overview') => (await ask(service.address, path, { headers })).status;

/** A page's socket; `gone` resolves when the server closes it. */
async function connected(headers: Record<string, string>): Promise<{ page: Socket<ServerToClient, ClientToServer>; gone: Promise<string> }> {
  const { 'x-headroom-session': secret, ...rest } = headers;
  const page: Socket<ServerToClient, ClientToServer> = io(service.address, {
    transports: ['websocket'],
    extraHeaders: rest,
    auth: secret === undefined ? {} : { secret },
    reconnection: false,
    forceNew: true,
  });
  const gone = new Promise<string>((resolve) => page.on('disconnect', resolve));
  await new Promise<void>((resolve, reject) => {
    page.on('connect', resolve);
    page.on('connect_error', reject);
  });
  return { page, gone };
}

describe('the printed address', () => {
  it('keeps its token in the fragment, which no browser sends', () => {
    const url = new URL(service.running.url);
    expect(url.pathname + url.search).toBe('/');
    expect(url.hash).toMatch(/^#token=[\w-]{32}$/);
  });

  it('signs one browser in, once: a cookie that scripts cannot read, and a secret that does not travel with it', async () => {
    const token = new URL(service.running.url).hash.replace('#token=', '');
    const first = await send('POST', '/api/session', {}, { token });
    expect(first.status).toBe(201);
    expect(first.headers['cache-control']).toBe('no-store');
    const cookie = first.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).toMatch(/Path=\//);
    const { secret } = JSON.parse(first.text) as { secret: string };
    expect(cookie).not.toContain(secret);
    const second = await send('POST', '/api/session', {}, { token });
    expect(second.status).toBe(401);
    expect(json(second.text).remedy).toContain('headroom token page');
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(await status({ cookie: cookie.split(';')[0] ?? '', 'x-headroom-session': secret })).toBe(200);
  });

  it('does not sign in for a page of another site', async () => {
    const reply = await send('POST', '/api/session', { origin: 'http://evil.example.com' }, { token: await issue({ kind: 'page' }) });
    expect(reply.status).toBe(403);
    expect(reply.headers['set-cookie']).toBeUndefined();
  });

  it('does not count as a token of the API, nor does a token of the API as an address', async () => {
    const token = await issue({ kind: 'page' });
    expect(await status(bearer(token))).toBe(401);
    expect((await ask(service.address, `/api/overview?token=${token}`)).status).toBe(401);
    expect((await send('POST', '/api/session', {}, { token: service.token })).status).toBe(401);
  });
});

describe('a session', () => {
  it('needs both of its secrets: on every closed route the cookie alone opens nothing, nor the page’s secret alone', async () => {
    const { headers } = await signIn();
    const { cookie, 'x-headroom-session': secret } = headers;
    expect(await status(headers)).toBe(200);
    for (const half of [{ cookie }, { 'x-headroom-session': secret }, { cookie, 'x-headroom-session': 'guessed' }, { ...headers, 'x-headroom-session': '' }]) {
      expect(await status(half)).toBe(401);
      expect((await send('POST', '/api/tokens', half, { name: 'stolen' })).status).toBe(401);
      expect((await send('DELETE', '/api/session', half)).status).toBe(401);
      await expect(connected(half)).rejects.toThrow(/not signed in/);
    }
    const other = await signIn();
    expect(await status({ cookie, 'x-headroom-session': other.headers['x-headroom-session'] })).toBe(401);
    expect(json((await ask(service.address, '/api/overview', { headers: { cookie } })).text).error).toContain('a cookie alone opens nothing');
  });

  it('is over for everybody when it is signed out, and its sockets are closed', async () => {
    const { headers } = await signIn();
    const { gone } = await connected(headers);
    const other = await signIn();
    expect((await send('DELETE', '/api/session', headers)).status).toBe(204);
    await gone;
    expect(await status(headers)).toBe(401);
    expect(await status(other.headers)).toBe(200);
    await expect(connected(headers)).rejects.toThrow(/not signed in/);
  });

  it('is not signed out by a page of another site', async () => {
    const { headers } = await signIn();
    const reply = await send('DELETE', '/api/session', { ...headers, origin: 'http://evil.example.com', 'sec-fetch-site': 'cross-site' });
    expect(reply.status).toBe(403);
    expect(reply.headers['set-cookie']).toBeUndefined();
    expect(await status(headers)).toBe(200);
  });

  it('gives way to the next one of the same browser: its secrets are new', async () => {
    const before = await signIn();
    const { gone } = await connected(before.headers);
    const after = await signIn('page', before.headers);
    await gone;
    expect(await status(before.headers)).toBe(401);
    expect(await status(after.headers)).toBe(200);
    expect(after.headers.cookie).not.toBe(before.headers.cookie);
  });

  it('ends with the address that it came from, when that is revoked', async () => {
    const { headers } = await signIn('lent');
    const { gone } = await connected(headers);
    expect((await send('DELETE', '/api/tokens/lent', bearer(service.token))).status).toBe(200);
    await gone;
    expect(await status(headers)).toBe(401);
  });

  it('ends to the moment, and its sockets with it', async () => {
    const { now } = service.running.service;
    const expires = now() + 1.2;
    const { cookie, secret } = await store().sessions.open({ principal: 'p', from: { id: 'x', name: 'x' }, expires });
    const headers = { cookie: `headroom-0=${cookie}`, 'x-headroom-session': secret };
    const { gone } = await connected(headers);
    expect(await status(headers)).toBe(200);
    await gone;
    expect(now()).toBeGreaterThanOrEqual(expires);
    expect(await status(headers)).toBe(401);
  });
});

describe('a foreign name that points here', () => {
  it('is refused to browsers, since it may be DNS rebinding', async () => {
    const { headers } = await signIn();
    const reply = await ask(service.address, '/api/overview', { headers: { ...headers, host: 'evil.example.com' } });
    expect(reply.status).toBe(421);
    expect(json(reply.text).remedy).toContain('HEADROOM_HOSTS');
    expect((await ask(service.address, '/', { headers: { host: 'evil.example.com' } })).status).toBe(421);
  });

  it('does not matter to a program with a token of its own, nor to a container’s health check', async () => {
    expect(await status({ ...bearer(service.token), host: 'headroom.cluster' })).toBe(200);
    const health = await ask(service.address, '/api/health', { headers: { host: 'container-name:8080' } });
    expect(health.status).toBe(200);
    expect(JSON.parse(health.text)).toMatchObject({ status: 'ok', trouble: null, demo: false });
  });
});

describe('writing', () => {
  const batch = () => ({ source: 'browser', seq: Math.floor(Math.random() * 1e9), blocks: [] });

  it('with a session is for pages of this service only', async () => {
    const { headers } = await signIn();
    const host = new URL(service.address).host;
    const post = (more: Record<string, string>) => send('POST', '/api/ingest', { ...headers, ...more }, batch());
    expect((await post({ origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    const crossSite = await post({ origin: 'http://evil.example.com', 'sec-fetch-site': 'cross-site' });
    expect(crossSite.status).toBe(403);
    expect(json(crossSite.text).error).toContain('another site');
    expect((await post({ origin: 'http://evil.example.com' })).status).toBe(403);
    expect((await post({ origin: `http://${host.replace(/\d+$/, '1')}`, 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });
});

describe('tokens', () => {
  it('are issued to a signed-in person, work, and end when they are revoked', async () => {
    const { headers } = await signIn();
    const issued = await send('POST', '/api/tokens', headers, { name: 'node agents', scope: 'node', node: 'n1' });
    expect(issued.status).toBe(201);
    const { token } = JSON.parse(issued.text) as { token: string };
    expect(JSON.parse((await ask(service.address, '/api/session', { headers: bearer(token) })).text)).toMatchObject({
      name: 'node agents',
      reads: false,
      writes: true,
      only: 'node n1',
    });
    expect((await send('DELETE', '/api/tokens/node%20agents', headers)).text).toBe('{"revoked":1}');
    expect(await status(bearer(token), '/api/session')).toBe(401);
    expect((await send('DELETE', '/api/tokens/node%20agents', headers)).status).toBe(404);
  });

  it('of programs have no name of the browsers, whom revoking it would put out', async () => {
    for (const name of ['page', 'start']) {
      const refused = await send('POST', '/api/tokens', bearer(service.token), { name, scope: 'read' });
      expect([refused.status, json(refused.text).error]).toEqual([400, `the name “${name}” is the browsers’`]);
    }
    expect((await send('POST', '/api/tokens', bearer(service.token), { name: 'page', scope: 'page' })).status).toBe(201);
  });

  it('that are revoked or over close what they hold open: sockets and streams', async () => {
    const reader = await connected(bearer(await issue({ kind: 'read' }, 'brief reader')));
    const expires = service.running.service.now() + 1.5;
    const brief = await connected(bearer(await issue({ kind: 'read' }, 'ends', expires)));
    const stream = openStream(service.address, 'node=n7', await issue({ kind: 'node', node: 'n7' }, 'brief streamer'));
    stream.request.write('# gpu     pwr     sm\n# Idx       W      %\n    0     100     97\n');
    await stream.until((line) => 'durable' in line);
    await send('DELETE', '/api/tokens/brief%20reader', bearer(service.token));
    await send('DELETE', '/api/tokens/brief%20streamer', bearer(service.token));
    await reader.gone;
    await stream.ended;
    expect(stream.lines.at(-1)?.['end']).toContain('has ended');
    await brief.gone;
    expect(service.running.service.now()).toBeGreaterThanOrEqual(expires);
  });

  it('that are revoked while a body comes store nothing of it', async () => {
    const token = await issue({ kind: 'admin' }, 'brief sender');
    const at = service.running.service.now();
    const body = JSON.stringify({
      source: 's',
      seq: 1,
      blocks: [{ entity: { kind: 'gpu', id: 'GPU-late', node: 'late' }, t: [at], columns: { 'gpu.util': [0.5] } }],
    });
    const reply = new Promise<number>((resolve, reject) => {
      const asking = request(`${service.address}/api/ingest`, {
        method: 'POST',
        headers: { ...bearer(token), 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      });
      asking.on('error', reject).on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asking.write(body.slice(0, 20));
      // Its headers have passed the guard by the time that another request, sent later, is answered.
      setTimeout(() => {
        send('DELETE', '/api/tokens/brief%20sender', bearer(service.token)).then(() => asking.end(body.slice(20)), reject);
      }, 300);
    });
    expect(await reply).toBe(401);
    expect((await send('GET', '/api/nodes/late', bearer(service.token))).status).toBe(404);
  });

  it.each([
    [
      { kind: 'node', node: null },
      { read: 403, write: 200, manage: 403 },
    ],
    [
      { kind: 'job', cluster: 'c', id: '7' },
      { read: 200, write: 200, manage: 403 },
    ],
    [{ kind: 'read' }, { read: 200, write: 403, manage: 403 }],
    [{ kind: 'admin' }, { read: 200, write: 200, manage: 201 }],
  ] as const)('of scope %j may do %j, on every route', async (scope, may) => {
    const headers = bearer(await issue(scope));
    for (const path of ['/api/overview', '/api/findings', '/api/jobs', '/api/nodes', '/api/site']) expect(await status(headers, path), path).toBe(may.read);
    for (const path of [
      '/api/jobs/c/none',
      '/api/jobs/c/none/analysis',
      '/api/jobs/c/none/series?metrics=gpu.util',
      '/api/nodes/none',
      '/api/nodes/none/series?metrics=gpu.util',
    ])
      expect(await status(headers, path), path).toBe(may.read === 200 ? 404 : 403);
    expect((await send('POST', '/api/ingest', headers, { source: 's', seq: 1, blocks: [] })).status).toBe(may.write);
    const issued = await send('POST', '/api/tokens', headers, { name: 'more' });
    expect(issued.status).toBe(may.manage);
    if (may.read === 403) await expect(connected(headers)).rejects.toThrow(/reads nothing/);
    if (may.read === 403) expect(json((await ask(service.address, '/api/jobs', { headers })).text).remedy).toContain('--read');
  });

  it('are refused where scope, node and job do not go together', async () => {
    const wrong = [{ scope: 'read', node: 'n1' }, { scope: 'job' }, { scope: 'node', job: 'c/1' }, { scope: 'write' }, { node: 'n1', job: 'c/1' }];
    for (const body of wrong) expect((await send('POST', '/api/tokens', bearer(service.token), { name: 'x', ...body })).status, JSON.stringify(body)).toBe(400);
  });
});
