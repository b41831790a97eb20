// Past the door of server/main: every route that the app registers is asked, whatever it is called.
import { connect } from 'node:net';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guard, hostRules, type Recogniser } from '../../../server/auth/index.ts';
import { dataFolder, removeFolders, startService, type TestService } from '../../support/service.ts';
import { buildWithRoutes, type Registered } from '../../support/routes.ts';

let service: TestService;
let address = '';
let routes: readonly Registered[] = [];
let close: () => Promise<void>;
beforeAll(async () => {
  service = await startService();
  const built = await buildWithRoutes(service, dataFolder());
  ({ address, routes, close } = built);
  await service.ingest({
    source: 's',
    seq: 0,
    node: SECRET,
    blocks: [{ entity: { kind: 'host', id: SECRET }, t: [Date.now() / 1000], columns: { 'host.cpu': [0.5] } }],
  });
  await fetch(`${service.address}/api/jobs/c/${SECRET}`, {
    method: 'PUT',
    body: JSON.stringify({ name: SECRET, start: Date.now() / 1000 - 60, state: 'running', nodes: [SECRET] }),
    headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
  });
});
afterAll(async () => {
  await close();
  await service.stop();
  removeFolders();
});

/** The node and the job that nobody without credentials may hear of. */
const SECRET = 'secret-one';
/** Those that are open on purpose. The list is read: what is added here is open to the world. */
const OPEN = [
  'GET /*',
  'GET /api/docs',
  'GET /api/docs/',
  'GET /api/docs/static/*',
  'GET /api/docs/static/index.html',
  'GET /api/docs/static/swagger-initializer.js',
  'GET /api/health',
  'GET /health/live',
  'GET /health/ready',
  // Where the one-time token of the printed address becomes a session.
  'POST /api/session',
];

const encoded = (text: string) => text.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
/** Ways to write one address that a router, a proxy or a careless comparison may take for it, or for another. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => path.replace('/api', '/%61pi'),
  (path) => path.replace('/api', '/%61%70%69'),
  (path) => `/${encoded(path.slice(1)).replaceAll('%2f', '/')}`,
  (path) => path.replace('/api', '/%2561pi'),
  (path) => `/${path}`,
  (path) => path.replace('/api', '//api'),
  (path) => path.replace('/api/', '/api//'),
  (path) => path.replaceAll('/', '//'),
  (path) => path.replace('/api', '/./api'),
  (path) => path.replace('/api', '/x/../api'),
  (path) => path.replace('/api/', '/api/../api/'),
  (path) => path.replace('/api', '/%2e/api'),
  (path) => path.replace('/api', '/%2e%2e/api'),
  (path) => path.replace('/api', '/assets/%2e%2e/api'),
  (path) => path.replace('/api', '/API'),
  (path) => path.replace('/api', '/Api'),
  (path) => path.replace('/api/', '/api;x=1/'),
  (path) => `${path};x`,
  (path) => `${path}/`,
  (path) => `${path}%2f`,
  (path) => path.replace('/api/', '/api%2f'),
  (path) => path.replace('/api/', '/api\\'),
  (path) => path.replace('/api', '/api%00'),
  (path) => `${path}%20`,
  (path) => `${path}.json`,
  (path) => `${path}?x=/api/health`,
  (path) => `${path}?/../../api/health`,
  (path) => `${path}#/api/health`,
  (path) => `/api/health/..${path}`,
  (path) => `/api/docs/..${path}`,
  (path) => `/api/docs/static/..%2f..%2f..${path}`,
  (path) => `http://127.0.0.1${path}`,
  (path) => `http://evil.example.com${path}`,
  (path) => `*${path}`,
];

/** One request as it is written, over a connection of its own: no client tidies the address. */
function raw(method: string, target: string, headers: readonly string[] = []): Promise<{ status: number; head: string; body: string }> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', ...body] = text.split('\r\n\r\n');
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body: body.join('\r\n\r\n') });
    });
    socket.write([`${method} ${target} HTTP/1.1`, 'host: 127.0.0.1', 'connection: close', 'content-length: 0', ...headers, '', ''].join('\r\n'));
  });
}

describe('every route', () => {
  it('is open only where it is one of those that are meant to be', () => {
    const open = routes.filter(({ access }) => access === 'open').map(({ method, url }) => `${method} ${url}`);
    expect([...new Set(open.map((route) => route.replace('HEAD', 'GET')))].sort()).toEqual(OPEN);
  });

  it('gives nothing to somebody whom the server does not know, however its address is written', async () => {
    const closed = routes.filter(({ access }) => access !== 'open');
    expect(new Set(closed.map(({ url }) => url)).size).toBeGreaterThan(15);
    expect(closed.filter(({ method }) => method === 'HEAD').length).toBeGreaterThan(8);
    expect(SPELLINGS.length).toBeGreaterThanOrEqual(20);
    const told: string[] = [];
    const asked = new Set<string>();
    for (const { method, url } of closed) {
      const path = url
        .replace(':cluster', 'c')
        .replace(/:(id|node|name)/g, SECRET)
        .replace('*', 'nothing');
      for (const spell of SPELLINGS) {
        const target = spell(path);
        if (asked.has(`${method} ${target}`)) continue;
        asked.add(`${method} ${target}`);
        const { status, head, body } = await raw(method, target);
        // The page is the page at whatever address; it holds no data. Anything else that is good would be an answer.
        const page = /content-type: text\/html/i.test(head) && /<title>Headroom/.test(body || (method === 'HEAD' ? '<title>Headroom' : ''));
        if ((status < 400 && !page) || Number.isNaN(status) || body.replace(target, '').includes(`"${SECRET}"`))
          told.push(`${method} ${target}: ${status} ${body.slice(0, 80)}`);
      }
      expect((await raw(method, path)).status, `${method} ${path}`).toBe(401);
    }
    expect(told).toEqual([]);
  });

  it('answers the same spellings to somebody whom it knows as the routes that they are, so that the test above asks something', async () => {
    const known = [`authorization: Bearer ${service.token}`];
    expect((await raw('GET', `/%61pi/nodes/${SECRET}`, known)).body).toContain(SECRET);
    expect((await raw('GET', `http://127.0.0.1/api/nodes/${SECRET}`, known)).status).toBe(200);
    expect((await raw('GET', '/api/nothing', known)).status).toBe(404);
  });

  it('of the API that there is not is closed too, and says so in JSON', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      for (const target of ['/api', '/api/', '/api/nothing', '/api/nodes/a/b/c', '/%61pi/nothing']) {
        const { status, head } = await raw(method, target);
        expect(status, `${method} ${target}`).toBe(401);
        expect(head).toContain('application/json');
      }
    }
    expect((await raw('POST', '/jobs')).status).toBe(401);
  });

  it('that cannot be decoded is refused as everything is: what, where, and what to do', async () => {
    for (const target of ['/%', '/%zz', '/api/jobs/c/%ff', '/api/nodes/%C0%AF?x=1']) {
      const { status, body } = await raw('GET', target);
      expect(status, target).toBe(400);
      expect(JSON.parse(body), target).toEqual({
        error: expect.stringContaining('is not a valid url component') as string,
        where: target.split('?')[0],
        remedy: 'write a percent sign as %25 in an address, and other signs as the bytes of their UTF-8',
      });
    }
  });
});

describe('the description of the API', () => {
  it('has a reader that everybody may load, and that shows nothing to whom the server does not know', async () => {
    expect((await raw('GET', '/api/docs')).status).toBeLessThan(400);
    expect((await raw('GET', '/api/docs/')).body).toContain('swagger-ui');
    expect((await raw('GET', '/api/docs/json')).status).toBe(401);
    expect((await raw('GET', '/api/openapi.json')).status).toBe(401);
  });
});

describe('a route that does not say who may ask it', () => {
  const nobody: Recogniser = { identify: () => null, stands: () => true, whenOver: () => () => undefined };

  it('stops the start, and is named', async () => {
    const app = fastify();
    guard(app, { recogniser: nobody, hosts: hostRules({ url: null, hosts: [] }), demo: false, cookie: 'c' });
    app.get('/said', { config: { access: 'read' } }, async () => 'x');
    await app.register(async (scope) => void scope.get('/forgotten', async () => 'secret'));
    await expect(app.ready()).rejects.toThrow(/config\.access.*GET \/forgotten/);
  });
});
